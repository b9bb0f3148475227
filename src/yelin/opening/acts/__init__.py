"""What may be done on the open portal, each family in its own module."""

from yelin.opening.acts import applications, demands, identities, plans

__all__ = ["applications", "demands", "identities", "plans"]
