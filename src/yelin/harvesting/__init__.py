"""Catalogs of others, read again and again: what they list stands here with where it is from."""
