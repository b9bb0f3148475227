"""Every message that a reader may see, collected from source and templates without running them."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

SOURCE = Path(__file__).parents[2] / "src" / "yelin"

# Where a call takes its message id: the place among the positional arguments, or the keyword.
MESSAGES = {
    "_": 0,
    "gettext": 0,
    "gettext_lazy": 0,
    "said": 0,
    "_said": 2,
    "in_words": 2,
    "problem": 1,
    "Fault": 1,
    "Unlawful": 1,
    "OutOfTurn": 0,
    "Concern": 0,
    "Unfit": 1,
    "Unreadable": 0,
    "Notice": 1,
    "BadOperand": 3,
    "_duty": 1,
    "Decision": 5,
    "_note": 1,
    "_notice": 2,
    "Incomplete.at": 1,
    "answer": 1,
    "event": 1,
    "Refused": 1,
    "TooLarge": 0,
    "Untaken": 1,
    "BadQuery": 0,
    "Unanswerable": 0,
    "NotSigned": 0,
    "Telling": 2,
}
# Calls that take a second message id, and where.
TITLES = {"Telling": 1}
KEYWORDS = {
    "says": {"may", "provided", "explain", "Is", "IsNot", "Procedure", "Step"},
    "message_id": {"Unfit", "Notice"},
    "reason": {"hold"},
}


@dataclass(frozen=True)
class Saying:
    """A message id with its context and plural, and where it stands."""

    id: str
    context: str = ""
    plural: str = ""
    place: str = ""


def in_source() -> Iterator[Saying]:
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        named: dict[str, list[str]] = {}
        for name, text in _constants(tree):
            named.setdefault(name, []).append(text)
        place = str(path.relative_to(SOURCE))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield from _of_call(node, named, place)
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in TABLES:
                yield from _of_table(node, place)


# Tables whose values are message ids.
TABLES = {"_EXPECTS", "_MISREAD", "_ROLES", "_KINDS", "_JOBS", "_SIDES", "_SAYS"}


def _of_table(node: ast.Assign, place: str) -> Iterator[Saying]:
    for inner in ast.walk(node.value):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and " " in inner.value:
            yield Saying(inner.value, place=place)


def _constants(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            for text in _texts(node.value, {}):
                yield node.targets[0].id, text


def _of_call(node: ast.Call, named: dict[str, list[str]], place: str) -> Iterator[Saying]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name == "at":
        name = f"{getattr(node.func.value, 'id', '')}.at"
    place = f"{place}:{node.lineno}"
    if name in {"pgettext", "pgettext_lazy"}:
        yield Saying(_text(node.args[1], named), _text(node.args[0], named), place=place)
    elif name in {"ngettext", "ngettext_lazy"}:
        yield Saying(_text(node.args[0], named), plural=_text(node.args[1], named), place=place)
    for asked in _ids_of(node, name):
        # Several ids may stand in one place: "this" if so else "that".
        for text in _texts(asked, named):
            yield Saying(text, place=place)
    for keyword in node.keywords:
        if name in KEYWORDS.get(keyword.arg or "", ()):
            for text in _texts(keyword.value, named):
                yield Saying(text, place=place)


def _ids_of(node: ast.Call, name: str) -> list[ast.expr]:
    """Return the arguments of a call that are message ids."""
    places = (table[name] for table in (TITLES, MESSAGES) if name in table)
    return [node.args[place] for place in places if place < len(node.args)]


def put_together() -> Iterator[str]:
    """Yield the places where a message is an f-string, a sum or a conversion, not an id."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _is_put_together(node):
                yield f"{path.relative_to(SOURCE)}:{node.lineno}"


def _is_put_together(node: ast.Call) -> bool:
    asked = _asked(node)
    if asked is None:
        return False
    if isinstance(asked, ast.Call):
        # An exception's own words are for logs.
        return getattr(asked.func, "id", "") in {"str", "repr"}
    return isinstance(asked, ast.JoinedStr | ast.BinOp)


def _asked(node: ast.Call) -> ast.expr | None:
    """Return what stands where a call takes its message; of a problem that is its detail."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    place = {**MESSAGES, "Problem": 2, "at": MESSAGES["Incomplete.at"]}.get(name)
    return node.args[place] if place is not None and len(node.args) > place else None


def _texts(node: ast.AST, named: dict[str, list[str]]) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _texts(node.body, named)
        yield from _texts(node.orelse, named)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Name):
        yield from named.get(node.id, ())


def _text(node: ast.AST, named: dict[str, list[str]]) -> str:
    return next(_texts(node, named), "")


_STRING = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"\b(n?p?gettext|_)\(\s*{_STRING}(?:\s*,\s*{_STRING})?(?:\s*,\s*{_STRING})?")


def in_templates() -> Iterator[Saying]:
    for path in sorted((SOURCE / "web" / "templates").rglob("*.html")):
        place = str(path.relative_to(SOURCE))
        for call in _CALL.finditer(templatize(path.read_text("utf-8"), origin=place)):
            name, *texts = call.groups()
            ids = [ast.literal_eval(text) if text else "" for text in texts]
            match name:
                case "pgettext":
                    yield Saying(ids[1], ids[0], place=place)
                case "ngettext":
                    yield Saying(ids[0], plural=ids[1], place=place)
                case "npgettext":
                    yield Saying(ids[1], ids[0], ids[2], place=place)
                case _:
                    yield Saying(ids[0], place=place)


def all_sayings() -> dict[tuple[str, str], Saying]:
    """Return every saying by its context and id."""
    found: dict[tuple[str, str], Saying] = {}
    for saying in (*in_source(), *in_templates()):
        key = (saying.context, saying.id)
        # The plural is told at one of the places at most.
        if saying.id and (key not in found or saying.plural):
            found[key] = saying
    return found
