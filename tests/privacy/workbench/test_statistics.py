"""Statistics out: from a release of people to a table that others have by its certificate."""

import json

import pytest
from tests.privacy.workbench.makers import actor_of, fresh, made
from tests.privacy.workbench.tables import (
    MANY,
    make_certificate,
    make_firm_people,
    make_statistics,
)
from tests.privacy.workbench.test_acts import may_read

from yelin.cli.judging import judge
from yelin.delivery import handing
from yelin.ledger import log, proving
from yelin.parties.actor import Actor
from yelin.privacy.workbench import acts, reads
from yelin.warehouse.query import Question

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.duty("personal.hand_over")
def test_a_table_of_what_nobody_may_have_is_had_by_all_once_a_certificate_says_so(capsys):
    certificate = make_certificate(make_statistics(make_firm_people()))
    entry = certificate.release.entry
    assert may_read(entry)
    assert not may_read(certificate.source.entry)
    rows = handing.rows(Actor.anyone(), entry, Question(limit=100)).page.rows
    told = {(row["区划"], row["病种"]): row["数量"] for row in rows}
    assert len(told) == 16
    hidden = {where for where, count in told.items() if count is None}
    assert ("三亚", "甲") in hidden
    assert len(hidden) >= 4
    for where, count in told.items():
        if count is not None and "合计" not in where:
            assert count == MANY[where] >= 5
    issued, keys = made(certificate), [log.verifier_key()]
    proved = proving.prove(issued.pdf, keys)
    assert proved == proving.prove(issued.jws, keys)
    assert judge(issued.pdf, str(keys[0])) == 0
    assert certificate.number in capsys.readouterr().out
    assert proved.says["protection"]["kind"] == "suppress"
    assert proved.says["protection"]["width"] >= 5
    assert proved.says["measured"]["effect"] == 4
    said = json.dumps(certificate.says, ensure_ascii=False)
    assert not any(value in said for value in ("海口", "人"))
    acts.withdraw(actor=actor_of(entry), certificate=certificate)
    assert not may_read(entry)
    assert reads.why_not(fresh(certificate.work).certificates.get()) == "withdrawn"
