"""``python -m yelin.cli``: the console script, for our own child processes."""

from yelin.cli import main

main()
