"""What pages, REST and commands share: actor, problems, formats."""
