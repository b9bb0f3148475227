"""The one procedure (辦理) behind everything that people ask of a body by law."""
