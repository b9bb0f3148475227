"""Personal information of persons and units: noticed, consented to, deleted, de-identified."""
