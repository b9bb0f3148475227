"""Signing keys, kept outside the database."""
