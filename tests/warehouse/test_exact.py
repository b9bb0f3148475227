"""One limit for numbers at every door: below it a double is one whole number, from it on two."""

from decimal import Decimal

import pytest
from tests.warehouse.tables import bring

from yelin.warehouse import answering, exact
from yelin.warehouse.engine import connect


@pytest.mark.parametrize(
    ("number", "arrives"),
    [
        (2**53 - 1, True),
        (1 - 2**53, True),
        (2**53, False),
        (-(2**53), False),
        (2**53 + 1, False),
        (Decimal("0.1"), True),
        (Decimal("0.12345678901234567"), False),
    ],
)
def test_a_number_arrives_where_no_other_is_read_as_it(number, arrives):
    assert exact.is_exact(number) is arrives


@pytest.mark.parametrize("number", [2**53 - 1, 2**53, -(2**53)])
def test_releases_and_the_console_draw_one_line(tmp_path, number):
    (column,) = bring(tmp_path, f"号\n{number}\n", "号:I").prepared.columns
    order = {"sql": f"SELECT CAST({number} AS BIGINT) AS n", "most_rows": 9, "most_bytes": 999}
    with connect(threads=1) as engine:
        ((_, kind),) = answering._answered(engine, order).columns
    assert (column.as_text, kind) == ((False, "int") if exact.is_exact(number) else (True, "text"))
