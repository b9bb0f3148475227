"""The Model Context Protocol: what AI assistants may find and ask, by the reads of REST."""
