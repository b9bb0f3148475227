"""What a file is that somebody holds: told by its digest, to whom it may be told, who had it."""

from hashlib import sha256

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.catalog.makers import make_entry
from tests.delivery.makers import close, make_closed, make_taker
from tests.exchange.test_extracts import make_extract
from tests.parties.makers import make_actor, make_citizen
from tests.privacy.workbench.makers import made, make_certificate
from tests.warehouse.makers import PORTS, make_release

from yelin.delivery import handing, kept
from yelin.delivery.models import Delivery
from yelin.delivery.tracing import finding
from yelin.delivery.tracing.graph import Kind
from yelin.exchange import issuing
from yelin.ledger import sequencer
from yelin.parties.actor import Actor
from yelin.warehouse.models import DATA, Fingerprint
from yelin.warehouse.query import Filter, Question

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.duty("trace.whole")]
SOME = Question(filters=(Filter("年份", "gte", "2013"),))


def digest_of(blob: bytes) -> str:
    return sha256(blob).hexdigest()


def told(actor, digest):
    return [(found.node.kind, found.form, found.node.told.get("number"))
            for found in finding.of(actor, digest)]  # fmt: skip


def data_of(release):
    return next(file for file in release.files if file["name"] == DATA)


def take(actor, entry, question=SOME, form="csv") -> bytes:
    """Take a file as a program does, and return its bytes."""
    handed = handing.download(actor, entry, question, form)
    with handed.kept.place.open("rb") as file:
        blob = file.read()
    handed.begin().finish(len(blob), kept.file_of(handed.kept))
    return blob


def test_what_was_brought_in_is_known_to_its_own_body_alone():
    release = make_release(make_closed())
    digest = digest_of(PORTS.encode())
    assert (Kind.UPLOAD, "", None) in told(make_actor(release.entry.provider), digest)
    for actor in (Actor.anyone(), make_citizen(), make_actor()):
        assert told(actor, digest) == []


def test_a_file_of_what_is_open_is_known_to_everyone_and_whether_it_is_the_newest():
    entry = make_entry(opening_type="unconditional")
    first = make_release(entry)
    file = data_of(first)
    assert told(Actor.anyone(), file["sha256"]) == [(Kind.RELEASE, DATA, 1)]
    assert [each.is_newest for each in finding.of(Actor.anyone(), file["sha256"])] == [True]
    make_release(entry, "年份,海口港,代码\n2015,9105,010\n")
    (found,) = finding.of(Actor.anyone(), file["sha256"])
    assert (found.is_newest, found.newest) == (False, 2)


def test_who_had_a_part_of_closed_data_is_known_to_whoever_answers_and_to_itself():
    entry = make_closed()
    one, other = (make_taker(entry)[0] for _ in range(2))
    digest = digest_of(take(one, entry))
    close()
    sequencer.settle()
    (call,) = Delivery.objects.all()
    for actor in (make_actor(entry.provider), one):
        (found,) = finding.of(actor, digest)
        assert found.had == [call]
        assert (found.form, found.node.told["number"]) == ("csv", 1)
    # The other may have those rows too, and asked for them as a whole would be told.
    assert told(other, digest) == [(Kind.RELEASE, "csv", 1)]
    assert finding.of(other, digest)[0].had == []
    for actor in (Actor.anyone(), make_citizen(), make_actor()):
        assert told(actor, digest) == []
    assert call.payload["file"] == bytes(call.file).hex() != digest


def test_no_plain_digest_of_closed_data_stands_in_the_database():
    entry = make_closed()
    digest = digest_of(take(make_taker(entry)[0], entry))
    dumped = [
        bytes(each)
        for each in (*Fingerprint.objects.values_list("digest", flat=True),
                     *Delivery.objects.values_list("file", flat=True))
    ]  # fmt: skip
    assert bytes.fromhex(digest) not in dumped
    assert bytes.fromhex(digest_of(PORTS.encode())) not in dumped


def test_an_extract_and_a_certificate_are_known_to_whoever_has_the_file():
    extract, certificate = make_extract(), make_certificate()
    sequencer.settle()
    papers = issuing.papers(extract)
    for blob, form in ((papers.pdf, "pdf"), (papers.jws, "jws")):
        (found,) = finding.of(Actor.anyone(), digest_of(blob))
        assert (found.node.kind, found.form) == (Kind.EXTRACT, form)
        assert found.standing == bytes(extract.digest).hex()
    for blob in (made(certificate).pdf, made(certificate).jws):
        (found,) = finding.of(Actor.anyone(), digest_of(blob))
        assert found.node.key == bytes(certificate.digest).hex()


def test_a_file_that_differs_by_a_byte_is_unknown_and_what_is_no_digest_is_told():
    release = make_release(make_entry(opening_type="unconditional"))
    file = data_of(release)
    changed = f"{int(file['sha256'], 16) ^ 1:064x}"
    assert finding.of(Actor.anyone(), changed) == []
    for wrong in ("", "abc", file["sha256"][:-2]):
        with pytest.raises(ValueError, match="SHA-256"):
            finding.of(Actor.anyone(), wrong)


def test_it_asks_a_fixed_number_of_questions_by_index():
    entry = make_closed()
    takers = [make_taker(entry)[0] for _ in range(4)]
    digest = digest_of(take(takers[0], entry))

    def asked():
        with CaptureQueriesContext(connection) as queries:
            (found,) = finding.of(make_actor(entry.provider), digest)
        return len(queries), len(found.had)

    few, one = asked()
    for taker in takers[1:]:
        take(taker, entry)
    assert (one, asked()) == (1, (few, 4))
