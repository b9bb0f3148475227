"""Transfers under contracts in force, as connectors of dataspaces ask for them."""
