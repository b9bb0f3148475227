"""``yelin act``: any act that programs may call, by token, from the same declaration as REST."""

import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils import translation
from pydantic_core import PydanticUndefined

from yelin.acts.frame import Act
from yelin.cli import refusing
from yelin.surface import acting, problems
from yelin.surface import actor as asking

KEY = "idempotency_key"


def offer() -> int:
    """List the acts that may be called; return the exit status."""
    width = max(len(act.name) for act in acting.offered())
    for act in acting.offered():
        print(f"{act.name:{width}}  {act.says.splitlines()[0]}")
    return 0


def explain(name: str) -> int:
    """Say what the act ``name`` does and which arguments it takes; return the exit status."""
    act = _named(name)
    if act is None:
        return 1
    print(f"yelin act {act.name}: {act.says.splitlines()[0]}\n")
    shapes = act.schema.model_json_schema()["properties"]
    for argument, field in act.schema.model_fields.items():
        says = [shapes[argument].get("description", _kind(shapes[argument])).rstrip(".")]
        if field.is_required():
            says.append("required")
        elif field.default is not PydanticUndefined:
            says.append(f"by default {field.default!r}")
        print(f"  --{argument:20} {'; '.join(says)}")
    print(f"  --{KEY:20} your own key: given again within a day, nothing is done twice")
    return 0


def do(name: str, words: Sequence[str], token: str) -> int:
    """Do the act ``name`` with the arguments in ``words``; return the exit status."""
    act = _named(name)
    if act is None:
        return 1
    with translation.override("en"):
        try:
            given = _given(words)
            key = given.pop(KEY, None)
            sent = act.schema.model_validate(_values(act, given))
            leaf = acting.do(act, asking.of_token(token).actor, sent, key)
        except _Unread as unread:
            print(f"{unread} Try: yelin act {name} --help", file=sys.stderr)
            return 1
        except problems.FORESEEN as error:
            refusing.tell(problems.of(error))
            return 1
    print(json.dumps(acting.answer(leaf), ensure_ascii=False, indent=2))
    if acting.awaits_second(leaf):
        print("It is proposed. It is done once a second person approves.", file=sys.stderr)
    return 0


class _Unread(Exception):
    """The command line is not of the form ``--argument value``."""


def _given(words: Sequence[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        name, equals, value = word.removeprefix("--").partition("=")
        name = name.replace("-", "_")
        if not word.startswith("--"):
            raise _Unread(f"{word!r} belongs to no argument.")
        if name in given:
            raise _Unread(f"--{name} is given twice.")
        if not equals:
            found = next(rest, None)
            if found is None:
                raise _Unread(f"--{name} has no value.")
            value = found
        given[name] = value
    return given


def _values(act: Act, given: dict[str, str]) -> dict[str, Any]:
    """Return what was given as the act's shape takes it: text as it is, all else as JSON."""
    return {name: _value(act, name, text) for name, text in given.items()}


def _value(act: Act, name: str, text: str) -> Any:
    field = act.schema.model_fields.get(name)
    if field is None or field.annotation in {str, str | None}:
        return text
    try:
        return _filed(name, Path(text[1:])) if text.startswith("@") else json.loads(text)
    except ValueError:
        # A date or a word of a list needs no quotation marks.
        return text


def _filed(name: str, path: Path) -> Any:
    """Return what a file holds: the rows of a CSV by its header, or JSON.

    Raises ``_Unread``.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() != ".csv":
            return json.loads(text)
        return list(csv.DictReader(text.splitlines(keepends=True), strict=True))
    except OSError as error:
        raise _Unread(f"--{name}: {path} cannot be read: {error.strerror}.") from None
    except (ValueError, csv.Error) as error:
        says = "UTF-8, as CSV with a header or as JSON"
        raise _Unread(f"--{name}: {path} is not {says}: {error}.") from None


def _named(name: str) -> Act | None:
    found = next((act for act in acting.offered() if act.name == name), None)
    if found is None:
        print(f"There is no act {name} to call. See: yelin act --list", file=sys.stderr)
    return found


def _kind(shape: dict[str, Any]) -> str:
    if "enum" in shape:
        return " | ".join(map(str, shape["enum"]))
    return str(shape.get("format") or shape.get("type") or "JSON")
