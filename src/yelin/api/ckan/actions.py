"""What an action is: a function whose own signature says what may be asked of it."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar, get_type_hints

from django.core.files.uploadedfile import UploadedFile
from pydantic import BeforeValidator, ConfigDict, Field, create_model

from yelin.acts.arguments import Given
from yelin.api.ckan.sent import decoded
from yelin.delivery.opening import Call
from yelin.parties.actor import Actor

Document = dict[str, Any]
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks and how, and the file that came along."""

    actor: Actor
    call: Call
    upload: "UploadedFile[Any] | None" = None


@dataclass(frozen=True, slots=True)
class Told:
    """A result with headers that say more of it."""

    result: Document
    headers: Mapping[str, str]


class Sent(Given):
    """What a client sends; what an action does not know is passed over, as CKAN does."""

    model_config = ConfigDict(extra="ignore")


@dataclass(frozen=True)
class Action:
    """An action: its name, its function, the shape of what is sent, whether it changes anything."""

    name: str
    body: Callable[..., Any] = field(repr=False)
    schema: type[Sent] = field(repr=False)
    writes: bool

    def do(self, asker: Asker, sent: Mapping[str, Any]) -> Any:
        """Return what the action answers. Raises pydantic's error for what has not its shape."""
        given = self.schema.model_validate(sent)
        if "sent" in inspect.signature(self.body).parameters:
            return self.body(asker, sent=given)
        return self.body(asker, **{name: getattr(given, name) for name in self.schema.model_fields})

    @property
    def says(self) -> str:
        """What the action does, in the words of its function, and what it takes."""
        told = (inspect.getdoc(self.body) or "").split("Raises ``")[0].replace("``", "`").strip()
        takes = [each.alias or name for name, each in self.schema.model_fields.items()]
        return f"{told}\n\nTakes: {', '.join(takes)}." if takes else told


_actions: dict[str, Action] = {}


def reads(body: F) -> F:
    """Declare a function as the action of its name, which changes nothing."""
    return _declared(body, writes=False)


def writes(body: F) -> F:
    """Declare a function as the action of its name, which changes something and takes a token."""
    return _declared(body, writes=True)


def named(name: str) -> Action | None:
    """Return the action called ``name``, if there is one."""
    return _actions.get(name)


def _declared(body: F, *, writes: bool) -> F:
    hints = get_type_hints(body, include_extras=True)
    schema = hints.get("sent") or _schema_of(body, hints)
    _actions[body.__name__] = Action(body.__name__, body, schema, writes)
    return body


def _schema_of(body: Callable[..., Any], hints: Mapping[str, Any]) -> type[Sent]:
    fields: dict[str, Any] = {}
    for parameter in inspect.signature(body).parameters.values():
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            required = parameter.default is inspect.Parameter.empty
            fields[parameter.name] = (hints[parameter.name], ... if required else parameter.default)
    return create_model(body.__name__, __base__=Sent, **fields)


def _text(value: object) -> object:
    return str(value) if isinstance(value, int | float) else value


def _flag(value: object) -> object:
    # What CKAN takes for true; an empty text is none.
    return value.strip().lower() or False if isinstance(value, str) else value


def read(text: str) -> Any:
    """Return what a text says that may be JSON; one that is none says itself."""
    # A NUL is held by no text of ours, and is told where it stands.
    if "\\u0000" in text:
        return text
    try:
        return decoded(text)
    except ValueError:
        return text


def _whole(value: object) -> object:
    """Return a value that may be written as JSON in a text, as it must be in an address."""
    is_json = isinstance(value, str) and value.strip()[:1] in {"[", "{", '"'}
    return read(str(value)) if is_json else value


def _names(value: object) -> object:
    value = _whole(value)
    if isinstance(value, str):
        return [name for part in value.split(",") if (name := part.strip())]
    return value


def _each(value: object) -> object:
    return [value] if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_text), Field(max_length=100_000)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Names = Annotated[tuple[Text, ...], BeforeValidator(_names), Field(max_length=1_000)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_each), Field(max_length=100)]
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Id = Annotated[Text, Field(alias="id", max_length=200)]
Json = BeforeValidator(_whole)
