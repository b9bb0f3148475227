"""Yelin (椰林): the software for a province's public data."""

__version__ = "0.1.0"
