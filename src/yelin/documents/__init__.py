"""Make what is issued: set by a form, in one font, the same bytes for the same words."""
