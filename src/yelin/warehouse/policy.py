"""Who may bring data in and make it a release."""

from yelin.acts.references import known
from yelin.catalog.models import Entry
from yelin.catalog.predicates import (
    confirms,
    has_left_the_house,
    is_kept,
    is_officer,
    is_open_to_all,
    is_own,
    is_steward,
    stands_for_it,
)
from yelin.gate import Anyone, OwnBody, SystemJob, burden, explain, may
from yelin.law import duties
from yelin.warehouse.models import Upload
from yelin.warehouse.subjects import borne_by

may(
    "warehouse.publish",
    on=Entry,
    when=is_own & is_kept & is_steward & is_open_to_all,
    duty=duties.OPENING_BRING,
)
for _action in ("warehouse.receive", "warehouse.publish"):
    may(_action, on=Entry, when=is_own & is_kept & is_steward, duty=duties.BRING_IN)
    may(_action, on=Entry, when=is_own & is_kept & stands_for_it, duty=duties.SOCIAL_CATALOG)
    explain(
        _action,
        on=Entry,
        when=Anyone(),
        duty=duties.BRING_IN,
        says="Only a data steward of the providing body may bring data in.",
    )
for _action in ("warehouse.state_ground", "warehouse.end_ground"):
    may(_action, on=Entry, when=is_own & is_kept & is_steward, duty=duties.OPENING_PERSONS)
    may(_action, on=Entry, when=is_own & is_kept & stands_for_it, duty=duties.OPENING_PERSONS)
    explain(
        _action,
        on=Entry,
        when=Anyone(),
        duty=duties.OPENING_PERSONS,
        says="Only a data steward of the providing body may do this.",
    )
may(
    "warehouse.object_to_ground",
    on=Entry,
    when=confirms & is_officer & has_left_the_house,
    duty=duties.OPENING_PERSONS,
)
explain(
    "warehouse.object_to_ground",
    on=Entry,
    when=Anyone(),
    duty=duties.OPENING_PERSONS,
    says="Only an officer of the body that confirms this catalog may do this.",
)
for _action in ("warehouse.prepare", "warehouse.discard"):
    may(_action, on=Upload, when=OwnBody("entry__provider_id") & is_steward, duty=duties.BRING_IN)
    may(
        _action,
        on=Upload,
        when=OwnBody("entry__provider_id") & stands_for_it,
        duty=duties.SOCIAL_CATALOG,
    )
for _action in ("warehouse.roll_back", "warehouse.erase", "warehouse.keep"):
    may(_action, on=Entry, when=is_own & is_kept & is_steward, duty=duties.BRING_IN)
    may(_action, on=Entry, when=is_own & is_kept & stands_for_it, duty=duties.SOCIAL_CATALOG)
    explain(
        _action,
        on=Entry,
        when=Anyone(),
        duty=duties.BRING_IN,
        says="Only a data steward of the providing body may do this.",
    )
may("warehouse.redact", on=Entry, when=SystemJob("erasure"), duty=duties.ERASE)
may("warehouse.destroy", on=Entry, when=SystemJob("clock"), duty=duties.RELEASES_KEEP)
may("warehouse.reseal", on=Entry, when=SystemJob("seals"), duty=duties.STORE_SAFELY)
may("warehouse.lapse", on=Entry, when=SystemJob("clock"), duty=duties.BRING_IN)
known(Upload, by="upload.see")
may("upload.see", on=Upload, when=OwnBody("entry__provider_id"), duty=duties.BRING_IN)
# What was rejected on the way to a release is seen by its provider and by whoever confirms.
may(
    "resource.inspect",
    on=Entry,
    when=is_own | (confirms & has_left_the_house),
    duty=duties.KEEP_ACCURATE,
)

# Whoever has the rows, by whichever arm of the rooms above, has those whose subjects agreed.
for _action in ("resource.read", "resource.verify", "resource.ask", "service.call"):
    burden(_action, on=Entry, bears=borne_by)
