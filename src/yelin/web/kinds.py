"""What the pages say of each kind of case: its nouns, its addresses, its two forms."""

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yelin import gate
from yelin.cases.models import Case
from yelin.cases.procedure import Procedure
from yelin.catalog import reads as catalog
from yelin.catalog.models import Entry
from yelin.delivery import acts as delivery
from yelin.delivery import naming
from yelin.delivery.doubt import DOUBT, Doubt, Fails
from yelin.exchange import acts as exchange
from yelin.exchange.request import REQUEST, Wanted
from yelin.files.examined import Files
from yelin.opening.acts import applications, identities
from yelin.opening.application import APPLICATION
from yelin.opening.identity import IDENTITY
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Person
from yelin.talking.acts import complaints
from yelin.talking.complaint import COMPLAINT, Complaint
from yelin.warehouse.models import Release
from yelin.web.attaching import Attached
from yelin.web.case_forms import legal_basis, reason, text
from yelin.web.desk.party_forms import Day
from yelin.web.identity_forms import ConfirmedForm, IdentityForm
from yelin.web.sharing_forms import granted_form, request_form, told_granted, told_request
from yelin.web.talk_forms import ComplaintForm, RemedyForm
from yelin.web.templatetags.yelin import body_name, day, number, title_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise

Form = type[forms.Form]
Pairs = list[tuple[str, str]]
Tells = Callable[[Mapping[str, Any]], Iterable[tuple[str, str]]]

# What an answer says beside what it gives, and what is attached to anything that is said.
GROUNDS = ("reason", "legal_basis")
ATTACHED = "attached"


def _items(names: Iterable[str] = (), help_text: Any = "") -> forms.Field:
    return forms.MultipleChoiceField(
        label=_("Items"),
        help_text=help_text or _("None ticked: all of them."),
        required=False,
        choices=[(name, name) for name in names],
        widget=forms.CheckboxSelectMultiple,
    )


def _items_of(entry: Entry) -> forms.Field:
    return _items(entry.opened_items())


class ApplicationForm(forms.Form):
    """The four parts of an application."""

    purpose = text(
        _("What the data is for"),
        _("The question that you want to answer, or the service that you want to offer."),
    )
    scenario = text(
        _("Where it is used"),
        _("Who works with it, with which means, and who sees the results."),
    )
    until = Day(
        label=_("Last day of use"),
        help_text=_("From then on the data is no longer handed out, and copies are deleted."),
    )
    safeguards = text(
        _("How it is kept safe"),
        _("Who can reach it, how it is protected, and how it is deleted in the end."),
    )
    attached = Attached()


class ApprovalForm(forms.Form):
    """Until when, which items, and why less where it is less."""

    until = Day(label=_("Last day of use"))
    items = _items()
    reason = reason()
    legal_basis = legal_basis()
    attached = Attached()


class DoubtForm(forms.Form):
    """What seems wrong with the data."""

    fails = forms.ChoiceField(
        label=_("What the data lacks"),
        widget=forms.RadioSelect,
        choices=[
            (Fails.ACCURATE.value, _("It is not accurate")),
            (Fails.COMPLETE.value, _("It is not complete")),
            (Fails.USABLE.value, _("It cannot be used")),
            (Fails.UP_TO_DATE.value, _("It is not up to date")),
        ],
    )
    items = _items()
    says = text(
        _("What is wrong, and where"),
        _("Which values, and what you expected. No names and numbers of people."),
    )
    known_from = text(
        _("How you know"), _("A source, a document, your own observation."), required=False
    )
    attached = Attached()


class CorrectionForm(forms.Form):
    """What was corrected in which version, and why less where it is less."""

    says = text(_("What was found and corrected"), _("It is told to whoever reported the doubt."))
    release = forms.TypedChoiceField(
        label=_("Version that corrects it"),
        help_text=_("One that was published after the doubt came in."),
        required=False,
        coerce=int,
        empty_value=None,
    )
    items = _items(help_text=_("None ticked: all that were in doubt."))
    reason = reason()
    legal_basis = legal_basis()
    attached = Attached()


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the two answers to a case, as its button offers it."""

    title: "Words"
    says: "Words"
    button: "Words"
    done: "Words"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of case on pages; ``many``, ``one`` and ``new`` name its addresses in the portal.

    ``outcomes`` names the words for what came of it; it begins by ``act``, which is called
    ``begins``.
    """

    procedure: Procedure
    noun: "Words"
    task: "Words"
    many: str
    one: str
    new: str
    outcomes: str
    begins: str
    act: Callable[..., Case]
    tells_asked: Tells
    tells_given: Tells
    asks: Callable[[Actor, Any, Mapping[str, Any]], Form]
    gives: Callable[[Case, Any], Form]
    yes: Answer
    no: Answer

    def told(self, case: Case) -> tuple[Pairs, Pairs]:
        """Return what was asked, and what was given, as names and words; without the grounds."""
        asked, given = self.tells_asked(case.asked), self.tells_given(case.given or {})
        return list(asked), list(given) if case.given else []


def _by(form: Form) -> Tells:
    """Return how what was said in ``form`` is told, by its own labels."""
    fields: Mapping[str, forms.Field] = form.base_fields

    def tells(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        for name, field in fields.items():
            if name in said and name not in GROUNDS:
                yield str(field.label), _told(field, said[name])

    return tells


def _told(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.MultipleChoiceField):
        return gettext(", ").join(value) if value else gettext("all of them")
    if isinstance(field, forms.BooleanField):
        return gettext("yes") if value else gettext("no")
    if isinstance(field, forms.DateField):
        return day(date.fromisoformat(value))
    if isinstance(field, forms.ChoiceField):
        named = dict(field.choices)  # type: ignore[arg-type]  # ours are pairs, in no groups
        return str(named.get(value) or ("" if value is None else number(value)))
    return str(value)


def _with(form: Form, initial: Mapping[str, Any], **fields: forms.Field) -> Form:
    """Return ``form`` with these fields, filled with what is known."""
    all_fields = {name: copy.deepcopy(field) for name, field in (form.base_fields | fields).items()}
    for name, value in initial.items():
        if name in all_fields:
            all_fields[name].initial = value
    return type(form.__name__, (form,), all_fields)


def _keys(actor: Actor, entry: Entry) -> list[tuple[str, str]]:
    """Return the fields that name one record, each with the item that it is of."""
    return [(f"key{n}", name) for n, name in enumerate(naming.keys_for(actor, entry))]


def doubt_form(actor: Actor, entry: Entry, said: Mapping[str, Any]) -> Form:
    """Return the form by which ``actor`` says what is wrong with ``entry``, or a record of it.

    Once it is handed in, which record it is about stays as it is.
    """
    may_read = gate.decide(actor, "entry.read", entry)
    shown = catalog.items(may_read, entry) if may_read.allowed else ()
    keys = [] if "fails" in said else _keys(actor, entry)
    record: Mapping[str, str] = said.get("record", {})
    fields = {
        field: forms.CharField(
            label=gettext("Record: {item}").format(item=name),
            help_text=_("Of which record. Left empty, it is about the whole resource."),
            required=False,
            max_length=naming.MOST,
        )
        for field, name in keys
    }
    first = {field: record[name] for field, name in keys if name in record}
    form = _with(DoubtForm, {**said, **first}, items=_items(i.name for i in shown), **fields)
    form.field_order = list(fields)
    return form


def _releases(case: Case) -> forms.Field:
    field = copy.deepcopy(CorrectionForm.base_fields["release"])
    released = Release.objects.filter(entry=case.about_id).order_by("-number")[:20]
    field.choices = [("", gettext("No new version"))] + [  # type: ignore[attr-defined]  # a choice field has them
        (str(each.number), f"{number(each.number)} · {day(each.released_at)}") for each in released
    ]
    return field


def _request(*, actor: Actor, entry: Entry, attached: Files, **asked: Any) -> Case:
    return exchange.request(actor=actor, entry=entry, asked=Wanted(**asked), attached=attached)


def _doubt(*, actor: Actor, entry: Entry, attached: Files, **said: Any) -> Case:
    record = {name: said.pop(field) for field, name in _keys(actor, entry) if field in said}
    named = {name: value for name, value in record.items() if value}
    asked = Doubt(**said)
    return delivery.doubt(
        actor=actor, entry=entry, asked=asked, record=named or None, attached=attached
    )


def _identify(*, actor: Actor, entry: Person | Body, attached: Files, **said: Any) -> Case:
    return identities.identify(actor=actor, whom=entry, attached=attached, **said)


def _told_identity(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the name, the number as far as it is kept, and what the check of it found."""
    found = {
        "well_formed": gettext("The number is well formed. Compare it with the papers."),
        "confirmed": gettext("The service that knows identities confirms name and number."),
        "not_confirmed": gettext("The service does not know this name with this number."),
    }
    yield str(IdentityForm.base_fields["name"].label), said["name"]
    yield str(IdentityForm.base_fields["number"].label), said["masked"]
    yield gettext("What the check found"), found.get(said["found"] or "", "")


def _told_confirmed(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    until = said.get("until")
    yield (
        str(ConfirmedForm.base_fields["until"].label),
        day(date.fromisoformat(until)) if until else gettext("as long as there is the account"),
    )


def _complain(*, actor: Actor, entry: Entry, attached: Files, **said: Any) -> Case:
    asked = Complaint(**said)
    return complaints.complain(actor=actor, entry=entry, asked=asked, attached=attached)


KINDS = {
    kind.procedure.kind: kind
    for kind in (
        Kind(
            procedure=APPLICATION,
            noun=_("Application"),
            task=_("Application: {title}"),
            many="portal:applications",
            one="portal:application",
            new="portal:apply",
            outcomes="outcome",
            begins="opening.apply",
            act=applications.apply,
            tells_asked=_by(ApplicationForm),
            tells_given=_by(ApprovalForm),
            asks=lambda _actor, _entry, said: _with(ApplicationForm, said),
            gives=lambda case, entry: _with(
                ApprovalForm, {"until": case.asked["until"]}, items=_items_of(entry)
            ),
            yes=Answer(
                _("Approve"),
                _("The applicant has the data at once. Less than was asked needs a reason."),
                _("Approve"),
                _("The application is approved."),
            ),
            no=Answer(
                _("Refuse"),
                _("A refusal says why and on which legal basis; both are told."),
                _("Refuse"),
                _("The application is refused."),
            ),
        ),
        Kind(
            procedure=REQUEST,
            noun=_("Request to share"),
            task=_("Request to share: {title}"),
            many="desk:cases",
            one="desk:case",
            new="portal:request",
            outcomes="outcome",
            begins="exchange.request",
            act=_request,
            tells_asked=told_request,
            tells_given=told_granted,
            asks=lambda _actor, entry, said: request_form(entry, said),
            gives=granted_form,
            yes=Answer(
                _("Approve"),
                _("The department has it at once. Less than was asked needs a reason."),
                _("Approve"),
                _("The request is approved."),
            ),
            no=Answer(
                _("Refuse"),
                _("A refusal says why and on which legal basis; both are told."),
                _("Refuse"),
                _("The request is refused."),
            ),
        ),
        Kind(
            procedure=DOUBT,
            noun=_("Doubt"),
            task=_("Doubt: {title}"),
            many="portal:doubts",
            one="portal:doubt",
            new="portal:doubt_new",
            outcomes="doubt_outcome",
            begins="delivery.doubt",
            act=_doubt,
            tells_asked=_by(DoubtForm),
            tells_given=_by(CorrectionForm),
            asks=doubt_form,
            gives=lambda case, _entry: _with(
                CorrectionForm,
                {},
                release=_releases(case),
                items=_items(case.asked["items"], _("None ticked: all that were in doubt.")),
            ),
            yes=Answer(
                _("Right, and corrected"),
                _("Name the version that corrects it. To correct less than all needs a reason."),
                _("Answer that it is corrected"),
                _("The doubt is answered: the data is corrected."),
            ),
            no=Answer(
                _("Nothing to correct"),
                _("Say what the check found and on which legal basis; both are told."),
                _("Answer that nothing is corrected"),
                _("The doubt is answered: nothing is corrected."),
            ),
        ),
        Kind(
            procedure=COMPLAINT,
            noun=_("Complaint about rights"),
            task=_("Complaint about rights: {title}"),
            many="portal:complaints",
            one="portal:complaint",
            new="portal:complain",
            outcomes="complaint_outcome",
            begins="talking.complain",
            act=_complain,
            tells_asked=_by(ComplaintForm),
            tells_given=_by(RemedyForm),
            asks=lambda _actor, _entry, said: _with(ComplaintForm, said),
            gives=lambda _case, _entry: RemedyForm,
            yes=Answer(
                _("The complaint is right"),
                _("Say what was done, and whether delivery goes on."),
                _("Answer that it is right"),
                _("The complaint is answered: it is right."),
            ),
            no=Answer(
                _("No right is touched"),
                _("Say why, and on which legal basis. What stood still goes on at once."),
                _("Answer that no right is touched"),
                _("The complaint is answered: no right is touched."),
            ),
        ),
        Kind(
            procedure=IDENTITY,
            noun=_("Verification of who somebody is"),
            task=_("Verification of who somebody is: {title}"),
            many="portal:account",
            one="portal:identity_case",
            new="portal:identity",
            outcomes="outcome",
            begins="opening.identify",
            act=_identify,
            tells_asked=_told_identity,
            tells_given=_told_confirmed,
            asks=lambda _actor, _about, said: _with(IdentityForm, said),
            gives=lambda _case, _about: ConfirmedForm,
            yes=Answer(
                _("Verified"),
                _("Name and number are those of the papers. What was attached is destroyed later."),
                _("Confirm it"),
                _("It is verified."),
            ),
            no=Answer(
                _("Refuse"),
                _("A refusal says why and on which legal basis; both are told."),
                _("Refuse"),
                _("It is refused."),
            ),
        ),
    )
}


def of(case: Case) -> Kind:
    """Return the kind of a case."""
    return KINDS[case.kind]


def title_of_case(case: Case) -> str:
    """Return what a case is about, as people call it; a person is not named."""
    match case.about.kind:
        case Entry.KIND:
            return title_of(case.about.entry)
        case Body.KIND:
            return body_name(case.about.body)
        case _:
            return gettext("A person's own name")


def address_of(case: Case) -> str:
    """Return where that which a case is about is shown, if anywhere."""
    if case.about.kind != Entry.KIND:
        return ""
    return reverse("portal:resource", args=[case.about.entry.slug])
