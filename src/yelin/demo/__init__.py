"""A demo province, loaded through the same acts as any user's."""
