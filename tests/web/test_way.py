"""The drawing of a leaf's way to the root shows the tree as it is, and fits a phone."""

import pytest
from tests.catalog.makers import make_entry

from yelin.ledger import entry, log, sequencer, tree
from yelin.ledger.entry import Receipt, State
from yelin.ledger.models import Leaf
from yelin.web.portal.way import draw


def receipt_of(index, size):
    class Memory(dict):
        def get(self, level, index):
            return super().get((level, index), b"")

        def put(self, level, index, hashes):
            self[level, index] = hashes

    hashes = [entry.commit({"no": number}, bytes(16)) for number in range(size)]
    tiles = Memory()
    tree.append(tiles, 0, [entry.leaf_hash(h) for h in hashes])
    proof = tuple(tree.inclusion(tiles, index, size))
    state = State.PUBLISHED
    receipt = Receipt(
        h=hashes[index], state=state, index=index, size=size, proof=proof, checkpoint="x"
    )
    return receipt, tree.root(tiles, size)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 100, 300])
def test_the_drawing_ends_in_the_root_for_every_leaf(size):
    for index in range(0, size, max(1, size // 12)):
        receipt, root = receipt_of(index, size)
        way = draw(receipt)
        (top,) = [box for box in way.boxes if box.kind == "root"]
        assert top.hash == root.hex()
        assert top.y == 0
        assert way.levels == len(receipt.proof)
        assert all(box.left >= -172 and box.left + 92 <= 172 for box in way.boxes)
        places = [(box.x, box.y) for box in way.boxes]
        assert len(set(places)) == len(places)
        assert way.height <= 62 * 6 + 30


@pytest.mark.django_db(transaction=True)
def test_the_page_of_a_leaf_explains_its_state_and_draws_its_way_once_it_has_one(client):
    make_entry()
    leaf = Leaf.objects.order_by("id").first()
    url = f"/ledger/leaves/{leaf.receipt_text}/?lang=en"
    page = client.get(url).content.decode()
    assert "There is no proof yet" in page
    assert "<desc" not in page
    sequencer.settle()
    page = client.get(url).content.decode()
    assert '<svg class="tree way"' in page
    assert 'aria-labelledby="way-title way-says"' in page
    assert page.count('aria-current="step"') == 1
    assert tree.root(log.TileRows(), log.published_size()).hex() in page


@pytest.mark.django_db(transaction=True)
def test_the_trace_of_a_resource_is_taken_along_as_evidence(client):
    made = make_entry()
    assert client.get(f"/resources/{made.slug}/trace/evidence").status_code == 404
    sequencer.settle()
    answer = client.get(f"/resources/{made.slug}/trace/evidence")
    assert answer.json()["kind"] == "yelin-bundle"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert (
        f"/resources/{made.slug}/trace/evidence"
        in client.get(f"/resources/{made.slug}/trace/").content.decode()
    )
