"""How the installation itself runs: what its operator must see, and how it heals itself."""
