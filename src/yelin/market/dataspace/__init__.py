"""What the platform says in the Dataspace Protocol 2025-1: documents, and calls to consumers."""
