"""What other portals offer, read as plain data; bringing it into the catalog is not here yet."""
