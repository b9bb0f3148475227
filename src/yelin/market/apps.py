"""Django's registration of the room."""

from django.apps import AppConfig


class MarketConfig(AppConfig):
    """The room ``market``."""

    name = "yelin.market"
    label = "market"

    def ready(self) -> None:
        """Register this room's acts and arms, and what of it follows bodies."""
        from yelin.market import policy, succession  # noqa: F401, PLC0415 - all need models, which load first
        from yelin.market.contract import ready  # noqa: F401, PLC0415 - the same
        from yelin.market.filing import ready as _filing  # noqa: F401, PLC0415 - the same
        from yelin.market.listing import acts as _listing  # noqa: F401, PLC0415 - the same
        from yelin.market.listing import policy as _offered  # noqa: F401, PLC0415 - the same
        from yelin.market.platform import acts as _platform  # noqa: F401, PLC0415 - the same
        from yelin.market.platform import policy as _run  # noqa: F401, PLC0415 - the same
