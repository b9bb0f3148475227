"""The one row that every subject of an act shares."""
