"""Charts of what lies in a table: which to begin with, what they ask of it, how they are drawn."""
