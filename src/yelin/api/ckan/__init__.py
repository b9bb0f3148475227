"""CKAN's Action API over the same catalog, so that existing clients work unchanged."""
