"""The interface against its own description, by generated requests."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import booleans
from tests.api.description import CHECKS, described
from tests.catalog.makers import make_entry
from tests.delivery.makers import make_call, make_closed, make_subscription, make_taker
from tests.exchange.extracts import make_extract
from tests.files.makers import make_public_attachment
from tests.gate.makers import make_grant
from tests.market.compute.makers import ask, make_bought
from tests.market.dispute.makers import contract_of, make_mediated
from tests.market.makers import make_arrangement, make_listing
from tests.opening.makers import make_application, make_public, make_published
from tests.parties.makers import make_actor, make_person, make_token
from tests.privacy.workbench.makers import make_certificate
from tests.talking.makers import make_comment, make_news, make_reuse
from tests.thorough import many
from tests.warehouse.makers import make_release

from yelin.gate import Mask, Obligations, RowFilter
from yelin.ledger import sequencer
from yelin.ledger.models import Leaf

OPERATIONS = (
    "/batch",
    "/resources",
    "/resources/{slug}",
    "/resources/{slug}/rows",
    "/resources/{slug}/download",
    "/resources/{slug}/quality",
    "/resources/{slug}/releases",
    "/resources/{slug}/releases/{number}/quality",
    "/resources/{slug}/releases/{number}/difference",
    "/resources/{slug}/releases/{number}/difference/download",
    "/resources/{slug}/changes",
    "/resources/{slug}/files",
    "/resources/{slug}/files/{number}",
    "/resources/{slug}/trace",
    "/verify/{digest}",
    "/grants/{grant_id}/use",
    "/deliveries/{delivery_id}/receipt",
    "/extracts",
    "/extracts/standing/{digest}",
    "/extracts/{extract_id}",
    "/extracts/{extract_id}/file",
    "/deidentifications",
    "/deidentifications/budgets",
    "/deidentifications/certificates/{certificate_digest}",
    "/deidentifications/{work_id}",
    "/systems",
    "/keys",
    "/subscriptions",
    "/subscriptions/{subscription_id}",
    "/cases",
    "/cases/{number}",
    "/applications",
    "/applications/statistics",
    "/deletions",
    "/demands",
    "/demands/{number}",
    "/market/listings",
    "/market/listings/{listing_number}",
    "/market/listings/{listing_number}/ratings",
    "/market/trades",
    "/market/platforms",
    "/market/platforms/{platform_number}",
    "/arrangements",
    "/arrangements/{arrangement_number}",
    "/negotiations",
    "/negotiations/{negotiation_number}",
    "/contracts",
    "/contracts/{contract_number}",
    "/contracts/{contract_number}/policy",
    "/contracts/{contract_number}/file",
    "/contracts/{contract_number}/computations",
    "/contracts/{contract_number}/computations/{computation_id}",
    "/contracts/{contract_number}/computations/{computation_id}/answer",
    "/disputes",
    "/disputes/{dispute_number}",
    "/disputes/{dispute_number}/evidence",
    "/opening-plans",
    "/opening-plans/{plan_id}",
    "/reuses",
    "/reuses/{reuse_id}",
    "/resources/{slug}/comments",
    "/news",
    "/news/{news_id}",
    "/answering",
    "/attachments",
    "/attachments/{attachment_id}",
    "/uploads/{upload_id}",
    "/uploads/{upload_id}/rejected",
    "/ledger",
    "/ledger/leaves/{receipt}",
    "/ledger/leaves/{receipt}/receipt",
)


# Each part is asked in a world of its own, which is most of what a few questions cost.
PARTS = many(4, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("part", range(PARTS))
def test_every_answer_is_as_the_description_says(part, tmp_path):
    entry, closed = make_release(make_entry()).entry, make_closed()
    extract, certificate = make_extract(), make_certificate()
    make_public()
    make_comment(entry, shown=True)
    disputed = make_mediated(contract_of(tmp_path))
    sequencer.settle()
    known = {
        "slug": entry.slug,
        "delivery_id": str(make_call(make_actor(closed.provider), closed).pk),
        "number": make_application().number,
        "plan_id": str(make_published().pk),
        "arrangement_number": make_arrangement().number,
        "contract_number": (drawn := make_bought(tmp_path)).number,
        "computation_id": str(ask(drawn, ["市县"]).pk),
        "negotiation_number": drawn.negotiation.number,
        "dispute_number": disputed.number,
        "listing_number": (listing := make_listing()).registration,
        "platform_number": listing.platform.number,
        "attachment_id": str(make_public_attachment().pk),
        "extract_id": str(extract.pk),
        "digest": bytes(extract.digest).hex(),
        "certificate_digest": bytes(certificate.digest).hex(),
        "work_id": str(certificate.work_id),
        "upload_id": str(entry.uploads.get().pk),
        "subscription_id": str(make_subscription(closed).pk),
        "grant_id": str(make_taker(closed)[1].pk),
        "reuse_id": str(make_reuse(entry, shown=True).pk),
        "news_id": str(make_news().pk),
        "receipt": Leaf.objects.first().receipt_text,
    }
    for path in OPERATIONS[part::PARTS]:
        _ask(path, known)


@pytest.mark.drawn(1)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/resources/{slug}/rows", "/resources/{slug}/download"])
def test_every_answer_is_as_described_to_whoever_has_a_part_of_the_rows(path):
    entry, person = make_closed(), make_person()
    make_release(entry, "年份,海口港,代码\n2012,1,007\n2013,,008\n2014,3,009\n")
    bears = Obligations(
        shown_items=frozenset({"年份", "海口港"}),
        masks={"海口港": Mask.PARTIAL},
        row_filters=frozenset({RowFilter("年份", "gte", "2013")}),
        rate_per_hour=6,
    )
    make_grant(person, entry, purposes=["research", "teaching"], bears=bears)
    _ask(path, {"slug": entry.slug}, {"Authorization": f"Bearer {make_token(person=person)}"})


def _ask(path, known, headers=None):
    operation = described()[f"/api/v1{path}"]["GET"]

    @given(case=operation.as_strategy(), is_known=booleans())
    @settings(
        max_examples=many(8, 2) if headers else many(15, 2),
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case, is_known):
        if is_known:
            case.path_parameters = {name: known[name] for name in case.path_parameters or {}}
            if headers and "purpose" in operation.query:
                case.query = {**(case.query or {}), "purpose": "research"}
        case.call_and_validate(checks=CHECKS, headers=headers)

    ask()


def test_every_operation_that_reads_is_asked(client, db):
    document = client.get("/api/v1/openapi.json").json()
    reads = {path for path, operations in document["paths"].items() if "get" in operations}
    assert reads == {f"/api/v1{path}" for path in OPERATIONS}
