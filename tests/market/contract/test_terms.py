"""What a contract may not leave unsaid, and that the same terms have one digest."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.market.contract.makers import terms

from yelin.market.contract import money, wording
from yelin.market.contract.terms import Terms, changes, facts, faults

pytestmark = pytest.mark.duty("contract.whole")

FOUR = ("quality", "price", "delivery", "use")


def places(said: Terms) -> list[str]:
    return [fault.place for fault in faults(said)]


def price(**over) -> dict:
    return terms().plain()["price"] | over


def test_whole_terms_have_no_fault():
    assert places(terms()) == []


@pytest.mark.parametrize("lacks", [*FOUR, "period", "security", "personal", "ending", "disputes"])
def test_what_is_not_said_is_named_and_the_law_with_it(lacks):
    (fault,) = faults(terms(**{lacks: None}))
    assert (fault.place, fault.duty.name) == (lacks, "contract.whole")


def test_all_of_the_four_are_named_at_once():
    assert places(terms(**dict.fromkeys(FOUR))) == list(FOUR)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"mode": "fixed", "amount": "0.01"}, False),
        ({"mode": "fixed", "amount": "0"}, False),
        ({"mode": "fixed", "amount": "1"}, False),
        ({"mode": "fixed", "amount": "0.001"}, True),
        ({"mode": "fixed", "amount": None}, True),
        ({"mode": "fixed", "amount": "100.5", "currency": "JPY"}, True),
        ({"mode": "fixed", "amount": "100", "currency": "JPY"}, False),
        ({"mode": "fixed", "amount": "1", "currency": "XXX"}, True),
        ({"mode": "per_call", "amount": "0.01", "unit": ""}, True),
        ({"mode": "per_call", "amount": "0.01", "unit": "次"}, False),
        ({"mode": "share", "amount": None, "share": "12.5"}, False),
        ({"mode": "share", "amount": None}, True),
        ({"mode": "negotiated", "amount": None}, True),
        ({"mode": "free", "amount": None}, False),
        ({"mode": "free", "amount": "1"}, True),
        ({"mode": "fixed", "amount": "1", "cap": "0.005"}, True),
    ],
)
def test_a_price_is_one_that_can_be_paid(said, wrong):
    assert ("price" in places(terms(price=price(**said)))) is wrong


@pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity", "1e30", "1.0000001"])
def test_what_is_no_amount_is_not_taken(amount):
    with pytest.raises(ValidationError):
        terms(price=price(amount=amount))


def test_the_same_amount_is_the_same_terms_however_it_is_written():
    written = {terms(price=price(amount=each)).digest for each in ("12800", "12800.0", "12800.00")}
    assert len(written) == 1
    assert terms(price=price(amount="12800.01")).digest not in written
    assert terms(price=price(amount="12800")).plain()["price"]["amount"] == "12800.00"


def test_nothing_that_is_said_changes_without_the_digest():
    whole = terms()
    for path, value in facts(whole).items():
        parts, said = path.split("."), whole.plain()
        held = said
        for part in parts[:-1]:
            held = held[part]
        held[parts[-1]] = _another(parts, value)
        try:
            changed = Terms.model_validate(said)
        except ValidationError:
            continue
        assert changed.digest != whole.digest, path
        assert path in changes(whole, changed), path


def _another(parts, value):
    choices = {"mode": "fixed", "basis": "law", "forum": "arbitration", "kind": "brokerage"}
    if parts[-1] in choices:
        return choices[parts[-1]]
    match value:
        case bool():
            return not value
        case int():
            return value + 1 if value < 4 else value - 1
        case list():
            return [*value[1:]]
        case None:
            return "5"
        case _:
            return f"{value[:-1]}{9 - int(value[-1])}" if value[-1:].isdigit() else f"{value}改"


def test_every_path_has_its_label_and_every_section_is_told():
    assert set(facts(terms(**dict.fromkeys(FOUR)))) | set(facts(terms())) <= set(wording.LABELS)
    said = {label for _name, _title, told in wording.told(terms()) for label, _value in told}
    shown = {str(wording.LABELS[path]) for path in facts(terms()) if path.split(".")[0] not in
             {"kind", "provider", "consumer"}}  # fmt: skip
    assert shown == said


@given(
    st.decimals(0, 10**9, places=6), st.sampled_from(sorted(money.MINOR_DIGITS)), st.integers(2, 9)
)
def test_money_is_exact_or_refused(amount, currency, times):
    if not money.is_exact(amount, currency):
        assert money.rounded(amount, currency) != amount
        return
    text = money.written(amount, currency)
    assert Decimal(text) == amount
    assert sum(Decimal(text) for _ in range(times)) == amount * times
