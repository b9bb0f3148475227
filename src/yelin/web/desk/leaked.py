"""Leaked files beside the copies of each recipient: one is held against them, others were."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from yelin import gate
from yelin.catalog import working
from yelin.catalog.models import Entry
from yelin.delivery import acts, leaks
from yelin.delivery.models import Attribution
from yelin.delivery.opening import NothingYet
from yelin.delivery.rules import FALSE
from yelin.files.store import CHUNK_BYTES
from yelin.law import duties, packs
from yelin.law.refusals import Incomplete
from yelin.parties.models import Body, Person
from yelin.surface import problems
from yelin.surface.actor import Asker
from yelin.warehouse.findings import Unfit
from yelin.warehouse.pipeline import Options
from yelin.warehouse.receive import receive
from yelin.web import mending
from yelin.web.asking import GET_OR_POST
from yelin.web.choices import choose
from yelin.web.desk.door import page
from yelin.web.done import say_done
from yelin.web.guards import seated
from yelin.web.paging import cut
from yelin.web.shapes import Link
from yelin.web.templatetags.yelin import body_name, day, number, person_name, title_of

# A larger file is held against them by a command, which needs no page to wait for it.
LARGEST_MB = 32
PAGE_SIZE = 20
# So many of those who are not named are told, with the least chance.
NEAREST = 5
# From here on a chance is told in hundredths, and below here no closer.
_LIKELY = 0.1
_TINIEST = 1e-9


class LeakedForm(forms.Form):
    """The file, and the version that it came from."""

    file = forms.FileField(
        label=gettext_lazy("File that leaked"),
        help_text=gettext_lazy(
            "As it was found: cut, shuffled or saved anew by another program, in any table format."
        ),
    )
    version = forms.ChoiceField(label=gettext_lazy("Version that it came from"))

    def __init__(self, *args: object, entry: Entry, **kwargs: object) -> None:
        """Offer the newest versions, the last one first."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's own form takes them
        every = leaks.held_against(entry)
        told = _("Version {n} of {day}")
        choose(
            self.fields["version"],
            [
                (str(each.number), told.format(n=number(each.number), day=day(each.released_at)))
                for each in every
            ],
        )


@dataclass(frozen=True, slots=True)
class Weighed:
    """What speaks for or against one recipient, or two together."""

    who: str
    lacked: int
    expected: float
    chance: str
    names: bool


@dataclass(frozen=True, slots=True)
class Examined:
    """One file that was held against the copies, with what was found of the nearest."""

    of: Attribution
    weighed: Sequence[Weighed]
    others: int


@require_http_methods(GET_OR_POST)
@seated
def leaked(request: HttpRequest, asker: Asker, pk: UUID) -> HttpResponse:
    """Hold a leaked file against what each recipient's copies lack; list what was held so."""
    entry = working.entry(asker.actor, pk)
    gate.decide(asker.actor, leaks.ATTRIBUTE, entry).must_allow(leaks.ATTRIBUTE, entry.pk)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    filled = LeakedForm(*sent, entry=entry)
    if filled.is_bound and filled.is_valid() and (made := _examine(asker, entry, filled)):
        says = _("The file is examined; what was found stands below.")
        say_done(request, says, leaks.ATTRIBUTE, made)
        return redirect(f"{reverse('desk:leaked', args=[pk])}#examined-{made.pk}")
    rows, pager = cut(leaks.examined(entry), request.GET, PAGE_SIZE)
    context = {
        "entry": entry,
        "form": filled,
        "copies": len(leaks.recipients(entry)),
        "largest": LARGEST_MB,
        "one_in": round(1 / FALSE),
        "examined": list(_examined(rows)),
        "pager": pager,
        "basis": packs.active().provision(duties.TRACE),
        "crumbs": [
            Link(_("Desk"), reverse("desk:home")),
            Link(title_of(entry), reverse("desk:entry", args=[entry.pk])),
            Link(_("Recipients"), reverse("desk:recipients", args=[entry.pk])),
            Link(_("Leaked files"), ""),
        ],
    }
    return page(request, asker, "desk/leaked.html", context, status=422 if filled.errors else 200)


def _examine(asker: Asker, entry: Entry, filled: LeakedForm) -> Attribution | None:
    sent, version = filled.cleaned_data["file"], int(filled.cleaned_data["version"])
    try:
        received = receive(sent.chunks(CHUNK_BYTES), sent.name, LARGEST_MB)
        found = leaks.examine(asker.actor, entry, received, Options(), version)
        made: Attribution = acts.attribute(actor=asker.actor, entry=entry, found=found)
    except Incomplete as error:
        mending.tell(filled, error)
    except Unfit as error:
        filled.add_error("file", problems.of(error).detail)
    except NothingYet:
        filled.add_error("version", _("This version has no rows any more."))
    else:
        return made
    return None


def _examined(rows: Sequence[Attribution]) -> Iterator[Examined]:
    parties = {UUID(one) for row in rows for each in row.weighed for one in each["whose"]}
    names = {pk: _called(party) for pk, party in leaks.names_of(parties).items()}
    for row in rows:
        weighed = [_weighed(each, names) for each in row.weighed]
        named = [each for each in weighed if each.names]
        others = [each for each in weighed if not each.names]
        yield Examined(row, [*named, *others[:NEAREST]], max(0, len(others) - NEAREST))


def _weighed(each: Mapping[str, object], names: Mapping[UUID, str]) -> Weighed:
    whose = [names.get(UUID(str(one)), "–") for one in each["whose"]]  # type: ignore[attr-defined]  # as it was put down
    together = _("{one} together with {other}")
    return Weighed(
        who=whose[0] if len(whose) == 1 else together.format(one=whose[0], other=whose[1]),
        lacked=int(str(each["lacked"])),
        expected=float(str(each["expected"])),
        chance=_chance(float(str(each["corrected"]))),
        names=bool(each["names"]),
    )


def _chance(of: float) -> str:
    """Return a chance as people read it: 1 in so many."""
    if of >= _LIKELY:
        return f"{of:.0%}"
    if of < _TINIEST:
        return _("less than 1 in {n}").format(n=number(round(1 / _TINIEST)))
    return _("1 in {n}").format(n=number(round(1 / of)))


def _called(party: Body | Person) -> str:
    return body_name(party) if isinstance(party, Body) else person_name(party)
