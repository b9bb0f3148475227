"""What those may know who act about parties and what hangs on them, family by family."""
