"""Personal information: noticed, agreed to, and out of reach once it is not."""
