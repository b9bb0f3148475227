"""The catalog as DCAT 3, within the application profile DCAT-AP 3, for portals that harvest it."""
