"""Who may ask, who reviews what is asked, and who may know of it."""

from yelin.acts.references import known
from yelin.catalog.predicates import is_officer, is_steward
from yelin.collecting.models import CollectionForm, Repeat
from yelin.gate import Anyone, HoldsPower, Is, IsNot, OwnBody, explain, may
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.parties.models import Body

is_own = OwnBody("body_id")
reviews = HoldsPower("catalog.confirm", over="body__division") & is_officer
was_handed_in = Is("state", "submitted", "approved", "returned", says="the form was handed in")
is_approved = Is("state", "approved", says="the form is approved")

for _action, _model, _own in (
    ("collecting.draft", Body, OwnBody("pk")),
    ("collecting.amend", CollectionForm, is_own),
    ("collecting.submit", CollectionForm, is_own),
    ("collecting.use_shared", Repeat, is_own),
    ("collecting.give_reason", Repeat, is_own),
):
    may(_action, on=_model, when=_own & is_steward, duty=duties.COLLECT_ONCE)
    explain(
        _action,
        on=_model,
        when=Anyone(),
        duty=duties.COLLECT_ONCE,
        says="Only a data steward of the body that asks may do this.",
    )
for _action in ("collecting.approve", "collecting.return"):
    may(_action, on=CollectionForm, when=reviews & was_handed_in, duty=duties.COLLECT_ONCE)
    explain(
        _action,
        on=CollectionForm,
        when=Anyone(),
        duty=duties.COLLECT_ONCE,
        says="Only an officer of the body that confirms this catalog may do this.",
    )

for _who in (is_own, reviews & was_handed_in, is_approved):
    may("collection_form.see", on=CollectionForm, when=_who, duty=duties.COLLECT_ONCE)

# Who asks what and has which reason is known with the form or the entry that asks, and to nobody
# who may not know of what is held.
holds_it = Is("held__state", "confirmed", says="what is held is confirmed")
for _who in (
    is_own,
    HoldsPower("catalog.confirm", over="body__division") & is_officer,
    Is("about__collectionform__state", "approved", says="the form is approved") & holds_it,
    Is("about__entry__state", "confirmed", says="the entry is confirmed") & holds_it,
):
    may("repeat.see", on=Repeat, when=_who, duty=duties.COLLECT_ONCE)

known(CollectionForm, by="collection_form.see")
known(Repeat, by="repeat.see")

was_done = IsNot("refused", says="the act was not refused")
may(
    "leaf.open",
    on=Leaf,
    when=was_done & Is("subject__collectionform__state", "approved", says="the form is approved"),
    duty=duties.TRACE,
)
for _path in ("subject__collectionform__", "subject__repeat__"):
    may("leaf.open", on=Leaf, when=OwnBody(f"{_path}body_id"), duty=duties.TRACE)
