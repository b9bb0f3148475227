"""How data is traded: terms, negotiation, contract, signatures of both sides, settlement."""
