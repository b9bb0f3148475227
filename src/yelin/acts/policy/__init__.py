"""Who may do what stands in the acts of this room, a module for each family of acts."""
