"""Who compiles and confirms entries, notes changes of law, and lays down the classification."""

from yelin.acts.references import known
from yelin.catalog.models import Category, Change, Entry
from yelin.catalog.predicates import (
    confirms,
    is_officer,
    is_own,
    is_social,
    is_steward,
    reviews,
    stands_for_it,
)
from yelin.gate import (
    Anyone,
    HoldsPower,
    Is,
    OwnBody,
    SystemJob,
    explain,
    may,
)
from yelin.law import duties
from yelin.parties.kinds import SOCIAL
from yelin.parties.models import Body

may("catalog.draft", on=Body, when=OwnBody("pk") & is_steward, duty=duties.CATALOG_COMPILE)
may("catalog.draft", on=Body, when=OwnBody("pk") & stands_for_it, duty=duties.SOCIAL_CATALOG)
for _action in (
    "catalog.amend",
    "catalog.register",
    "catalog.submit",
    "catalog.drop",
    "catalog.ask_withdrawal",
):
    may(_action, on=Entry, when=is_own & is_steward, duty=duties.CATALOG_COMPILE)
    may(_action, on=Entry, when=is_own & stands_for_it, duty=duties.SOCIAL_CATALOG)
    explain(
        _action,
        on=Entry,
        when=is_social,
        duty=duties.SOCIAL_CATALOG,
        says="Only a representative of the body that keeps this data may do this.",
    )
    explain(
        _action,
        on=Entry,
        when=Anyone(),
        duty=duties.CATALOG_COMPILE,
        says="Only a data steward of the providing body may do this.",
    )
for _action in ("catalog.confirm", "catalog.return"):
    may(_action, on=Entry, when=confirms & is_officer, duty=duties.CATALOG_CONFIRM)
    may(_action, on=Entry, when=reviews(), duty=duties.NEGATIVE_LIST)
    explain(
        _action,
        on=Entry,
        when=Anyone(),
        duty=duties.CATALOG_CONFIRM,
        says="Only an officer of the body that confirms this catalog may do this.",
    )

# A change of law is noted by the body that it concerns, or by the one that confirms its catalog.
_notes_for_own = OwnBody("pk") & (is_steward | is_officer)
_is_social_body = Is("kind", *sorted(SOCIAL), says="it is an enterprise, association or utility")
_notes_for_others = ~_is_social_body & HoldsPower("catalog.confirm", over="division") & is_officer
may(
    "catalog.note_change",
    on=Body,
    when=_notes_for_own | _notes_for_others,
    duty=duties.CATALOG_REVISE,
)
may("catalog.keep", on=Entry, when=is_own & is_steward, duty=duties.CATALOG_REVISE)
may("catalog.lapse", on=Entry, when=SystemJob("clock"), duty=duties.CATALOG_REVISE)
may("change.see", on=Change, when=OwnBody("provider_id"), duty=duties.CATALOG_REVISE)
may(
    "change.see",
    on=Change,
    when=HoldsPower("catalog.confirm", over="provider__division"),
    duty=duties.CATALOG_REVISE,
)
known(Change, by="change.see")

known(Entry, by="entry.see", code="code")

# The tree is for everyone to read; who lays down what entries stand under, the pack says.
may("category.see", on=Category, when=Anyone(), duty=duties.CATALOG_COMPILE)
known(Category, by="category.see", code="code")
may(
    "catalog.add_category",
    on=Body,
    when=OwnBody("pk") & HoldsPower("catalog.classify", over="division") & is_officer,
    duty=duties.CATALOG_CLASSIFY,
)
explain(
    "catalog.add_category",
    on=Body,
    when=Anyone(),
    duty=duties.CATALOG_CLASSIFY,
    says="Only an officer of a body that lays down the classification may do this.",
)
