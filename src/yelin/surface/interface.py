"""The interface as it describes itself, for pages that list it: told by the room that has it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

Description = Mapping[str, Any]
_METHODS = ("get", "post", "put", "patch", "delete")
_described: list[Callable[[], Description]] = []


@dataclass(frozen=True, slots=True)
class Given:
    """A parameter of an address, or a field of a body, and what it says of itself."""

    name: str
    place: str
    kind: str
    says: str
    required: bool
    options: Sequence[str] = ()
    is_list: bool = False
    default: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """What may be asked at one address by one method."""

    id: str
    method: str
    path: str
    title: str
    says: str
    group: str
    given: Sequence[Given]
    fields: Sequence[Given]

    @property
    def is_read(self) -> bool:
        """Whether it only reads, and can be asked by a link."""
        return self.method == "GET"

    def address(self, values: Mapping[str, Sequence[str]], more: str = "") -> str:
        """Return the address that asks it with these values; ``more`` is a query of its own.

        Raises ``KeyError`` where one lacks that stands in the path.
        """
        path, query = self.path, []
        for each in self.given:
            said = [value for value in values.get(each.name, ()) if value]
            if each.place == "path":
                if not said or said[0] in {".", ".."}:
                    raise KeyError(each.name)
                path = path.replace(f"{{{each.name}}}", quote(said[0], safe=""))
            elif said != [each.default]:
                query += [(each.name, value) for value in said]
        asked = "&".join(filter(None, (urlencode(query), quote(more, safe="[]=&,:%"))))
        return f"{path}?{asked}" if asked else path


def describe(make: Callable[[], Description]) -> None:
    """Say what makes the description; it is asked when somebody first wants it."""
    _described[:] = [make]
    operations.cache_clear()


@lru_cache(maxsize=1)
def operations() -> dict[str, Operation]:
    """Return every operation by its id, in the order in which they are described."""
    (make,) = _described
    told = make()
    return {each.id: each for each in _operations(told)}


def _operations(told: Description) -> Iterator[Operation]:
    for path, methods in told["paths"].items():
        for method in _METHODS:
            if (said := methods.get(method)) is None:
                continue
            yield Operation(
                id=said["operationId"].rpartition("yelin_api_")[2],
                method=method.upper(),
                path=path,
                title=said.get("summary", ""),
                says=_plain(said.get("description", "")),
                group=(said.get("tags") or ["…"])[0],
                given=[
                    _given(each["name"], each["in"], each, told, required=each["required"])
                    for each in said.get("parameters", ())
                    if each["in"] in {"path", "query"}
                ],
                fields=list(_fields(said.get("requestBody", {}), told)),
            )


def _fields(body: Description, told: Description) -> Iterator[Given]:
    for content in body.get("content", {}).values():
        schema = _found(content.get("schema", {}), told)
        required = schema.get("required", ())
        for name, each in schema.get("properties", {}).items():
            yield _given(name, "body", {"schema": each}, told, required=name in required)


def _given(name: str, place: str, said: Description, told: Description, *, required: bool) -> Given:
    whole = said["schema"]
    schema = _found(whole, told)
    is_list = schema.get("type") == "array"
    one = _found(schema.get("items", {}), told) if is_list else schema
    default = whole.get("default")
    return Given(
        name=name,
        place=place,
        kind=one.get("format") or one.get("type") or "",
        says=_plain(said.get("description") or whole.get("description", "")),
        required=required,
        options=[str(each) for each in one.get("enum", ())],
        is_list=is_list,
        default=str(default) if isinstance(default, str | int) else "",
    )


def _plain(text: str) -> str:
    """Return words without the signs by which names stand out where Markdown is read."""
    return text.replace("`", "")


def _found(schema: Description, told: Description) -> Description:
    """Return the schema that is meant: behind its name, or the one that is not null."""
    while True:
        if name := schema.get("$ref", ""):
            schema = told["components"]["schemas"][name.rpartition("/")[2]]
        elif several := schema.get("allOf") or schema.get("anyOf"):
            schema = next((each for each in several if each.get("type") != "null"), {})
        else:
            return schema
