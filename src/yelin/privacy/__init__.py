"""Personal information: noticed, agreed to, out of reach once it is not, and de-identified."""
