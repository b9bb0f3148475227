"""The door for connectors of dataspaces: the Dataspace Protocol 2025-1, as its provider."""
