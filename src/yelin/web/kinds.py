"""What the pages say of each kind of case: its nouns, its addresses, its two forms."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yelin.cases.models import Case
from yelin.cases.procedure import Procedure
from yelin.catalog.models import Entry
from yelin.delivery import acts as delivery
from yelin.delivery.doubt import DOUBT, Doubt
from yelin.exchange import acts as exchange
from yelin.exchange.request import REQUEST, Wanted
from yelin.files.examined import Files
from yelin.opening.acts import applications, identities
from yelin.opening.application import APPLICATION
from yelin.opening.identity import IDENTITY
from yelin.parties.actor import Actor
from yelin.parties.models import Body, Person
from yelin.privacy import subject_acts
from yelin.privacy.requesting import SUBJECT_REQUEST, Wish
from yelin.talking.acts import complaints
from yelin.talking.complaint import COMPLAINT, Complaint
from yelin.web.application_forms import (
    ApplicationForm,
    ApprovalForm,
    application_form,
    approval_form,
)
from yelin.web.case_forms import Form, filled
from yelin.web.doubt_forms import CorrectionForm, DoubtForm, correction_form, doubt_form, keys_of
from yelin.web.identity_forms import ConfirmedForm, IdentityForm
from yelin.web.sharing_forms import granted_form, request_form, told_granted, told_request
from yelin.web.subject_forms import GivenForm, SubjectForm, asked_form, given_form
from yelin.web.talk_forms import ComplaintForm, RemedyForm
from yelin.web.templatetags.yelin import body_name, day, number, title_of
from yelin.web.words import word

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise

Pairs = list[tuple[str, str]]
Tells = Callable[[Mapping[str, Any]], Iterable[tuple[str, str]]]

# What an answer says beside what it gives, and what is attached to anything that is said.
GROUNDS = ("reason", "legal_basis")
ATTACHED = "attached"


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the two answers to a case, as its button offers it."""

    title: "Words"
    says: "Words"
    button: "Words"
    done: "Words"


@dataclass(frozen=True, slots=True)
class HandingIn:
    """How a case is handed in: what its page is called, its button, what is said of it then."""

    title: "Words"
    button: "Words"
    done: "Words"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of case on pages; ``many``, ``one`` and ``new`` name its addresses in the portal.

    ``outcomes`` names the words for what came of it; it begins by ``act``, which is called
    ``begins``. The page that lists them is called ``every``, one's own there ``own``.
    """

    procedure: Procedure
    noun: "Words"
    every: "Words"
    task: "Words"
    handing_in: HandingIn
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
    own: "Words" = ""

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


def _request(*, actor: Actor, entry: Entry, attached: Files, **asked: Any) -> Case:
    return exchange.request(actor=actor, entry=entry, asked=Wanted(**asked), attached=attached)


def _doubt(*, actor: Actor, entry: Entry, attached: Files, **said: Any) -> Case:
    record = {name: said.pop(field) for field, name in keys_of(actor, entry) if field in said}
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


def _ask_of_oneself(
    *, actor: Actor, entry: Entry | Body, number: str, attached: Files, **said: Any
) -> Case:
    body, of = (entry.provider, entry) if isinstance(entry, Entry) else (entry, None)
    wish = Wish(**said)
    if number:
        return subject_acts.ask_for_child(
            actor=actor, body=body, entry=of, wish=wish, number=number, attached=attached
        )
    return subject_acts.ask(actor=actor, body=body, entry=of, wish=wish, attached=attached)


def _told_request(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is asked and about whom: of a number the ends that are kept."""
    yield str(SubjectForm.base_fields["what"].label), str(word("subject_what", said["what"]).says)
    for name in ("item", "value", "says"):
        yield str(SubjectForm.base_fields[name].label), said[name]
    whose = gettext("a child of the applicant") if said["for_child"] else gettext("the applicant")
    yield gettext("About whom"), f"{whose} {said['masked']}"


def _told_given(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    kept = gettext(", ").join(said["kept"])
    yield str(GivenForm.base_fields["kept"].label), kept
    if said["release"]:
        yield str(GivenForm.base_fields["release"].label), number(said["release"])


KINDS = {
    kind.procedure.kind: kind
    for kind in (
        Kind(
            procedure=APPLICATION,
            noun=_("Application"),
            every=_("Applications"),
            task=_("Application: {title}"),
            handing_in=HandingIn(
                _("Apply"),
                _("Hand in the application"),
                _("Your application is handed in. Its number: {number}."),
            ),
            many="portal:applications",
            one="portal:application",
            new="portal:apply",
            outcomes="outcome",
            begins="opening.apply",
            act=applications.apply,
            tells_asked=_by(ApplicationForm),
            tells_given=_by(ApprovalForm),
            asks=lambda _actor, _entry, said: application_form(said),
            gives=approval_form,
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
            own=_("Your applications"),
        ),
        Kind(
            procedure=REQUEST,
            noun=_("Request to share"),
            every=_("Requests to share"),
            task=_("Request to share: {title}"),
            handing_in=HandingIn(
                _("Ask for it"),
                _("Hand in the request"),
                _("Your request is handed in. Its number: {number}."),
            ),
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
            every=_("Doubts about data"),
            task=_("Doubt: {title}"),
            handing_in=HandingIn(
                _("Report a doubt"),
                _("Report the doubt"),
                _("Your doubt is handed in. Its number: {number}."),
            ),
            many="portal:doubts",
            one="portal:doubt",
            new="portal:doubt_new",
            outcomes="doubt_outcome",
            begins="delivery.doubt",
            act=_doubt,
            tells_asked=_by(DoubtForm),
            tells_given=_by(CorrectionForm),
            asks=doubt_form,
            gives=lambda case, _entry: correction_form(case),
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
            own=_("Your doubts"),
        ),
        Kind(
            procedure=COMPLAINT,
            noun=_("Complaint about rights"),
            every=_("Complaints about rights"),
            task=_("Complaint about rights: {title}"),
            handing_in=HandingIn(
                _("Complain about rights"),
                _("Hand in the complaint"),
                _("Your complaint is handed in. Its number: {number}."),
            ),
            many="portal:complaints",
            one="portal:complaint",
            new="portal:complain",
            outcomes="complaint_outcome",
            begins="talking.complain",
            act=_complain,
            tells_asked=_by(ComplaintForm),
            tells_given=_by(RemedyForm),
            asks=lambda _actor, _entry, said: filled(ComplaintForm, said),
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
            own=_("Your complaints"),
        ),
        Kind(
            procedure=IDENTITY,
            noun=_("Verification of who somebody is"),
            every=_("My account"),
            task=_("Verification of who somebody is: {title}"),
            handing_in=HandingIn(
                _("Who you are"),
                _("Ask to be verified"),
                _("It is handed in. Its number: {number}."),
            ),
            many="portal:account",
            one="portal:identity_case",
            new="portal:identity",
            outcomes="outcome",
            begins="opening.identify",
            act=_identify,
            tells_asked=_told_identity,
            tells_given=_told_confirmed,
            asks=lambda _actor, _about, said: filled(IdentityForm, said),
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
        Kind(
            procedure=SUBJECT_REQUEST,
            noun=_("Request about one's own data"),
            every=_("What is held of me"),
            task=_("Request about one's own data: {title}"),
            handing_in=HandingIn(
                _("Ask what is held of me"),
                pgettext_lazy("own data", "Ask the body"),
                pgettext_lazy("own data", "Your request is handed in. Its number: {number}."),
            ),
            many="portal:subject_requests",
            one="portal:subject_request",
            new="portal:subject_request_new",
            outcomes="outcome",
            begins="privacy.ask",
            act=_ask_of_oneself,
            tells_asked=_told_request,
            tells_given=_told_given,
            asks=lambda _actor, _about, said: asked_form(said),
            gives=lambda case, _about: given_form(case),
            yes=Answer(
                _("Do what is asked"),
                _("It begins at once, place by place. What is kept needs reason and legal basis."),
                _("Do it"),
                _("It is begun."),
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
        case Body.KIND if case.kind == SUBJECT_REQUEST.kind:
            return gettext("All that {body} holds").format(body=body_name(case.about.body))
        case Body.KIND:
            return body_name(case.about.body)
        case _:
            return gettext("A person's own name")


def address_of(case: Case) -> str:
    """Return where that which a case is about is shown, if anywhere."""
    if case.about.kind != Entry.KIND:
        return ""
    return reverse("portal:resource", args=[case.about.entry.slug])
