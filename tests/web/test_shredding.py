"""Shredding on its pages: what would be lost is shown first, and two people do it."""

import pytest
from tests.catalog.makers import agency, make_entry
from tests.parties.makers import make_body
from tests.web.makers import seated, text_of

from yelin.acts.models import Proposal
from yelin.ledger import sequencer
from yelin.ledger.models import Leaf

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def signed():
    make_entry()
    sequencer.settle()
    return Leaf.objects.get(index=1)


@pytest.mark.long
@pytest.mark.duty("personal.erase")
def test_a_leaf_is_shredded_by_two_after_both_saw_what_it_loses(client, signed):
    keeper = agency()
    seated(client, keeper, "officer")
    assert "第四十七条" in text_of(client.get("/desk/leaves/"))
    assert client.get("/desk/leaves/", {"index": "999"}).status_code == 422
    page = client.get("/desk/leaves/", {"index": "1"})["Location"]
    shown = text_of(client.get(page))
    assert "不可再读的内容" in shown
    assert bytes(signed.h).hex() in shown
    assert client.post(page, {"do": "ledger.shred"}).status_code == 422
    sent = {"do": "ledger.shred", "ledger_shred-ground": "consent_withdrawn"}
    proposed = client.post(page, sent)
    assert proposed["Location"] == f"/desk/proposals/{Proposal.objects.get().pk}/"
    assert "个人撤回同意" in text_of(client.get(proposed["Location"]))
    seated(client, keeper, "officer")
    assert client.post(proposed["Location"], {"approve": "1"}).status_code == 302
    assert Leaf.objects.get(index=1).shredded_at is not None
    assert "个人撤回同意" in text_of(client.get("/desk/leaves/"))
    after = text_of(client.get(page))
    assert "只保留位置和哈希" in after
    assert "提请销毁" not in after
    sequencer.settle()
    own = Leaf.objects.get(act="ledger.shred").index
    assert "不能销毁" in text_of(client.get(f"/desk/leaves/{own}/"))


def test_nobody_else_comes_in_and_the_refusal_cites_the_article(client, signed):
    seated(client, make_body(), "officer")
    for page in ("/desk/leaves/", f"/desk/leaves/{signed.index}/"):
        refused = client.get(page)
        assert refused.status_code == 403
        assert "第四十七条" in text_of(refused)
    leaf = f"/ledger/leaves/{bytes(signed.h).hex()}/"
    assert "销毁其内容" not in text_of(client.get(leaf))
    seated(client, agency(), "officer")
    assert "销毁其内容" in text_of(client.get(leaf))


def test_a_leaf_that_is_not_signed_cannot_be_looked_up(client):
    make_entry()
    seated(client, agency(), "officer")
    assert client.get("/desk/leaves/0/").status_code == 404
