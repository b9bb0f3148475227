"""Entries for tests, through the same acts as any user's."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from itertools import count
from uuid import UUID, uuid4

from tests.parties.makers import (
    make_actor,
    make_agency,
    make_body,
    make_enterprise,
    make_representative,
)

from yelin.catalog import acts, reviewing, wording
from yelin.catalog.content import EntryContent, ItemContent
from yelin.catalog.models import Entry, Findable
from yelin.law import clock
from yelin.parties.models import Body
from yelin.things.models import Thing

_number = count(1)
FOR_EVERYONE = {
    "sharing_type": "unconditional",
    "opening_type": "unconditional",
    "handing_over": "own",
}
STATES = ("draft", "registered", "awaiting", "confirmed", "returned", "withdrawn", "dropped")


def make_content(**over) -> EntryContent:
    fields = {
        "state_secret": False,
        "title": f"沿海主要港口货物吞吐量{next(_number)}",
        "summary": "海口港、八所港历年货物吞吐量，单位万吨。",
        "classification": "307010001",
        "formats": ("csv",),
        "sharing_requirements": ("work_reference",),
        "opening_type": "unconditional",
        "update_cycle": "yearly",
        "collection_basis": "《中华人民共和国统计法》",
        "themes": ("transport",),
        "keywords": ("港口", "吞吐量"),
        "division": "460000",
        "contact_office": "统计处",
        "contact_phone": "0898-65330000",
        "licence": "hainan-open",
        "items": (
            ItemContent(name="年份", type="I", nullable=False, key=True),
            ItemContent(name="海口港", type="N", unit="万吨"),
            ItemContent(name="代码", type="C"),
        ),
    }
    return EntryContent(**fields | over)


def agency() -> Body:
    return Body.objects.filter(kind="agency").first() or make_agency()


def secrecy() -> Body:
    return Body.objects.filter(kind="secrecy").first() or make_body(kind="secrecy")


def confirm(entry: Entry) -> Entry:
    """Confirm what awaits it, by everybody whose confirmation is needed.

    What it asks again is answered by rows: the acts are proved where they are.
    """
    asked = entry.thing.repeats.filter(answer="")
    asked.update(answer="reason", reason="需按统计口径重新采集", answered_at=clock.now())
    entry = acts.confirm(actor=make_actor(agency(), "officer"), entry=entry)
    if reviewing.outstanding(entry):
        entry = acts.confirm(actor=make_actor(secrecy(), "officer"), entry=entry)
    return entry


def make_entry(provider=None, state="confirmed", **over) -> Entry:
    provider = provider or make_body()
    steward = make_actor(provider)
    entry = acts.draft(actor=steward, provider=provider, content=make_content(**over))
    if state == "draft":
        return entry
    entry = acts.register(actor=steward, entry=entry)
    if state == "dropped":
        return acts.drop(actor=steward, entry=entry)
    if state != "registered":
        entry = acts.submit(actor=steward, entry=entry)
    if state == "returned":
        officer = make_actor(agency(), "officer")
        return acts.return_(actor=officer, entry=entry, reason="摘要未说明统计口径")
    if state in {"confirmed", "withdrawn"}:
        entry = confirm(entry)
    if state == "withdrawn":
        entry = acts.ask_withdrawal(actor=steward, entry=entry, reason="职能已经划出")
        entry = confirm(entry)
    return entry


def social_content(**over) -> EntryContent:
    kept = {"classification": "S04004", "sharing_type": "none", "opening_type": "none"}
    return make_content(**kept | over)


def make_social(firm: Body | None = None, state: str = "confirmed", **over) -> Entry:
    """Make an entry of an enterprise, which keeps it to itself unless told otherwise."""
    firm = firm or make_enterprise()
    actor = make_representative(firm)
    entry = acts.draft(actor=actor, provider=firm, content=social_content(**over))
    if state != "draft":
        entry = acts.register(actor=actor, entry=entry)
    if state in {"confirmed", "withdrawn"}:
        entry = acts.submit(actor=actor, entry=entry)
    if state == "withdrawn":
        entry = acts.ask_withdrawal(actor=actor, entry=entry, reason="线路停运")
    return entry


def make_many(provider: Body, titles: Sequence[str]) -> list[Entry]:
    """Lay out confirmed entries of these titles at once, every second one open.

    Their ids are spread evenly, so that as many as are to be expected are in a sample.
    """
    things = Thing.objects.bulk_create(
        Thing(kind="entry", id=UUID(f"{number // 2 % 16:x}{uuid4().hex[1:]}"))
        for number, _ in enumerate(titles)
    )
    entries = Entry.objects.bulk_create(
        Entry(
            thing=thing,
            provider=provider,
            title=title,
            state="confirmed",
            code=f"3070100{number % 7}/{number:06d}",
            sharing_type="unconditional",
            opening_type=("unconditional", "none")[number % 2],
            update_cycle="yearly",
            drafted_at=clock.now(),
            changed_at=clock.now() - timedelta(minutes=number % 90),
        )
        for number, (title, thing) in enumerate(zip(titles, things, strict=True))
    )
    word(
        entries,
        [
            wording.worded(title=(title, ""), seen=(provider.name,), read=(f"统计口径{number}",))
            for number, title in enumerate(titles)
        ],
        uses=5,
    )
    return entries


def word(entries: Sequence[Entry], words: Sequence[wording.Worded], *, uses: int) -> None:
    """Let entries be found by ``words``, some less used than ``uses`` times, some not at all."""
    rows = Findable.objects.in_bulk([entry.pk for entry in entries])
    for number, (entry, worded) in enumerate(zip(entries, words, strict=True)):
        rows[entry.pk].uses = number % uses
        for name, value in asdict(worded).items():
            setattr(rows[entry.pk], name, value)
    Findable.objects.bulk_update(rows.values(), ["uses", *asdict(words[0])], batch_size=500)
