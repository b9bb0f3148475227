"""Who may do what by which door: one line for each act, from its declaration and its arms."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from django.utils import translation

from yelin import gate
from yelin.acts import frame
from yelin.acts.step_up import StepUp
from yelin.law import clock, packs
from yelin.law.duties import Duty
from yelin.parties.actor import Surface

PAGE = Path("docs/permissions.md")
# The order in which doors are told.
DOORS = (Surface.PAGE, Surface.API, Surface.ROUTE, Surface.SYSTEM)
_DOORS = {
    Surface.PAGE: "page",
    Surface.API: "REST and `yelin act`",
    Surface.ROUTE: "a REST route of its own",
    Surface.SYSTEM: "system",
}
_STEP_UPS = {
    StepUp.RECENT_LOGIN: "signed in a moment ago",
    StepUp.SECOND_PERSON: "a second person approves",
}
_COLUMNS = "| act | who | door | and | duty |\n| --- | --- | --- | --- | --- |\n"
_HEAD = """# Who may do what

Every act of the program: who may do it, by which door, and what it asks beyond. Written by
`yelin law permissions` from the declarations of the acts and the arms of the gate; `make check`
fails when it is stale. On the site the same stands at `/law/powers/`. A hold goes before every arm;
where no arm fits, the answer is no.
"""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to be allowed an act: who, and by which duty."""

    who: str
    duty: Duty


@dataclass(frozen=True, slots=True)
class Permission:
    """One act with all ways to be allowed it."""

    act: frame.Act
    ways: tuple[Way, ...]

    @property
    def room(self) -> str:
        """The room that the act belongs to."""
        return self.act.name.partition(".")[0]

    @property
    def doors(self) -> tuple[Surface, ...]:
        """The doors by which it can be done, in their order."""
        return tuple(door for door in DOORS if door in self.act.surface)


def matrix() -> list[Permission]:
    """Return every act in the order of its room and name, in the reader's language.

    What the law here does not order is not offered, and so left out.
    """
    law, today = packs.active(), clock.today()
    ways: dict[str, list[Way]] = {}
    for arm in gate.arms():
        if law.orders(arm.duty, today):
            ways.setdefault(arm.action, []).append(Way(arm.when.describe(), arm.duty))
    acts = sorted(frame.registered().values(), key=lambda act: act.name)
    return [
        Permission(act, tuple(ways[act.name]))
        for act in acts
        if act.name in ways and law.orders(act.duty, today)
    ]


def render() -> str:
    """Return the page of all acts in English."""
    with translation.override("en"):
        rooms = groupby(matrix(), key=lambda permission: permission.room)
        return _HEAD + "".join(_section(room, permissions) for room, permissions in rooms)


def write(root: Path) -> None:
    """Write the page below ``root``."""
    (root / PAGE).write_text(render(), encoding="utf-8")


def faults(root: Path) -> list[str]:
    """Return what keeps the page below ``root`` from being true."""
    page = root / PAGE
    if page.is_file() and page.read_text(encoding="utf-8") == render():
        return []
    return [f"{PAGE} is stale; write it again with: yelin law permissions"]


def _section(room: str, permissions: Iterable[Permission]) -> str:
    lines = [
        f"\n## {room}\n",
        "| act | who | door | and | duty |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [_row(permission) for permission in permissions]
    return "\n".join(lines) + "\n"


def _row(permission: Permission) -> str:
    act = permission.act
    who = "<br>".join(dict.fromkeys(f"who {way.who}" for way in permission.ways))
    doors = ", ".join(_DOORS[door] for door in permission.doors)
    more = _STEP_UPS[act.step_up] if act.step_up else ""
    provision = packs.active().provision(act.duty)
    cited = f"`{act.duty}` ({provision.label('en')})"
    return f"| `{act.name}` {act.says.splitlines()[0]} | {who} | {doors} | {more} | {cited} |"
