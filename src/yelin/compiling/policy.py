"""Who may bring whole catalogs in, and have them as files."""

from yelin.acts.references import known
from yelin.catalog.predicates import is_steward, stands_for_it
from yelin.compiling.models import Export, Import
from yelin.gate import Anyone, OwnBody, OwnSeat, explain, may
from yelin.law import duties
from yelin.parties.models import Body

may("compiling.receive", on=Body, when=OwnBody("pk") & is_steward, duty=duties.CATALOG_COMPILE)
may("compiling.receive", on=Body, when=OwnBody("pk") & stands_for_it, duty=duties.SOCIAL_CATALOG)
explain(
    "compiling.receive",
    on=Body,
    when=Anyone(),
    duty=duties.CATALOG_COMPILE,
    says="Only a data steward brings in a catalog, and only for the steward's own body.",
)
for _action in ("compiling.plan", "compiling.run", "compiling.discard"):
    may(_action, on=Import, when=OwnBody("body_id") & is_steward, duty=duties.CATALOG_COMPILE)
    may(_action, on=Import, when=OwnBody("body_id") & stands_for_it, duty=duties.SOCIAL_CATALOG)
may("compiling.export", on=Body, when=OwnBody("pk"), duty=duties.CATALOG_COMPILE)
may("export.see", on=Export, when=OwnSeat("seat_id"), duty=duties.CATALOG_COMPILE)
known(Export, by="export.see")
may("import.see", on=Import, when=OwnBody("body_id"), duty=duties.CATALOG_COMPILE)
known(Import, by="import.see")
