"""Machine interfaces: REST and the ledger's tiles."""
