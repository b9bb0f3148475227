"""What stands around every page."""

from typing import Any

from django.http import HttpRequest


def house(request: HttpRequest) -> dict[str, Any]:
    """Return what base.html needs."""
    del request
    return {}
