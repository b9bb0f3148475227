"""Who may list who agreed elsewhere, and who may object."""

from yelin.acts.references import known
from yelin.gate import Anyone, OwnBody, SystemJob, explain, may
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.privacy.listed import ConsentList
from yelin.privacy.models import Purpose
from yelin.privacy.policy import collects, is_somebody

_SAYS = "Only who collects for the body, as its data steward or representative, does this."
for _action, _model, _own in (
    ("privacy.list_consents", Purpose, OwnBody("notice__body_id")),
    ("privacy.end_list", ConsentList, OwnBody("purpose__notice__body_id")),
):
    may(_action, on=_model, when=_own & collects, duty=duties.CONSENT_ASK)
    explain(_action, on=_model, when=Anyone(), duty=duties.CONSENT_ASK, says=_SAYS)
may("privacy.take_list", on=ConsentList, when=SystemJob("consents"), duty=duties.CONSENT_ASK)
may("privacy.object", on=ConsentList, when=is_somebody, duty=duties.CONSENT_WITHDRAW)
explain(
    "privacy.object",
    on=ConsentList,
    when=Anyone(),
    duty=duties.CONSENT_WITHDRAW,
    says="Sign in as yourself: only whoever is on the list objects to it.",
)
may("privacy.object_for_child", on=ConsentList, when=is_somebody, duty=duties.CONSENT_GUARDIAN)
explain(
    "privacy.object_for_child",
    on=ConsentList,
    when=Anyone(),
    duty=duties.CONSENT_GUARDIAN,
    says="Sign in as yourself: only a parent or guardian objects for a child.",
)
# It tells neither who is on it nor of which resource it is.
may("consent_list.see", on=ConsentList, when=Anyone(), duty=duties.CONSENT_ASK)
known(ConsentList, by="consent_list.see")
may(
    "leaf.open",
    on=Leaf,
    when=OwnBody("subject__consentlist__purpose__notice__body_id"),
    duty=duties.TRACE,
)
