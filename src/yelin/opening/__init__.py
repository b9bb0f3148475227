"""The open portal's law (开放): who may take open data."""
