"""The actions that change the catalog, each by the acts that pages do."""
