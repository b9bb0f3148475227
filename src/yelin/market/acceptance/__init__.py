"""What was bought is inspected against the contract, accepted or refused, mended, and rated."""
