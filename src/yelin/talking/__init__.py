"""Talking back (互动): what people make of data, say of it and follow, and what they are told."""
