"""Whole catalogs in spreadsheets: read, previewed, entered by the catalog's own acts, written."""
