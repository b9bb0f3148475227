"""Who may take open data: for what is open unconditionally, everyone (無條件開放).

Applications for what is open on conditions come with their own arms.
"""

from yelin.catalog.models import Entry
from yelin.catalog.policy import is_confirmed, is_open_to_all
from yelin.gate import Anyone, Is, explain, may
from yelin.law import duties

may("resource.read", on=Entry, when=is_confirmed & is_open_to_all, duty=duties.OPEN_DATA_FREE)

explain(
    "resource.read",
    on=Entry,
    when=Is("opening_type", "conditional"),
    duty=duties.OPENING_APPLY,
    says="This resource is open on conditions: its data is given on application.",
)
explain(
    "resource.read",
    on=Entry,
    when=Is("sharing_type", "none"),
    duty=duties.SHARING_BASIS,
    says="This resource is on the negative list: it is neither shared nor open.",
)
explain(
    "resource.read",
    on=Entry,
    when=Anyone(),
    duty=duties.OPENING_TYPE,
    says="This resource is not open to the public.",
)
