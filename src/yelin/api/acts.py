"""Every act that programs may call, each at an address of its own, from its own declaration."""

from collections.abc import Callable
from typing import Annotated

from django.http import HttpRequest
from ninja import Header, NinjaAPI, Status

from yelin.acts.frame import Act
from yelin.acts.repetition import LONGEST
from yelin.acts.step_up import StepUp
from yelin.api import schemas
from yelin.surface import acting
from yelin.surface import actor as asking

Key = Annotated[
    str | None,
    Header(
        None,
        alias="Idempotency-Key",
        min_length=1,
        max_length=LONGEST,
        description="Your own key for this act: sent again within a day, nothing is done twice.",
    ),
]


def register(api: NinjaAPI) -> None:
    """Give every offered act its address in ``api``."""
    for act in acting.offered():
        operation = api.api_operation(
            ["POST"],
            f"/acts/{act.name}",
            response={200: schemas.ActOut, 202: schemas.ActOut},
            operation_id=f"act_{act.name.replace('.', '_')}",
            summary=act.duty.says,
            description=_description(act),
            tags=["Acts"],
        )
        operation(_view(act))


def _view(act: Act) -> Callable[..., Status[schemas.ActOut]]:
    def view(
        request: HttpRequest,
        sent: act.schema,  # type: ignore[name-defined]  # made from the act's signature
        key: Key = None,
    ) -> Status[schemas.ActOut]:
        leaf = acting.do(act, asking.writer(request), sent, key)
        status = 202 if acting.awaits_second(leaf) else 200
        return Status(status, schemas.ActOut(**acting.answer(leaf)))

    return view


def _description(act: Act) -> str:
    if act.step_up is not StepUp.SECOND_PERSON:
        return act.says
    return f"{act.says}\n\nIt takes two people: this proposes it (202), another approves."
