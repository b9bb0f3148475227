"""The arguments of an act as its own signature declares them, read from outside and frozen."""

import inspect
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator
from pydantic_core import PydanticCustomError

from yelin.acts import references
from yelin.files.examined import Files
from yelin.parties.actor import Actor
from yelin.things.models import Subject

Body = Callable[..., Subject]


class Given(BaseModel):
    """What a caller outside sends for an act or a tool, whose own shape adds its fields."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _has_no_nul(cls, sent: Any) -> Any:
        # No text of the database can hold one.
        if _holds_nul(sent):
            raise PydanticCustomError("holds_nul", "a text holds a NUL character")
        return sent


def _holds_nul(sent: object) -> bool:
    match sent:
        case str():
            return "\x00" in sent
        case dict():
            return any(map(_holds_nul, (*sent, *sent.values())))
        case list():
            return any(map(_holds_nul, sent))
        case _:
            return False


@dataclass(frozen=True, slots=True)
class Reference:
    """An argument that names a thing, of ``model``."""

    name: str
    model: type[Subject]


def references_of(body: Body) -> Iterator[Reference]:
    """Yield the arguments of ``body`` that are things."""
    for parameter, annotation in _parameters(body):
        if model := _model_in(annotation):
            yield Reference(parameter.name, model)


def schema_of(name: str, body: Body) -> type[Given]:
    """Return the shape of what a caller outside sends for the act ``name``.

    Things are named by id or code. Raises pydantic's error where an argument is no plain value.
    """
    fields: dict[str, Any] = {}
    for parameter, annotation in _parameters(body):
        kind = annotation
        if model := _model_in(annotation):
            kind = Annotated[str, Field(max_length=80, description=references.how_named(model))]
            if get_origin(annotation) is not None:
                kind = kind | None
        required = parameter.default is inspect.Parameter.empty
        fields[parameter.name] = (kind, ... if required else parameter.default)
    title = "".join(part.capitalize() for part in name.replace("_", ".").split("."))
    return create_model(f"{title}In", __base__=Given, __doc__=inspect.getdoc(body), **fields)


def resolved(body: Body, given: Given, actor: Actor) -> dict[str, Any]:
    """Return the arguments that ``given`` stands for, each thing found as ``actor`` may know it.

    Raises ``Unseen``.
    """
    return _with_things(body, given, lambda model, text: references.resolve(actor, model, text))


def frozen(body: Body, arguments: dict[str, Any]) -> dict[str, Any]:
    """Return ``arguments`` as plain JSON, things by their ids."""
    named = {
        name: str(value.pk) if isinstance(value, Subject) else value
        for name, value in arguments.items()
    }
    return schema_of("frozen", body)(**named).model_dump(mode="json")


def thawed(body: Body, kept: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments that were ``frozen``."""
    given = schema_of("frozen", body).model_validate(kept)
    return _with_things(body, given, lambda model, text: model._default_manager.get(pk=UUID(text)))


def _with_things(
    body: Body, given: Given, find: Callable[[type[Subject], str], Subject]
) -> dict[str, Any]:
    arguments = {name: getattr(given, name) for name in type(given).model_fields}
    for reference in references_of(body):
        if (text := arguments[reference.name]) is not None:
            arguments[reference.name] = find(reference.model, text)
    return arguments


def _parameters(body: Body) -> Iterator[tuple[inspect.Parameter, Any]]:
    hints = get_type_hints(body, include_extras=True)
    for parameter in inspect.signature(body).parameters.values():
        # Files come by a way of their own, and not as values.
        if parameter.name != "actor" and hints[parameter.name] != Files:
            yield parameter, hints[parameter.name]


def _model_in(annotation: Any) -> type[Subject] | None:
    if get_origin(annotation) in {Union, types.UnionType}:
        kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
        return _model_in(kinds[0]) if len(kinds) == 1 else None
    is_thing = isinstance(annotation, type) and issubclass(annotation, Subject)
    return annotation if is_thing else None
