"""How many rows there are by the values of a field: what lists are narrowed by."""

from typing import Any

from django.db.models import Count, QuerySet


def counts(rows: "QuerySet[Any, Any]", by: str) -> list[tuple[str, int]]:
    """Return how many of ``rows`` there are by the values of a field, the most first."""
    counted = rows.order_by().values_list(by).annotate(n=Count("pk"))
    return sorted(((value, n) for value, n in counted if value), key=lambda pair: -pair[1])
