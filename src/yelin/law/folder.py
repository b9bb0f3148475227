"""Read one layer of a statute pack: a folder of TOML files, each row checked by its shape."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from yelin.law.lists import PriorityThemes, Theme
from yelin.law.statute import PackFault, Work

_M = TypeVar("_M", bound=BaseModel)


class Folder:
    """One layer's folder of TOML files."""

    def __init__(self, home: Path, name: str) -> None:
        self.name, self.path = name, home / name
        if not self.path.is_dir():
            raise PackFault(name, "", f"there is no such pack under {home}")

    def read(self, stem: str) -> dict[str, Any]:
        """Return what the file ``stem`` holds. Raises ``PackFault`` where it cannot be read."""
        file = f"{self.name}/{stem}.toml"
        try:
            return tomllib.loads((self.path / f"{stem}.toml").read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise PackFault(file, "", "the file is missing") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
            raise PackFault(file, "", str(fault)) from fault

    def themes_first(self, themes: tuple[Theme, ...]) -> tuple[Theme, ...]:
        """Return ``themes`` with those that the law opens first marked and before the others."""
        asked = self.read("themes").get("priority")
        if asked is None:
            return themes
        first = self.rows("themes", "priority", [asked], PriorityThemes)[0]
        known = {theme.code: theme for theme in themes}
        for code in first.themes:
            if code not in known:
                raise PackFault(f"{self.name}/themes.toml", "priority", f"there is no theme {code}")
        marked = {"priority": True, "basis": first.basis}
        return (
            *(known[code].model_copy(update=marked) for code in first.themes),
            *(theme for theme in themes if theme.code not in first.themes),
        )

    def map(self) -> Mapping[str, Any] | None:
        """Return the outlines of divisions as GeoJSON, each by the code of its division, if any.

        Raises ``PackFault`` where they cannot be read.
        """
        path = self.path / "map.geojson"
        if not path.exists():
            return None
        try:
            found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as fault:
            raise PackFault(f"{self.name}/map.geojson", "", str(fault)) from fault
        return found

    def works(self) -> tuple[Work, ...]:
        """Read the laws whose words are held, a file for each."""
        stems = sorted(f"works/{path.stem}" for path in (self.path / "works").glob("*.toml"))
        return tuple(self.rows(stem, "work", [self.read(stem)], Work)[0] for stem in stems)

    def all(self, stem: str, model: type[_M], *, key: str | None = None) -> tuple[_M, ...]:
        """Return every row of the file ``stem``, each checked. Raises ``PackFault``."""
        return self.rows(stem, key or stem, self.read(stem).get(key or stem, []), model)

    def rows(
        self, stem: str, key: str, values: list[dict[str, Any]], model: type[_M]
    ) -> tuple[_M, ...]:
        """Return ``values`` as rows of ``model``. Raises ``PackFault`` naming the one at fault."""
        try:
            return tuple(TypeAdapter(list[model]).validate_python(values))  # type: ignore[valid-type]  # the model is a value here
        except ValidationError as fault:
            first = fault.errors()[0]
            place, *inner = first["loc"]
            row = values[place] if isinstance(place, int) else {}
            called = next(
                (row[k] for k in ("name", "code", "id", "year", "number", "zh") if k in row), place
            )
            where = ".".join(map(str, (key, called, *inner)))
            raise PackFault(
                f"{self.name}/{stem}.toml", where, first["msg"].removeprefix("Value error, ")
            ) from fault
