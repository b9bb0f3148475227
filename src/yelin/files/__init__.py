"""Bytes at rest: uploads and the files of releases."""
