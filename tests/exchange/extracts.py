"""Extracts under seal, issued through the same acts as anybody's."""

from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from tests.catalog.makers import agency, make_entry
from tests.parties.makers import make_actor
from tests.warehouse.makers import PORTS, make_release

from yelin.catalog.models import Entry
from yelin.exchange import acts
from yelin.exchange.extract import Sought
from yelin.exchange.issuing import papers
from yelin.exchange.models import Extract
from yelin.keys import seals
from yelin.law import clock
from yelin.ledger import sequencer
from yelin.ledger.issued import Papers

PASSPHRASE = "海口2026"


def make_known(provider=None, text: str = PORTS, **over) -> Entry:
    """A confirmed entry with a release, that nobody but its own body and departments have."""
    agency()
    over = {"opening_type": "none", "grade": 2} | over
    return make_release(make_entry(provider, **over), text).entry


def sought(**over) -> Sought:
    return Sought(
        **{
            "need": "港口经营许可审批",
            "basis": "《海南省港口管理条例》第十二条",
            "rows": [{"column": "年份", "value": "2013"}],
        }
        | over
    )


def make_extract(entry=None, actor=None, **over) -> Extract:
    entry = entry or make_known()
    return acts.extract(
        actor=actor or make_actor(entry.provider), entry=entry, sought=sought(**over)
    )


def made(extract: Extract) -> Papers:
    """What is handed out once the ledger has signed."""
    sequencer.settle()
    return papers(extract)


def container(name: str = "海南省交通运输厅") -> bytes:
    """A seal as its body brings it, made by an authority of its own."""
    seal = seals._of_pem(seals._made(name, clock.now()))
    own, *vouching = seal.chain
    return pkcs12.serialize_key_and_certificates(
        name.encode(), seal.key, own, vouching, BestAvailableEncryption(PASSPHRASE.encode())
    )
