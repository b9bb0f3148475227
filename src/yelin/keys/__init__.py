"""Keys that sign, and keys under which data lies sealed."""
