"""Yelin (椰林): the software for a province's public data."""
