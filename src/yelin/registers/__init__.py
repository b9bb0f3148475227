"""The registers beneath the catalog: systems, projects, plans and data standards."""
