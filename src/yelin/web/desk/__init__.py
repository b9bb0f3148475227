"""Pages of the desk (工作台)."""
