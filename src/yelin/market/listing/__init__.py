"""Data products, and their way through two reviews onto a trading platform."""
