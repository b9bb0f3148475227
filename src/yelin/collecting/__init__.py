"""Nothing is asked again that sharing gives: forms that collect, what they repeat and why."""
