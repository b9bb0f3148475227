"""What of this room goes with an account."""

from yelin.delivery import statements
from yelin.parties import succession

succession.forgets(statements.forget)
