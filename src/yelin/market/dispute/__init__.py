"""Disputes over contracts on data: claimed, answered, mediated, settled, with their evidence."""
