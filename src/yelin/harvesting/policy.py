"""Who has catalogs of others read, and who may know of it."""

from yelin.acts.references import known
from yelin.catalog.predicates import is_steward
from yelin.gate import Anyone, InRole, OwnBody, SystemJob, explain, may
from yelin.harvesting.models import Source
from yelin.law import duties
from yelin.parties.models import Body

is_own = OwnBody("body_id")

may("harvesting.add", on=Body, when=OwnBody("pk") & is_steward, duty=duties.CATALOG_COMPILE)
explain(
    "harvesting.add",
    on=Body,
    when=Anyone(),
    duty=duties.CATALOG_COMPILE,
    says="Only a data steward has catalogs of others read, and only for the steward's own body.",
)
for _action in ("harvesting.amend", "harvesting.pause", "harvesting.resume", "harvesting.read"):
    may(_action, on=Source, when=is_own & is_steward, duty=duties.CATALOG_COMPILE)
may("harvesting.read", on=Source, when=SystemJob("clock"), duty=duties.CATALOG_COMPILE)
sits_in_office = InRole("steward", "officer", "auditor", "head")
may("source.see", on=Source, when=is_own & sits_in_office, duty=duties.CATALOG_COMPILE)
known(Source, by="source.see")
