"""Bodies, people, their seats and their tokens."""
