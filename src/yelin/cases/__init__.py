"""The one procedure (办理) behind everything that people ask of a body by law."""
