"""Pages of the open portal."""
