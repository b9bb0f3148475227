"""The head of a resource page and its whole metadata, each as far as the asker may read it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from yelin import gate
from yelin.catalog import reads as catalog
from yelin.catalog.models import Entry, Item
from yelin.config import config
from yelin.delivery import checking
from yelin.delivery.opening import Notes
from yelin.law import duties, packs
from yelin.parties.actor import Actor
from yelin.surface.actor import Asker, as_citizen
from yelin.warehouse.formats import XLSX_ROWS
from yelin.warehouse.models import Release
from yelin.warehouse.query import Question
from yelin.web import marking, refusals, terms
from yelin.web.metadata import Pairs, details
from yelin.web.names import called, listed
from yelin.web.portal import reads
from yelin.web.portal.grid import api_query
from yelin.web.portal.reads import LeafOfRelease
from yelin.web.portal.shapes import Call, Download, Story
from yelin.web.portal.under_way import under_way
from yelin.web.shapes import LeafLine, Link, MarkLine, Refusal
from yelin.web.templatetags.yelin import body_name, day, number, title_of

if TYPE_CHECKING:
    from yelin.gate import Decision

NOTHING_ASKED, NO_NOTES = Question(), Notes()


@dataclass(frozen=True, slots=True)
class Seen:
    """A resource as one asker has it: which of its metadata, items and rows, and its releases.

    ``leaves`` tells those of its releases that the asker may open, by their number.
    What else they may do with it is asked by ``may``, for which holds were read once.
    """

    asker: Asker
    entry: Entry
    may: Callable[..., "Decision"]
    may_read: "Decision"
    may_take: "Decision"
    items: Sequence[Item]
    releases: Sequence[Release]
    shown: Release | None
    leaves: Callable[[], Mapping[int, LeafOfRelease]]
    purpose: str = ""

    @property
    def grounds(self) -> list[Mapping[str, Any]]:
        """On what ground the asker has columns of persons in the shown version (公开依据)."""
        if not self.may_take.allowed or self.shown is None:
            return []
        shows = self.may_take.obligations.shows
        return [each for each in self.shown.grounds if shows(each["column"])]

    @property
    def must_choose(self) -> bool:
        """Whether it is given for several purposes, and none of them is chosen."""
        return len(self.may_take.purposes) > 1 and self.purpose not in self.may_take.purposes

    @property
    def takes(self) -> bool:
        """Whether the asker may take the rows as things stand."""
        there = self.shown is not None and self.shown.destroyed_at is None
        return self.may_take.allowed and there and not self.must_choose

    @property
    def takes_files(self) -> bool:
        """Whether what may be taken is no table."""
        return self.takes and self.shown is not None and not self.shown.is_table

    @property
    def told_columns(self) -> list[dict[str, Any]]:
        """What the shown release's manifest says of the columns of which totals may be told."""
        if self.shown is None:
            return []
        told = self.may_take.obligations.shows_whole
        return [facts for facts in self.shown.manifest["columns"] if told(facts["name"])]

    @property
    def actor(self) -> Actor:
        """Return the actor who asks."""
        return self.asker.actor


def look(asker: Asker, code: str, version: int | None, purpose: str = "") -> Seen:
    """Return what ``asker`` may have, for ``purpose``, of the entry that has this ``code``.

    Raises ``Unseen``, for a version that does not exist as well.
    """
    entry, may = catalog.met(asker.actor, code=code)
    may_read, may_take = may("entry.read"), may("resource.read", purpose)
    items: Sequence[Item] = []
    releases = []
    if may_read.allowed:
        items = catalog.items(may_read, entry)
        found = entry.releases.order_by("-number").select_related(
            "entry_version", "base", "restored"
        )
        # Only the manifest of the release that is shown is looked into.
        releases = list(found.defer("manifest_kept"))
    shown = next((r for r in releases if version in {None, r.number}), None)
    if version is not None and shown is None:
        raise gate.Unseen

    @cache
    def leaves() -> Mapping[int, LeafOfRelease]:
        return reads.leaves_of_releases(asker.actor, entry) if releases else {}

    return Seen(asker, entry, may, may_read, may_take, items, releases, shown, leaves, purpose)


def story(seen: Seen, tab: str, asked: Question = NOTHING_ASKED, notes: Notes = NO_NOTES) -> Story:
    """Return the head of the page on its tab ``tab``; ``asked`` goes into the download links.

    ``notes`` are those of the rows that it shows.
    """
    entry = seen.entry
    if not seen.may_read.allowed:
        return Story(
            title=entry.title,
            code=entry.code or "",
            slug=entry.slug,
            opening_type=entry.opening_type,
            sharing_type=entry.sharing_type,
            social=entry.social,
            provider=body_name(entry.provider),
            refusal=_refusal(seen, seen.may_read),
            under_way=under_way(seen.actor, entry),
            details=[("", _public(entry))],
        )
    term = terms.of([entry.pk]).get(entry.pk)
    related = catalog.related(seen.actor, entry)
    return Story(
        title=title_of(entry),
        code=entry.code or "",
        slug=entry.slug,
        opening_type=entry.opening_type,
        sharing_type=entry.sharing_type,
        social=entry.social,
        provider=body_name(entry.provider),
        grade=entry.grade,
        summary=entry.summary,
        state=entry.state,
        facts=_facts(seen),
        terms=[term] if term else [],
        terms_of=_("Next data:") if seen.releases else _("First data:"),
        refusal=None if seen.may_take.allowed else _refusal(seen, seen.may_take),
        under_way=under_way(seen.actor, entry),
        tabs=_tabs(seen, tab),
        purposes=_purposes(seen),
        must_choose=seen.must_choose,
        downloads=_downloads(seen, asked) if seen.takes else [],
        call=_listing(seen) if seen.takes_files else call(seen, asked) if seen.takes else None,
        related=_linked(related),
        leaf=_leaf(seen),
        talk_url=reverse("portal:resource_talk", args=[entry.slug]),
        complain_url=reverse("portal:complain", args=[entry.slug]),
        about_me_url=_about_me(entry),
        doubt_url=reverse("portal:doubt_new", args=[entry.slug]) if _is_doubted(seen) else "",
        marks=marks(seen, notes),
        extract_url=reverse("portal:extract", args=[entry.slug]) if _extracts(seen) else "",
        subscribe_url=_subscribing(seen),
        # Whoever is refused the rows is shown the way to it with the refusal.
        verify_url=_verify_url(seen) if seen.may_take.allowed else "",
        # Nothing else has anything to show of it.
        details=details(entry, related) if tab == "about" or not seen.items else (),
    )


def _about_me(entry: Entry) -> str:
    """Return where one asks what it holds of oneself, where its rows have known subjects."""
    return reverse("portal:subject_request_new", args=[entry.slug]) if entry.by_consent else ""


def _refusal(seen: Seen, decision: "Decision") -> Refusal:
    back = reverse("portal:resource", args=[seen.entry.slug])
    ways = refusals.ways_on(signed_in=seen.asker.person is not None, back=back)
    if seen.may_read.allowed and seen.entry.contact_office:
        ways.insert(0, Link(_("Ask the office that answers for it"), _tab_url(seen.entry, "about")))
    if _leads_to_application(seen):
        ways.insert(0, Link(_("Apply for it"), reverse("portal:apply", args=[seen.entry.slug])))
    if _is_demanded(seen):
        asking = f"{reverse('portal:demand_new')}?{urlencode({'resource': seen.entry.slug})}"
        ways.insert(0, Link(_("Ask that it is opened"), asking))
    if seen.may("exchange.request").allowed:
        ways.insert(0, Link(_("Ask for it"), reverse("portal:request", args=[seen.entry.slug])))
    if verify_url := _verify_url(seen):
        ways.insert(0, Link(_("Verify a record"), verify_url))
    title = (
        _("The data is not open to you")
        if seen.may_read.allowed
        else _("In the public catalog only")
    )
    return refusals.of(decision, ways, title)


def _leads_to_application(seen: Seen) -> bool:
    """Say whether one may apply, or lacks nothing but to sign in or to be known by name."""
    entry, decision = seen.entry, seen.may("opening.apply")
    if seen.asker.person is None:
        return entry.state == "confirmed" and entry.opening_type == "conditional"
    return decision.allowed or decision.duty == duties.IDENTITY_REQUIRE


def _is_demanded(seen: Seen) -> bool:
    """Say whether the asker may ask that what is not open be opened."""
    entry, offered = seen.entry, packs.active().orders(duties.OPENING_RESPOND)
    is_shut = entry.state == "confirmed" and entry.opening_type == "none" and not entry.social
    is_official = seen.asker.seat is not None and seen.asker.seat.body.is_official
    return offered and is_shut and not is_official


def _is_doubted(seen: Seen) -> bool:
    entry = seen.entry
    if seen.asker.person is None:
        return entry.state == "confirmed" and entry.opening_type != "none" and not entry.social
    if seen.may("delivery.doubt").allowed:
        return True
    # Whoever may not in this seat, but as oneself, is told so there.
    if seen.asker.seat is None:
        return False
    return gate.decide(as_citizen(seen.asker), "delivery.doubt", entry).allowed


def marks(seen: Seen, notes: Notes = NO_NOTES) -> list[MarkLine]:
    """Return what is under check: the whole, as who reads the entry knows, or rows handed out."""
    checks = checking.running(seen.entry) if notes.checks is None else notes.checks
    whole = checking.of_whole(checks, seen.may_read)
    return marking.lines(seen.asker, (*whole, *(each for each in notes.marks if not each.is_whole)))


def _extracts(seen: Seen) -> bool:
    """Say whether the asker's seat may have rows of it on paper."""
    if seen.asker.seat is None or not seen.may_take.allowed or seen.takes_files or not seen.shown:
        return False
    return seen.may("exchange.extract").allowed


def _subscribing(seen: Seen) -> str:
    """Return where the asker's body subscribes to it, where it may."""
    code = seen.entry.code
    if not (code and seen.asker.seat and seen.may_take.allowed):
        return ""
    if not seen.may("delivery.subscribe").allowed:
        return ""
    asked = [("code", code), *([("purpose", seen.purpose)] if seen.purpose else [])]
    return f"{reverse('desk:subscriptions')}?{urlencode(asked)}"


def _verify_url(seen: Seen) -> str:
    """Return where the asker's seat asks whether what it knows of a record is so, if it may."""
    if seen.asker.seat is None or not seen.shown or not any(item.key for item in seen.items):
        return ""
    allowed = seen.may("resource.verify").allowed
    return reverse("portal:verification", args=[seen.entry.slug]) if allowed else ""


def _public(entry: Entry) -> Pairs:
    pairs = [
        (_("Title"), entry.title),
        (_("Code"), entry.code or ""),
        (_("Body"), body_name(entry.provider)),
        (_("Sharing"), called("sharing", entry.sharing_type)),
        (_("Opening"), called("opening", entry.opening_type)),
    ]
    if entry.sharing_type == "none":
        pairs.append((_("Basis for not sharing"), entry.sharing_basis))
    return pairs


def _facts(seen: Seen) -> Pairs:
    entry, shown = seen.entry, seen.shown
    facts = [(_("Body"), body_name(entry.provider))]
    if shown:
        facts.append((_("Newest data"), day(shown.released_at)))
        columns = catalog.columns(seen.may_read, shown.columns)
        if shown.is_table:
            facts.append((_("Rows × columns"), f"{number(shown.rows)} × {number(columns)}"))
    elif not seen.releases:
        facts.append((_("Newest data"), _("Not brought in yet")))
    facts.append((_("Update cycle"), called("cycle", entry.update_cycle)))
    return facts


def _tabs(seen: Seen, tab: str) -> list[Link]:
    entry = seen.entry
    tabs = [
        ("", _("Data"), ""),
        *([("charts", _("Charts"), "")] if seen.takes and not seen.takes_files else []),
        ("about", _("Catalog entry"), ""),
        ("fields", _("Fields"), str(len(seen.items)) if seen.items else ""),
        ("use", _("Downloads and API"), ""),
        *([("quality", _("Quality"), "")] if seen.takes else []),
        ("versions", _("Versions"), str(len(seen.releases)) if seen.releases else ""),
        ("trace", _("Trace"), ""),
        *([("talk", _("Talk"), "")] if seen.may_read.allowed else []),
    ]
    return [
        Link(title, _tab_url(entry, name, seen), current=name == tab, count=count)
        for name, title, count in tabs
    ]


def _tab_url(entry: Entry, tab: str, seen: Seen | None = None) -> str:
    name = f"portal:resource_{tab}" if tab else "portal:resource"
    url = reverse(name, args=[entry.slug])
    query = urlencode(of_what(seen, "version")) if seen else ""
    return f"{url}?{query}" if query else url


def of_what(seen: Seen, version: str) -> list[tuple[str, str]]:
    """Return the parameters that say which release, under the name ``version``, for what use."""
    is_old = seen.shown is not None and seen.shown != seen.releases[0]
    of = [(version, str(seen.shown.number))] if seen.shown and is_old else []
    return [*of, ("purpose", seen.purpose)] if seen.purpose else of


def _purposes(seen: Seen) -> list[Link]:
    purposes = seen.may_take.purposes
    if len(purposes) < 2:
        return []
    return [
        Link(
            listed("use_requirement", [each]),
            _tab_url(seen.entry, "", replace(seen, purpose=each)),
            current=each == seen.purpose,
        )
        for each in purposes
    ]


def _address(seen: Seen, what: str, asked: Sequence[tuple[str, str]]) -> str:
    query = urlencode([*asked, *of_what(seen, "release")])
    path = f"/api/v1/resources/{seen.entry.slug}/{what}"
    return f"{path}?{query}" if query else path


def _downloads(seen: Seen, asked: Question) -> list[Download]:
    if seen.takes_files:
        # Each stands in the list of files.
        return []
    offers = [
        ("CSV", "csv", (), _("Exact, UTF-8; for programs and databases")),
        ("XLSX", "xlsx", (), _("For Excel and WPS")),
        (
            _("CSV for Excel"),
            "csv",
            (("for", "excel"),),
            _("Opens in Excel and WPS with the right characters"),
        ),
        (
            _("CSV in GB18030"),
            "csv",
            (("for", "excel"), ("encoding", "gb18030")),
            _("For old versions of Excel and WPS, and programs that read GBK"),
        ),
        ("JSON", "json", (), _("One array of objects")),
        ("NDJSON", "ndjson", (), _("One object a line, for streams")),
        ("Parquet", "parquet", (), _("Columns with types, for analysis")),
    ]
    rows = seen.shown.rows if seen.shown else 0
    return [
        Download(
            name,
            _address(seen, "download", [("format", format_), *more, *api_query(asked)]),
            says=says,
        )
        for name, format_, more, says in offers
        if format_ != "xlsx" or rows <= XLSX_ROWS
    ]


def _listing(seen: Seen) -> Call:
    url = config.url + _address(seen, "files", ())
    return Call(_("The same by API"), f'curl "{url}"', url)


def call(seen: Seen, asked: Question) -> Call:
    """Return the API call that answers the same rows, to copy."""
    url = config.url + _address(seen, "rows", api_query(asked))
    return Call(_("The same by API"), f'curl "{url}"', url)


def _linked(related: Sequence[Entry]) -> list[Link]:
    return [
        Link(title_of(other), reverse("portal:resource", args=[other.slug])) for other in related
    ]


def _leaf(seen: Seen) -> LeafLine | None:
    leaf = seen.leaves().get(seen.shown.number) if seen.shown else None
    if leaf is None or leaf.index is None:
        return None
    url = reverse("portal:leaf", args=[leaf.hash])
    return LeafLine(leaf.index, leaf.hash, "integrated", url=url)
