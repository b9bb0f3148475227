import pytest
from tests.catalog.makers import make_entry
from tests.compiling.makers import national, outcomes, ports
from tests.parties.makers import make_body, make_seat, make_token

from yelin.catalog.models import Entry
from yelin.cli import cataloging
from yelin.cli.cataloging import Wanted
from yelin.compiling.models import Import

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_command_previews_a_catalog_and_enters_it_when_told(worker, tmp_path, capsys):
    token = make_token(make_seat(make_body(), "steward"))
    file = tmp_path / "目录.xlsx"
    file.write_bytes(national([ports("甲"), ports("乙", cycle="隔年")]))
    assert cataloging.import_(file, token, Wanted("national", "", run=False)) == 0
    said = capsys.readouterr().out
    assert "Would be: 1 made, 0 changed, 0 unchanged, 1 refused; rows accounted for: 4." in said
    assert Entry.objects.count() == 0
    assert cataloging.import_(file, token, Wanted("national", "", run=True)) == 0
    assert "Entered: 1 made" in capsys.readouterr().out
    assert outcomes(Import.objects.latest("received_at")) == {"make": 1, "refuse": 1}


def test_the_command_names_what_it_cannot_take(tmp_path, capsys):
    file = tmp_path / "c.csv"
    file.write_text("a,b\n1,2\n")
    token = make_token(make_seat(make_body(), "steward"))
    assert cataloging.import_(file, token, Wanted("nowhere", "", run=False)) == 1
    assert "Choose one of the mappings" in capsys.readouterr().err


def test_the_command_writes_the_catalog_as_its_holder_may_have_it(tmp_path, capsys):
    entry = make_entry(state="draft")
    token = make_token(make_seat(entry.provider, "steward"))
    for who, count in ((token, 1), ("", 0)):
        assert cataloging.export(tmp_path / "c.xlsx", who) == 0
        assert capsys.readouterr().out.endswith(f": {count}.\n")
    assert cataloging.export(tmp_path / "c.pdf", "") == 1
    assert "End the name in .csv or .xlsx" in capsys.readouterr().err
