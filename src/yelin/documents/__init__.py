"""Make what is issued: set by a form, in one font, the same bytes for the same words."""

# Under one of these names a paper carries what it says, for programs.
ATTACHED = "extract.jws"
CERTIFIED = "certificate.jws"
