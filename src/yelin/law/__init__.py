"""Duties, the statute pack and the clock."""
