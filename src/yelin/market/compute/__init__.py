"""Compute here: a buyer's questions come to the data, and only answers that pass leave."""
