"""Who may do what with the catalog: a module for each thing that is done."""
