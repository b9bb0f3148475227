"""A copy that leaked names its buyer, whatever was cut away, shuffled or written otherwise."""

import io
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from tests.catalog.makers import agency, make_entry
from tests.delivery.makers import ON_CONDITIONS, make_buyer
from tests.parties.makers import (
    make_actor,
    make_enterprise,
    make_representative,
    make_seat,
    make_token,
)
from tests.warehouse.makers import make_release

from yelin import gate
from yelin.cli import attributing
from yelin.delivery import acts, kept, leaks
from yelin.delivery.kept import Wanted
from yelin.delivery.models import Attribution
from yelin.delivery.opening import NothingYet
from yelin.ledger.models import Leaf
from yelin.parties.actor import Surface
from yelin.parties.models import Body
from yelin.warehouse.findings import Unfit
from yelin.warehouse.pipeline import Options
from yelin.warehouse.query import Question
from yelin.warehouse.receive import receive

pytestmark = pytest.mark.django_db(transaction=True)

ROWS, BUYERS, SHARE = 6_000, 4, Decimal("0.04")
UNSAID = Options()


def text():
    draw = np.random.default_rng(7)
    tons = draw.integers(100_000, 99_999_999, ROWS)
    said = (f"{n + 1},{tons[n] / 10_000},{draw.integers(10_000):04}" for n in range(ROWS))
    return "年份,海口港,代码\n" + "\n".join(said) + "\n"


@pytest.fixture
def entry():
    return make_release(make_entry(**ON_CONDITIONS), text()).entry


@pytest.fixture
def buyers(entry):
    firms = [make_enterprise() for _ in range(BUYERS)]
    for firm in firms:
        make_buyer(firm, entry, SHARE)
    return firms


def copy_of(firm, entry, fmt="csv"):
    decision = gate.decide(make_representative(firm), "resource.read", entry)
    made = kept.made(Wanted(entry.releases.get(), Question(), fmt), decision)
    with made.place.open("rb") as file:
        return file.read()


def frame(firm, entry):
    return pd.read_csv(io.BytesIO(copy_of(firm, entry)), dtype=str, keep_default_na=False)


def written(rows, fmt):
    if fmt == "xlsx":
        # As a spreadsheet has it: numbers are numbers, and lose the zeros before them.
        rows = rows.assign(代码=rows["代码"].astype(int), 海口港=rows["海口港"].astype(float))
        rows.to_excel(sink := io.BytesIO(), index=False)
        return sink.getvalue()
    if fmt == "json":
        return rows.to_json(orient="records", force_ascii=False).encode()
    if fmt == "ndjson":
        return rows.to_json(orient="records", lines=True, force_ascii=False).encode()
    if fmt == "parquet":
        return rows.to_parquet(index=False)
    return rows.to_csv(index=False).encode("gbk" if fmt == "gbk" else "utf-8")


def examined(entry, blob, name="leak.csv", **more):
    steward = make_actor(entry.provider)
    return leaks.examine(steward, entry, receive([blob], name), more.pop("options", UNSAID), **more)


def named(found):
    return {whose for each in found.evidence if each.names for whose in each.whose}


def test_the_buyer_is_named_by_a_copy_that_was_cut_shuffled_or_written_otherwise(entry, buyers):
    guilty = buyers[2]
    rows = frame(guilty, entry)
    some = rows.sample(1_000, random_state=3)
    changed = some.copy()
    changed.iloc[:100, 1] = "1.5"
    forms = {
        "whole as it was": (copy_of(guilty, entry), "a.csv"),
        "whole as Parquet": (copy_of(guilty, entry, "parquet"), "a.parquet"),
        "shuffled": (written(rows.sample(frac=1, random_state=1), "csv"), "a.csv"),
        "some rows": (written(some, "csv"), "a.csv"),
        "sorted and cut": (written(rows.sort_values("海口港").head(1_000), "csv"), "a.csv"),
        "in GBK": (written(some, "gbk"), "a.csv"),
        "by a spreadsheet": (written(some, "xlsx"), "a.xlsx"),
        "JSON": (written(some, "json"), "a.json"),
        "NDJSON": (written(some, "ndjson"), "a.ndjson"),
        "Parquet": (written(some, "parquet"), "a.parquet"),
        "without its key": (written(some[["代码", "海口港"]], "csv"), "a.csv"),
        "the key alone": (written(some[["年份"]], "csv"), "a.csv"),
        "each row twice": (written(pd.concat([some, some]), "csv"), "a.csv"),
        "a tenth altered": (written(changed, "csv"), "a.csv"),
    }
    for form, (blob, name) in forms.items():
        found = examined(entry, blob, name)
        assert named(found) == {guilty.pk}, form
        assert found.evidence[0].lacked == 0, form
        assert found.met <= ROWS, form
    renamed = written(some.rename(columns={"海口港": "x", "年份": "y"})[["x", "y"]], "csv")
    with pytest.raises(Unfit):
        examined(entry, renamed)
    asked = Options(columns={"海口港": "x", "年份": "y"})
    assert named(examined(entry, renamed, options=asked)) == {guilty.pk}


def test_what_no_buyer_handed_on_names_nobody(entry, buyers):
    assert named(examined(entry, text().encode())) == set()
    few = frame(buyers[0], entry).sample(60, random_state=5)
    assert named(examined(entry, written(few, "csv"))) == set()
    other = few.assign(海口港="3", 代码="x", 年份=[str(n) for n in range(90_000, 90_060)])
    found = examined(entry, written(other, "csv"))
    assert (named(found), found.met) == (set(), 0)


def test_of_buyers_who_mix_their_copies_only_they_are_named(entry, buyers):
    one, other = (frame(firm, entry) for firm in buyers[:2])
    guilty = {firm.pk for firm in buyers[:2]}
    shared = one.merge(other)
    assert named(examined(entry, written(shared, "csv"))) == guilty
    halves = pd.concat([one.iloc[: ROWS // 2], other.iloc[ROWS // 2 :]])
    assert named(examined(entry, written(halves, "csv"))) == guilty
    both = pd.concat([one, other]).drop_duplicates()
    assert named(examined(entry, written(both, "csv"))) <= guilty


@pytest.mark.duty("trace.whole")
def test_only_who_answers_for_the_data_examines_it_and_it_is_put_down(entry, buyers):
    blob = copy_of(buyers[1], entry)
    sent = receive([blob], "a.csv")
    with pytest.raises(gate.Refused):
        leaks.examine(make_representative(buyers[0]), entry, sent, UNSAID)
    assert not sent.path.exists()
    officer = replace(make_actor(agency(), "officer"), via=Surface.API)
    found = leaks.examine(officer, entry, receive([blob], "a.csv"), UNSAID)
    made = acts.attribute(actor=officer, entry=entry, found=found)
    assert Attribution.objects.get().named == [buyers[1].pk]
    leaf = Leaf.objects.get(act="delivery.attribute")
    assert leaf.payload["facts"]["named"] == [str(buyers[1].pk)]
    (told,) = leaks.attributions(make_actor(entry.provider), entry)
    assert (told.of, told.bodies, told.people) == (made, (buyers[1],), ())
    assert leaks.attributions(make_representative(buyers[1]), entry) == []
    with pytest.raises(NothingYet):
        examined(entry, blob, number=9)


def test_the_command_says_whom_a_file_names(entry, buyers, tmp_path, capsys):
    leak = tmp_path / "leak.csv"
    leak.write_bytes(copy_of(buyers[3], entry))
    token = make_token(make_seat(entry.provider))
    assert attributing.attribute(entry.code, leak, token, None, UNSAID) == 0
    said = capsys.readouterr().out
    assert f"Made of the copies of:\n  {Body.objects.get(pk=buyers[3].pk)}: 0 rows" in said
    assert "Not named: 3" in said
