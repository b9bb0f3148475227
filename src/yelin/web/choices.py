"""What forms offer to be chosen from: words of the house, and of those what the law here has."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms

from yelin.law import packs
from yelin.web.words import Word

Choices = Sequence[tuple[str, Any]]


def worded(kind: Mapping[Any, Word]) -> list[tuple[str, Any]]:
    """Return each value of ``kind`` with its word."""
    return [(str(value), word.says) for value, word in kind.items()]


def lawful(name: str, kind: Mapping[Any, Word]) -> Callable[[], list[tuple[str, Any]]]:
    """Return what offers the values that the law here has in its list called ``name``."""
    return lambda: [each for each in worded(kind) if each[0] in packs.active().list(name)]


def choose(field: forms.Field, choices: Sequence[tuple[str, Any]]) -> None:
    """Let ``field`` be one of these choices."""
    field.choices = choices  # type: ignore[attr-defined]  # a choice field has them
