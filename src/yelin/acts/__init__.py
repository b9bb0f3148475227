"""The frame around everything that changes legal state."""
