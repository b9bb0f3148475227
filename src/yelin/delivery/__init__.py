"""What was handed out, counted and receipted."""
