"""Who may notice, agree and withdraw, and who may know of it."""

from yelin.acts.references import known
from yelin.catalog.models import Entry
from yelin.catalog.predicates import is_confirmed, is_own, is_steward, stands_for_it
from yelin.gate import Anyone, Is, IsNot, OwnBody, OwnPerson, explain, may
from yelin.gate.askers import OfKind
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.parties.actor import ActorKind
from yelin.parties.models import Body
from yelin.privacy.models import CollectionNotice, Consent, Covering, Purpose

collects = is_steward | stands_for_it
is_public = Is("state", "published", "withdrawn", says="the notice is public")
# Whoever acts for a body agrees and asks as a citizen all the same: it is that person's data.
is_somebody = OfKind(ActorKind.CITIZEN)

for _action, _model, _own in (
    ("privacy.draft", Body, OwnBody("pk")),
    ("privacy.amend", CollectionNotice, OwnBody("body_id")),
    ("privacy.publish", CollectionNotice, OwnBody("body_id")),
    ("privacy.withdraw_notice", CollectionNotice, OwnBody("body_id")),
):
    may(_action, on=_model, when=_own & collects, duty=duties.NOTICE_STATE)
    explain(
        _action,
        on=_model,
        when=Anyone(),
        duty=duties.NOTICE_STATE,
        says="Only who collects for the body, as its data steward or representative, does this.",
    )
for _action, _duty in (
    ("privacy.agree", duties.CONSENT_ASK),
    ("privacy.agree_for_child", duties.CONSENT_GUARDIAN),
):
    may(_action, on=Purpose, when=is_somebody, duty=_duty)
    explain(
        _action,
        on=Purpose,
        when=Anyone(),
        duty=_duty,
        says="Sign in as yourself: nobody agrees for a body.",
    )
may("privacy.withdraw", on=Consent, when=OwnPerson("person_id"), duty=duties.CONSENT_WITHDRAW)
explain(
    "privacy.withdraw",
    on=Consent,
    when=Anyone(),
    duty=duties.CONSENT_WITHDRAW,
    says="Only whoever agreed withdraws it.",
)
_says = "Only who collects for the providing body does this."
may("privacy.cover", on=Entry, when=is_own & is_confirmed & collects, duty=duties.HAND_OVER)
explain("privacy.cover", on=Entry, when=Anyone(), duty=duties.HAND_OVER, says=_says)
_is_covered_by_us = OwnBody("entry__provider_id")
may("privacy.uncover", on=Covering, when=_is_covered_by_us & collects, duty=duties.HAND_OVER)
explain("privacy.uncover", on=Covering, when=Anyone(), duty=duties.HAND_OVER, says=_says)

may("collection_notice.see", on=CollectionNotice, when=OwnBody("body_id"),
    duty=duties.NOTICE_STATE)  # fmt: skip
may("collection_notice.see", on=CollectionNotice, when=is_public, duty=duties.NOTICE_STATE)
may("purpose.see", on=Purpose, when=Anyone(), duty=duties.NOTICE_STATE)
may("consent.see", on=Consent, when=OwnPerson("person_id"), duty=duties.CONSENT_ASK)
may("covering.see", on=Covering, when=_is_covered_by_us, duty=duties.HAND_OVER)
known(CollectionNotice, by="collection_notice.see")
known(Purpose, by="purpose.see")
known(Consent, by="consent.see")
known(Covering, by="covering.see")

_was_done = IsNot("refused", says="the act was not refused")
may(
    "leaf.open",
    on=Leaf,
    when=_was_done
    & Is("subject__collectionnotice__state", "published", "withdrawn", says="the notice is public"),
    duty=duties.TRACE,
)
for _path in ("subject__collectionnotice__body_id", "subject__covering__entry__provider_id"):
    may("leaf.open", on=Leaf, when=OwnBody(_path), duty=duties.TRACE)
may("leaf.open", on=Leaf, when=OwnPerson("subject__consent__person_id"), duty=duties.TRACE)
