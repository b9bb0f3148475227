"""Who may ask what is held of them, confirm that it was deleted, and know of either."""

from yelin.acts.references import known
from yelin.cases.policy import declare, serves
from yelin.catalog.models import Entry
from yelin.gate import (
    Anyone,
    HoldsPowerOverAll,
    InRole,
    Is,
    IsNot,
    OfKind,
    OwnBody,
    OwnParty,
    OwnPerson,
    SystemJob,
    explain,
    may,
)
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.parties.actor import ActorKind
from yelin.parties.models import Body
from yelin.privacy.models import Consent
from yelin.privacy.policy import is_somebody
from yelin.privacy.requested import Kind, SubjectRequest, Target
from yelin.privacy.requesting import SUBJECT_REQUEST

declare(SUBJECT_REQUEST)

speaks = serves | OfKind(ActorKind.CITIZEN, ActorKind.REPRESENTATIVE)
for _action, _duty in (
    ("privacy.ask", duties.SUBJECT_ASK),
    ("privacy.ask_for_child", duties.CONSENT_GUARDIAN),
):
    may(_action, on=Body, when=is_somebody, duty=_duty)
    explain(
        _action,
        on=Body,
        when=Anyone(),
        duty=_duty,
        says="Sign in as yourself: nobody asks this for a body.",
    )
_is_eraser = SystemJob("erasure")
for _action, _model, _duty in (
    ("privacy.list_places", SubjectRequest, duties.SUBJECT_ANSWER),
    ("privacy.copy", SubjectRequest, duties.SUBJECT_ANSWER),
    ("privacy.forget_copy", SubjectRequest, duties.ERASE),
    ("privacy.widen", SubjectRequest, duties.ERASE),
    ("privacy.prove", SubjectRequest, duties.ERASE),
    ("privacy.settle", Target, duties.ERASE),
    ("privacy.bury", Entry, duties.ERASE),
    ("privacy.end_consent", Consent, duties.ERASE),
    ("privacy.tell", Target, duties.SUBJECT_CONFIRM),
):
    may(_action, on=_model, when=_is_eraser, duty=_duty)
may("privacy.miss", on=Target, when=SystemJob("clock"), duty=duties.SUBJECT_CONFIRM)

_is_told = OwnParty("party_id") & speaks
may("privacy.confirm", on=Target, when=_is_told, duty=duties.SUBJECT_CONFIRM)
explain(
    "privacy.confirm",
    on=Target,
    when=Anyone(),
    duty=duties.SUBJECT_CONFIRM,
    says="Only whoever has the data confirms that it deleted it.",
)

_oversees = HoldsPowerOverAll("operate") & InRole("officer")
_is_recipient = Is("kind", Kind.RECIPIENT, says="it is a recipient")
for _who in (
    OwnPerson("request__person_id"),
    OwnBody("request__case__handler_id") & serves,
    _is_told,
    _oversees & _is_recipient,
):
    may("subject_target.see", on=Target, when=_who, duty=duties.SUBJECT_CONFIRM)
for _who in (OwnPerson("person_id"), OwnBody("case__handler_id") & serves):
    may("subject_request.see", on=SubjectRequest, when=_who, duty=duties.SUBJECT_ANSWER)
known(Target, by="subject_target.see")
known(SubjectRequest, by="subject_request.see")

_is_done = IsNot("refused", says="the act was not refused")
for _who in (
    OwnPerson("subject__subjectrequest__person_id"),
    OwnPerson("subject__target__request__person_id"),
    OwnBody("subject__target__request__case__handler_id") & serves,
    OwnParty("subject__target__party_id"),
):
    may("leaf.open", on=Leaf, when=_is_done & _who, duty=duties.TRACE)
