"""Who has data fetched in turn, and who may know of it."""

from yelin.acts.references import known
from yelin.catalog.models import Entry
from yelin.catalog.predicates import is_kept, is_own, is_steward, stands_for_it
from yelin.gate import Anyone, InRole, OwnBody, SystemJob, explain, may
from yelin.law import duties
from yelin.pulling.models import Pull

is_of_own_entry = OwnBody("entry__provider_id")

may("pulling.add", on=Entry, when=is_own & is_kept & is_steward, duty=duties.BRING_IN)
may("pulling.add", on=Entry, when=is_own & is_kept & stands_for_it, duty=duties.SOCIAL_CATALOG)
explain(
    "pulling.add",
    on=Entry,
    when=Anyone(),
    duty=duties.BRING_IN,
    says="Only a data steward of the providing body may bring data in.",
)
for _act in ("amend", "trust", "try_out", "fetch", "pause", "resume"):
    may(f"pulling.{_act}", on=Pull, when=is_of_own_entry & is_steward, duty=duties.BRING_IN)
    may(
        f"pulling.{_act}", on=Pull, when=is_of_own_entry & stands_for_it, duty=duties.SOCIAL_CATALOG
    )
may("pulling.fetch", on=Pull, when=SystemJob("clock"), duty=duties.BRING_IN)
sits_in_office = InRole("steward", "officer", "auditor", "head", "representative")
may("pull.see", on=Pull, when=is_of_own_entry & sits_in_office, duty=duties.BRING_IN)
known(Pull, by="pull.see")
