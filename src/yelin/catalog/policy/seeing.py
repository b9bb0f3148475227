"""Who sees and reads entries and their rows, and who gives these to others.

Opening and sharing beyond the catalog's own lines are answered by the rooms above.
"""

from yelin.catalog.models import Entry
from yelin.catalog.predicates import (
    confirms,
    going_out,
    has_left_the_house,
    has_public_title,
    has_rows_by_name,
    is_confirmed,
    is_kept,
    is_of_government,
    is_officer,
    is_open_on_conditions,
    is_open_to_all,
    is_own,
    is_shared,
    is_shared_with_us,
    is_social,
    is_steward,
    is_withdrawn,
    reviews,
    stands_for_it,
)
from yelin.catalog.rules import Way
from yelin.gate import (
    Anyone,
    HadGrant,
    Is,
    explain,
    may,
)
from yelin.law import duties

# The visibility table of the house plan, row by row. What was withdrawn is in no list any more:
# whoever knows its address finds the tombstone.
_is_known = is_of_government & has_public_title
may("entry.see", on=Entry, when=is_confirmed & _is_known, duty=duties.SHARING_TYPE)
may("tombstone.see", on=Entry, when=is_withdrawn & _is_known, duty=duties.SHARING_TYPE)
may("entry.see", on=Entry, when=is_confirmed & is_social & is_open_to_all, duty=duties.SOCIAL_GIVE)
may("entry.see", on=Entry, when=is_social & is_shared_with_us, duty=duties.SOCIAL_GIVE)
for _action in ("entry.see", "entry.read"):
    may(
        _action,
        on=Entry,
        when=has_rows_by_name,
        duty=duties.SOCIAL_GIVE,
        bears=going_out(Way.SHARED),
    )
may(
    "tombstone.see",
    on=Entry,
    when=is_withdrawn & is_social & is_open_to_all,
    duty=duties.SOCIAL_GIVE,
)
for _action in ("entry.see", "entry.read", "entry.inspect"):
    may(
        _action,
        on=Entry,
        when=(is_of_government & is_own & (is_kept | is_withdrawn))
        | (confirms & (has_left_the_house | is_withdrawn)),
        duty=duties.CATALOG_COMPILE,
    )
    may(
        _action,
        on=Entry,
        when=is_social & is_own & (is_kept | is_withdrawn),
        duty=duties.SOCIAL_CATALOG,
    )
    may(
        _action,
        on=Entry,
        when=reviews() & (has_left_the_house | is_withdrawn),
        duty=duties.NEGATIVE_LIST,
    )
for _whose, _shared, _opened in (
    (is_of_government, duties.SHARING_TYPE, duties.OPENING_TYPE),
    (is_social, duties.SOCIAL_GIVE, duties.SOCIAL_GIVE),
):
    may(
        "entry.read",
        on=Entry,
        when=_whose & is_shared_with_us,
        duty=_shared,
        bears=going_out(Way.SHARED),
    )
    may(
        "entry.read",
        on=Entry,
        when=_whose & is_confirmed & is_open_to_all,
        duty=_opened,
        bears=going_out(Way.OPEN),
    )
may(
    "entry.read",
    on=Entry,
    when=is_confirmed & is_open_on_conditions,
    duty=duties.OPENING_TYPE,
    bears=going_out(Way.APPLIED),
)
may(
    "resource.read",
    on=Entry,
    when=(is_of_government & is_own & is_kept) | (confirms & has_left_the_house),
    duty=duties.CATALOG_COMPILE,
)
may(
    "resource.read",
    on=Entry,
    when=is_social & is_own & is_kept,
    duty=duties.SOCIAL_CATALOG,
)
may("resource.read", on=Entry, when=reviews() & has_left_the_house, duty=duties.NEGATIVE_LIST)

for _action in ("entry.read", "resource.read"):
    for _whose, _duty in (
        (is_of_government, duties.CATALOG_COMPILE),
        (is_social, duties.SOCIAL_CATALOG),
    ):
        explain(
            _action,
            on=Entry,
            when=_whose & is_withdrawn,
            duty=_duty,
            says="This resource was withdrawn: its page says when and why.",
        )

may(
    "resource.read",
    on=Entry,
    when=has_rows_by_name,
    duty=duties.SOCIAL_GIVE,
    bears=going_out(Way.SHARED),
)
explain(
    "resource.read",
    on=Entry,
    when=is_shared_with_us & HadGrant(),
    duty=duties.SHARING_TYPE,
    says="What you were granted has ended, is stopped, or serves another purpose. Apply anew.",
)

for _action in ("entry.read", "resource.read"):
    explain(
        _action,
        on=Entry,
        when=is_social,
        duty=duties.SOCIAL_GIVE,
        says="This is no government data: its holder says who has it.",
    )
explain(
    "entry.read",
    on=Entry,
    when=Is("sharing_type", "none"),
    duty=duties.SHARING_BASIS,
    says="This resource is on the negative list: only name, provider and basis are public.",
)
explain(
    "entry.read",
    on=Entry,
    when=Anyone(),
    duty=duties.SHARING_TYPE,
    says="This resource is shared between departments only; its name and provider are public.",
)
# What others may read of an entry stands on its page; how it came about is for those who keep it.
explain(
    "entry.inspect",
    on=Entry,
    when=Anyone(),
    duty=duties.CATALOG_COMPILE,
    says="Only the providing body works on this, and those who confirm or review it.",
)
may(
    "catalog.share",
    on=Entry,
    when=is_own & (is_steward | is_officer) & is_confirmed & is_shared,
    duty=duties.SHARING_TYPE,
)
may(
    "catalog.share",
    on=Entry,
    when=is_own & stands_for_it & is_confirmed & is_social,
    duty=duties.SOCIAL_GIVE,
)
explain(
    "catalog.share",
    on=Entry,
    when=Anyone(),
    duty=duties.SHARING_TYPE,
    says="Only the providing body gives its rows to others, once the entry is confirmed.",
)
