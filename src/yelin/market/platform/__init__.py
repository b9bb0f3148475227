"""Trading platforms, the rules that their operators publish, and who takes part in them."""
