"""What this room and those beneath it know of a way: sources, files, grants, deliveries."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Max, Min, Sum, Value

from yelin import gate
from yelin.delivery import lineage
from yelin.delivery.lineage import Use, Whose
from yelin.delivery.models import Docket, Tally
from yelin.delivery.tracing.draft import MOST, Draft, contributes, named
from yelin.delivery.tracing.graph import Kind, Node, Term
from yelin.gate.models import Grant
from yelin.keys.models import Destroyed
from yelin.law import clock
from yelin.pulling.models import Pull, Run
from yelin.registers.models import FundedProject, GovernmentSystem
from yelin.warehouse.models import Release, Upload


def _sources(draft: Draft, releases: Sequence[Release]) -> None:
    """Add the systems and projects that entries come out of."""
    entries = {each.entry_id for each in releases} | {draft.entry.pk}
    of: tuple[tuple[Kind, str, type[Any]], ...] = (
        (Kind.SYSTEM, "system.see", GovernmentSystem),
        (Kind.PROJECT, "project.see", FundedProject),
    )
    systems, projects = (
        gate.visible_to(draft.actor, action, model.objects.filter(entries__in=entries))
        .order_by("name", "pk")
        .values_list(Value(str(kind)), "pk", "name", "entries")
        .distinct()[:MOST]
        for kind, action, model in of
    )
    for said, pk, name, entry in sorted(systems.union(projects, all=True), key=_by_name):
        kind = Kind(said)
        node = Node(id=named(kind, pk), kind=kind, title=name, key=str(pk), thing=pk)
        draft.link(named(Kind.ENTRY, entry), Term.DERIVED, draft.add(node))


def _by_name(row: tuple[str, Any, str, Any]) -> tuple[bool, str, str]:
    kind, pk, name, _entry = row
    return kind == Kind.PROJECT, name, str(pk)


def _uploads(draft: Draft, releases: Sequence[Release]) -> None:
    """Add the files as they were sent, and from where they were fetched."""
    rows = Upload.objects.filter(release__in=[each.pk for each in releases])
    seen = gate.visible_to(draft.actor, "upload.see", rows.select_related("sealed_by"))
    found = {each.pk: each for each in seen}
    for upload in found.values():
        node = Node(
            id=named(Kind.UPLOAD, upload.pk),
            kind=Kind.UPLOAD,
            title=upload.filename,
            key=str(upload.pk),
            thing=upload.pk,
            told={"bytes": upload.size, **_digest(upload)},
            since=upload.received_at,
        )
        draft.add(node)
    runs = Run.objects.filter(upload__in=found).select_related("pull").order_by("pk")
    pulls = {run.pull_id: run.pull for run in runs}
    seen_pulls = gate.visible_to(draft.actor, "pull.see", Pull.objects.filter(pk__in=pulls))
    may_know = set(seen_pulls.values_list("pk", flat=True))
    for run in runs:
        if run.pull_id in may_know:
            pull = pulls[run.pull_id]
            node = Node(
                id=named(Kind.PULL, pull.pk),
                kind=Kind.PULL,
                key=str(pull.pk),
                thing=pull.pk,
                told={"kind": pull.content.kind},
            )
            draft.link(named(Kind.UPLOAD, run.upload_id), Term.DERIVED, draft.add(node))  # type: ignore[arg-type]  # one that was taken has an upload


def _digest(upload: Upload) -> dict[str, str]:
    try:
        return {} if upload.restores_id else {"sha256": upload.sha256}
    except Destroyed:
        return {}


def _grants(draft: Draft, releases: Sequence[Release]) -> None:
    """Add what was granted of the resource itself, whether anything was taken by it or not."""
    if not _is_first(draft, releases):
        return
    rows = Grant.objects.filter(on=draft.entry.pk)
    seen = gate.visible_to(draft.actor, "grant.see", rows)
    found = list(seen.order_by("-since", "-pk")[:MOST])
    for grant in found:
        _add_grant(draft, grant)
    if len(found) == MOST:
        draft.fold(Kind.GRANT, seen.count() - MOST, key=str(draft.entry.pk))


def _add_grant(draft: Draft, grant: Grant) -> str:
    node = Node(
        id=named(Kind.GRANT, grant.pk),
        kind=Kind.GRANT,
        key=str(grant.pk),
        thing=grant.pk,
        told={"action": grant.action, "state": grant.state_at(clock.now())},
        since=grant.since,
        until=grant.revoked_at or grant.until,
    )
    draft.link(draft.add(node), Term.DERIVED, named(Kind.ENTRY, grant.on_id))
    draft.link(node.id, Term.ATTRIBUTED, named(Kind.BODY, draft.entry.provider_id))
    return node.id


def _deliveries(draft: Draft, releases: Sequence[Release]) -> None:
    """Add who had it: all of them for those who answer for it, to others their own deliveries."""
    if not _is_first(draft, releases):
        return
    all_of_it = draft.may("delivery.recipients").allowed
    party = draft.actor.party_id
    if not all_of_it and party is None:
        return
    number = draft.release.number if draft.release and draft.is_of_one else None
    whose = Whose(draft.entry, number=number, party=None if all_of_it else party)
    uses, others = lineage.uses(whose, MOST)
    dockets = _dockets(draft, uses)
    # The list of all recipients is not for a recipient.
    key = str(draft.entry.pk) if all_of_it else ""
    for use in uses:
        _link_use(draft, _add_use(draft, use, key, dockets), releases, use.since, use.newest)
    if others:
        folded = draft.fold(
            Kind.DELIVERY,
            others.uses,
            key=key,
            told={"delivered": others.delivered, "rows": others.rows},
            since=others.first,
            until=others.last,
        )
        assert folded is not None  # noqa: S101 - there are others
        _link_use(draft, folded, releases, others.since, others.newest)
        whom = draft.fold(Kind.PERSON, others.uses, key=key)
        assert whom is not None  # noqa: S101 - the same
        draft.link(folded, Term.ASSOCIATED, whom)
    if all_of_it and not draft.is_of_one:
        _anybody(draft, releases)


def _is_first(draft: Draft, releases: Sequence[Release]) -> bool:
    """Whether it is asked about the resource itself, not about what came of it or before it."""
    return not releases or any(each.entry_id == draft.entry.pk for each in releases)


def _dockets(draft: Draft, uses: Iterable[Use]) -> dict[Any, Any]:
    """Return the newest docket in which each use stands, by its grant, or else by the body."""
    grants = {use.grant.pk for use in uses if use.grant}
    bodies = {use.body.pk for use in uses if use.body and not use.grant}
    rows = Docket.objects.filter(entry=draft.entry)
    by_grant = rows.filter(grant__in=grants).order_by("grant", "-until").distinct("grant")
    by_seat = rows.filter(seat__body__in=bodies).order_by("seat__body", "-until")
    return {
        **dict(by_grant.values_list("grant", "pk")),
        **dict(by_seat.distinct("seat__body").values_list("seat__body", "pk")),
    }


def _add_use(draft: Draft, use: Use, key: str, dockets: dict[Any, Any]) -> str:
    party = use.body or use.person
    assert party is not None  # noqa: S101 - somebody had it
    by = use.grant.pk if use.grant else party.pk
    node = Node(
        id=named(Kind.DELIVERY, f"{party.pk}:{by}:{use.purpose}"),
        kind=Kind.DELIVERY,
        key=key,
        thing=dockets.get(by),
        told={
            "delivered": use.delivered,
            "listed": use.listed,
            "rows": use.rows,
            "from": use.since,
            "to": use.newest,
            "purpose": use.purpose,
        },
        since=use.first,
        until=use.last,
    )
    draft.add(node)
    if use.body:
        whom = draft.add_body(use.body)
    else:
        whom = draft.add(
            Node(
                id=named(Kind.PERSON, party.pk),
                kind=Kind.PERSON,
                title=str(party),
                thing=party.pk,
            )
        )
    draft.link(node.id, Term.ASSOCIATED, whom)
    if use.grant:
        draft.link(node.id, Term.USED, named(Kind.GRANT, use.grant.pk))
    return node.id


def _link_use(
    draft: Draft, name: str, releases: Iterable[Release], since: int, newest: int
) -> None:
    """Say of which release it was: of those that are told one by one, the newest that it reached.

    Where none is, it was of versions that come as a number.
    """
    own = [each for each in releases if each.entry_id == draft.entry.pk]
    reached = [each for each in own if since <= each.number <= newest]
    if reached:
        last = max(reached, key=lambda each: each.number)
        draft.link(name, Term.USED, named(Kind.RELEASE, last.pk))
        draft.link(name, Term.INFORMED, named(Kind.PUBLICATION, last.pk))
    else:
        draft.link(name, Term.USED, named(Kind.RELEASE, "others"))


def _anybody(draft: Draft, releases: Iterable[Release]) -> None:
    """Add how often anybody took what is open to all: who that was is known nowhere."""
    counted = Tally.objects.filter(entry=draft.entry).aggregate(
        taken=Sum("queries", default=0) + Sum("downloads", default=0),
        first=Min("hour"),
        last=Max("hour"),
    )
    if not counted["taken"]:
        return
    node = Node(
        id=named(Kind.DELIVERY, Kind.ANYBODY),
        kind=Kind.DELIVERY,
        key=str(draft.entry.pk),
        told={"delivered": counted["taken"]},
        since=counted["first"],
        until=counted["last"],
    )
    whom = Node(id=named(Kind.ANYBODY, draft.entry.pk), kind=Kind.ANYBODY)
    draft.link(draft.add(node), Term.ASSOCIATED, draft.add(whom))
    own = [each for each in releases if each.entry_id == draft.entry.pk]
    if own:
        newest = max(own, key=lambda each: each.number)
        draft.link(node.id, Term.USED, named(Kind.RELEASE, newest.pk))


for _add in (_sources, _uploads, _grants, _deliveries):
    contributes(_add)
