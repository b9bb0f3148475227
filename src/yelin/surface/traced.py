"""Where what stands on the way of a datum has its page, and by which names programs know it."""

from collections.abc import Mapping
from uuid import NAMESPACE_URL, UUID, uuid5

from yelin.config import config
from yelin.delivery.tracing.graph import Kind, Node, Trace

# What one thing, or what all that are folded, has its page at; what is not here has none.
_PAGES: Mapping[Kind, str] = {
    Kind.SYSTEM: "/desk/registers/systems/{key}/",
    Kind.PROJECT: "/desk/registers/projects/{key}/",
    Kind.PULL: "/desk/pulls/{key}/",
    Kind.NOTICE: "/collection-notices/{key}/",
    Kind.FORM: "/collection/{key}/",
    Kind.ENTRY: "/resources/{key}/",
    Kind.UPLOAD: "/desk/uploads/{key}/",
    Kind.PUBLICATION: "/resources/{key}/?version={number}#publication",
    Kind.RELEASE: "/resources/{key}/?version={number}",
    Kind.WORK: "/desk/deidentification/{key}/",
    Kind.CERTIFICATE: "/certificates/{key}/",
    Kind.EXTRACT: "/desk/extracts/{key}/",
    Kind.ARRANGEMENT: "/arrangements/{key}/",
    Kind.LISTING: "/market/listings/{key}/",
    Kind.CONTRACT: "/contracts/{key}/",
    Kind.GRANT: "/desk/rights/grants/{key}/",
    Kind.DELIVERY: "/desk/entries/{key}/recipients/",
    Kind.BODY: "/organization/{key}",
}
_PAGES_OF_ALL: Mapping[Kind, str] = {
    Kind.RELEASE: "/resources/{key}/versions/",
    Kind.WORK: "/desk/deidentification/",
    Kind.EXTRACT: "/desk/extracts/",
    Kind.ARRANGEMENT: "/arrangements/",
    Kind.LISTING: "/market/",
    Kind.TRADE: "/market/trades/",
    Kind.GRANT: "/desk/entries/{key}/rights/",
    Kind.DELIVERY: "/desk/entries/{key}/recipients/",
    Kind.PERSON: "/desk/entries/{key}/recipients/",
}
# Several of these have one page, which names none of them.
_SHARED = {Kind.DELIVERY}


def page_of(node: Node) -> str:
    """Return the path of the page of a node; empty where it has none."""
    if node.kind is Kind.DELIVERY and not node.key:
        # Whoever does not answer for the data sees what it took itself.
        return "/desk/deliveries/"
    pattern = (_PAGES_OF_ALL if node.folded else _PAGES).get(node.kind, "")
    if not pattern or ("{key}" in pattern and not node.key):
        return ""
    return pattern.format(key=node.key, number=node.told.get("number", ""))


def iri_of(trace: Trace, node: Node) -> str:
    """Return the name by which programs know a node: its page's address, or else a stable URN."""
    page = page_of(node)
    if page and not node.folded and node.kind not in _SHARED:
        return f"{config.url}{page}"
    if node.thing is not None and node.kind not in _SHARED:
        return f"urn:uuid:{node.thing}"
    return f"urn:uuid:{id_of(trace, node)}"


def id_of(trace: Trace, node: Node) -> UUID:
    """Return an id for a node that is a sum or a number, the same for the same question."""
    return uuid5(NAMESPACE_URL, f"{config.url}/trace/{trace.about}/{node.id}")


def leaf_address(hash_: str) -> str:
    """Return the address of the page that proves a leaf."""
    return f"{config.url}/ledger/leaves/YL1-{hash_}/"
