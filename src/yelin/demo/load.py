"""Load the demo province through the same acts as any user's, so that its ledger is a real one."""

import secrets
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from graphlib import TopologicalSorter

from yelin.acts import outbound, parties, seats
from yelin.acts.founding import OPERATOR, from_pack
from yelin.cases import acts as cases
from yelin.cases.models import Case
from yelin.cases.reads import nearest
from yelin.catalog import acts as catalog
from yelin.catalog import reviewing, tree
from yelin.catalog.content import EntryContent, ItemContent
from yelin.catalog.models import Entry, State
from yelin.collecting import acts as answers
from yelin.collecting import reads as collecting
from yelin.demo import opening, province, registers, talking
from yelin.exchange import acts as exchange
from yelin.exchange.request import Wanted
from yelin.files.places import pieces
from yelin.law import clock, packs
from yelin.opening import measuring
from yelin.opening.acts import identities
from yelin.opening.models import OpeningPlan
from yelin.outbound.models import EgressRule
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Person, Seat
from yelin.warehouse import acts as warehouse
from yelin.warehouse import tasks
from yelin.warehouse.models import Release
from yelin.warehouse.pipeline import Options
from yelin.warehouse.receive import receive

Say = Callable[[str], None]
_LEFT = (State.AWAITING, State.CONFIRMED, State.RETURNED)


def once(say: Say) -> None:
    """Load what of the demo province is not there yet; a load that was cut off goes on.

    Accounts are told with their passwords in the moment in which they are made, and never again.
    """
    law = packs.active()
    if (
        Body.objects.exists()
        and not Person.objects.filter(user__username__startswith="demo-").exists()
    ):
        # Somebody's own province: nothing is mixed into it.
        return
    if not province.has(law.name):
        say(f"There is no demo under {law.name}: only the bodies of its pack are entered.")
        for row in law.bodies:
            from_pack(row)
        return
    wanted = province.read(law.name)
    is_whole = Entry.objects.filter(state__in=_LEFT).count() >= len(wanted.entries)
    # Plans of opening are what is made last.
    if is_whole and (OpeningPlan.objects.exists() or not wanted.opening_plans):
        return
    began = time.monotonic()
    say("Loading the demo province, which takes two to five minutes; its accounts and passwords:")
    bodies = {row.zh: from_pack(row) for row in law.bodies}
    _people(wanted, bodies, say)
    _enterprises(wanted, say)
    firms = {firm.credit_code for firm in wanted.enterprises}
    bodies |= {body.name: body for body in Body.objects.filter(credit_code__in=firms)}
    _categories(wanted, bodies)
    _registers(wanted, bodies)
    _ways_out(wanted, bodies)
    rows = {entry.key: _registered(wanted, entry, bodies) for entry in wanted.entries}
    for number, entry in enumerate(_related_first(wanted.entries), start=1):
        _bring_through(wanted, entry, rows)
        _ask(wanted, entry, rows[entry.key])
        say(f"  {number:2} of {len(wanted.entries)}  {entry.title}")
    _open(wanted, bodies, rows)
    if (said := talking.read(law.name)) is not None:
        talking.say_all(
            said,
            {key: Entry.objects.get(pk=row.pk) for key, row in rows.items()},
            _acting,
            _officer(wanted, "operate"),
            lambda body: _seat(wanted, "steward", body),
        )
    measuring.measure()
    say(f"The demo province is loaded ({time.monotonic() - began:.0f} s).")


def _people(wanted: province.Province, bodies: dict[str, Body], say: Say) -> None:
    for someone in wanted.people:
        person = _person(someone, say)
        body = bodies.get(someone.body)
        if body and not body.seats.filter(person=person, role=someone.role).exists():
            parties.appoint(actor=OPERATOR, body=body, person=person, role=someone.role)


def _person(someone: province.Person, say: Say) -> Person:
    known = Person.objects.filter(user__username=someone.username).first()
    if known is not None:
        return known
    password = secrets.token_urlsafe(9)
    say(f"  {someone.username:16}{password:14}{someone.role:15}{someone.body}")
    return parties.enrol(
        actor=OPERATOR,
        person=Person(name=someone.name, name_en=someone.name_en),
        username=someone.username,
        password=password,
    )


def _enterprises(wanted: province.Province, say: Say) -> None:
    """Let each enterprise register itself, be verified, and invite its other people."""
    for firm in wanted.enterprises:
        if Body.objects.filter(credit_code=firm.credit_code).exists():
            continue
        first, *others = [
            _person(someone, say)
            for someone in wanted.people
            if someone.role == "representative" and someone.body == firm.name
        ]
        body = parties.register_enterprise(
            actor=Actor.citizen(first),
            body=Body(
                kind="enterprise",
                name=firm.name,
                name_en=firm.name_en,
                division=firm.division,
                credit_code=firm.credit_code,
            ),
        )
        _verified(Actor.citizen(first), body, _officer(wanted, "parties.register"))
        acting = Actor.of(body.seats.live().get())
        for other in others:
            invitation = seats.invite(actor=acting, body=body, person=other)
            seats.accept(actor=Actor.citizen(other), invitation=invitation)


def _verified(asks: Actor, body: Body, officer: Actor) -> None:
    """Have an enterprise verified as every one is: by a case."""
    case = identities.identify(actor=asks, whom=body, name=body.name, number=body.credit_code)
    cases.accept(actor=officer, case=case)
    cases.decide(actor=officer, case=case, approve=True, given={})


def _categories(wanted: province.Province, bodies: dict[str, Body]) -> None:
    if wanted.categories is None:
        return
    by = wanted.categories.by
    for node in wanted.categories.nodes:
        if not tree.has(node.code):
            catalog.add_category(
                actor=_seat(wanted, "officer", by),
                body=bodies[by],
                code=node.code,
                name=node.zh,
                name_en=node.en,
            )


def _registers(wanted: province.Province, bodies: dict[str, Body]) -> None:
    proposes = _officer(wanted, "standards.propose")
    for standard in wanted.standards:
        registers.standard(proposes, Body.objects.get(pk=proposes.body_id), standard)
    for project in wanted.projects:
        registers.project(_seat(wanted, "steward", project.body), bodies[project.body], project)
    for system in wanted.systems:
        registers.system(_seat(wanted, "steward", system.body), bodies[system.body], system)
    for plan in wanted.plans:
        registers.plan(
            _seat(wanted, "officer", plan.body),
            bodies[plan.body],
            plan,
            approves=_officer(wanted, "plans.approve"),
            keeps=[_seat(wanted, "officer", name) for name in plan.on_file_with],
        )
    for rule in wanted.process_rules:
        registers.process_rule(_seat(wanted, "officer", rule.body), bodies[rule.body], rule)


def _ways_out(wanted: province.Province, bodies: dict[str, Body]) -> None:
    for way in wanted.ways_out:
        body = bodies[way.body]
        if EgressRule.objects.filter(body=body.pk, host=way.host).exists():
            continue
        rule = outbound.ask_host(
            actor=_seat(wanted, "officer", way.body),
            body=body,
            host=way.host,
            port=443,
            purpose=way.purpose,
            until=clock.today() + timedelta(days=way.days),
        )
        outbound.allow_host(actor=_officer(wanted, "security.organize"), rule=rule)


def _officer(wanted: province.Province, power: str) -> Actor:
    """Return an officer of the body that holds ``power`` over everything here."""
    body = nearest(power, packs.active().province.code)
    if body is None:
        raise RuntimeError(f"nobody holds {power} here")
    return _seat(wanted, "officer", body.name)


def _reviewer(wanted: province.Province, row: Entry, side: reviewing.Side) -> Actor:
    """Return an officer on one side of whose confirmation is needed, the provider's own first."""
    law, over = packs.active(), row.provider.division
    seats = Seat.objects.select_related("body").filter(
        role="officer", person__user__username__in=[each.username for each in wanted.people]
    )
    held = [
        seat
        for seat in seats.order_by("pk")
        if side.kind in {"", seat.body.kind}
        and law.holds(side.power, seat.body.kind, seat.body.division, over)
    ]
    return Actor.of(min(held, key=lambda seat: seat.body_id != row.provider_id))


def _seat(wanted: province.Province, role: str, body: str | None = None) -> Actor:
    someone = next(p for p in wanted.people if p.role == role and body in {None, p.body})
    seat = Seat.objects.select_related("body").get(
        person__user__username=someone.username, role=role
    )
    return Actor.of(seat)


def _acting(username: str) -> Actor:
    """Return a person as acting in the one seat that the demo gives, or for nobody else."""
    person = Person.objects.get(user__username=username)
    seat = person.seats.live().select_related("body").first()
    return Actor.of(seat) if seat else Actor.citizen(person)


def _keeper(wanted: province.Province, entry: province.Entry) -> Actor:
    return _seat(wanted, wanted.steward_of(entry).role, entry.provider)


def content_of(entry: province.Entry, related: tuple[str, ...] = ()) -> EntryContent:
    """Return what an entry of the demo says; ``related`` are resource codes."""
    own = {"key", "provider", "related", "outcome", "returned_reason", "file", "filename"}
    own |= {"items", "systems", "projects"}
    return EntryContent(
        state_secret=False,
        related_codes=related,
        system_ids=registers.systems_called(entry.systems),
        project_ids=registers.projects_called(entry.projects),
        items=tuple(
            ItemContent(
                element_id=registers.element_called(item.element),
                **item.model_dump(exclude={"element"}),
            )
            for item in entry.items
        ),
        **entry.model_dump(exclude=own),
    )


def _related_first(entries: Sequence[province.Entry]) -> list[province.Entry]:
    """Return the entries with those that another names before it: only then does it see them."""
    by_key = {entry.key: entry for entry in entries}
    order = TopologicalSorter({entry.key: entry.related for entry in entries})
    return [by_key[key] for key in order.static_order()]


def _registered(wanted: province.Province, entry: province.Entry, bodies: dict[str, Body]) -> Entry:
    steward = _keeper(wanted, entry)
    provider = bodies[entry.provider]
    row = Entry.objects.filter(provider=provider, title=entry.title).first()
    if row is None:
        row = catalog.draft(actor=steward, provider=provider, content=content_of(entry))
    return catalog.register(actor=steward, entry=row) if row.state == State.DRAFT else row


def _bring_through(
    wanted: province.Province, entry: province.Entry, rows: dict[str, Entry]
) -> None:
    row = rows[entry.key]
    steward = _keeper(wanted, entry)
    if entry.related and not row.related_codes and row.state == State.REGISTERED:
        # Codes are given at registration, so relations are written once all entries have theirs.
        related = tuple(str(rows[key].code) for key in entry.related)
        row = catalog.amend(actor=steward, entry=row, content=content_of(entry, related))
    if entry.file and not Release.objects.filter(entry=row).exists():
        _release(steward, row, entry)
    if row.state == State.REGISTERED:
        row = catalog.submit(actor=steward, entry=row)
    if row.state == State.AWAITING and entry.outcome == "return":
        (first, *_others) = reviewing.outstanding(row)
        officer = _reviewer(wanted, row, first)
        catalog.return_(actor=officer, entry=row, reason=entry.returned_reason)
    elif row.state == State.AWAITING and entry.outcome != "await":
        for repeat in collecting.unanswered(row.thing):
            answers.use_shared(actor=steward, repeat=repeat)
        while sides := reviewing.outstanding(row):
            row = catalog.confirm(actor=_reviewer(wanted, row, sides[0]), entry=row)


def _ask(wanted: province.Province, entry: province.Entry, row: Entry) -> None:
    for each in wanted.requests:
        asks = _seat(wanted, "steward", each.by)
        if each.entry != entry.key or Case.objects.filter(about=row.pk, applicant=asks.body_id):
            continue
        own = {"entry", "by", "days", "given", "rate_per_hour"}
        asked = Wanted(
            until=clock.today() + timedelta(days=each.days), **each.model_dump(exclude=own)
        )
        case = exchange.request(actor=asks, entry=row, asked=asked)
        if each.given:
            case = cases.accept(actor=_officer(wanted, "sharing.coordinate"), case=case)
            given = {"until": asked.until, "rate_per_hour": each.rate_per_hour}
            cases.decide(actor=_keeper(wanted, entry), case=case, approve=True, given=given)


def _open(wanted: province.Province, bodies: dict[str, Body], rows: dict[str, Entry]) -> None:
    def sits(role: str, body: str) -> Actor:
        return _seat(wanted, role, body)

    for said in wanted.applications:
        row = rows[said.entry]
        opening.apply(said, row, _seat(wanted, "steward", row.provider.name))
    for wish in wanted.demands:
        opening.demand(wish, bodies, rows, sits)
    for plan in wanted.opening_plans:
        opening.plan(plan, bodies, rows, sits)


def _release(steward: Actor, row: Entry, entry: province.Entry) -> None:
    upload = warehouse.receive(
        actor=steward,
        entry=row,
        received=receive(pieces(entry.path.open("rb")), entry.filename),
        options=Options(),
    )
    # The same function that the worker runs; its own job then finds the file settled.
    tasks.prepare(upload=str(upload.pk))
    upload.refresh_from_db()
    if upload.error:
        raise RuntimeError(f"{entry.file}: {upload.error}")
    warehouse.publish(actor=steward, entry=row, upload=upload, without_rejected=True)
