"""``yelin trace`` and ``yelin verify --here``: what they print, and with which status they end."""

import json

import pytest
from rdflib import PROV, RDF, Graph
from tests.catalog.makers import make_entry
from tests.delivery.makers import make_closed
from tests.parties.makers import make_seat, make_token
from tests.warehouse.makers import PORTS, make_release

from yelin.cli import tracing

pytestmark = [pytest.mark.django_db, pytest.mark.duty("trace.whole")]


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_the_way_is_printed_in_the_form_that_is_asked_for(capsys):
    entry = make_release(make_entry(opening_type="unconditional")).entry
    assert tracing.trace(entry.code, None, "ttl", "") == 0
    graph = Graph().parse(data=capsys.readouterr().out, format="turtle")
    assert list(graph.subjects(RDF.type, PROV.Activity))
    assert tracing.trace(entry.code, 1, "json", "") == 0
    assert json.loads(capsys.readouterr().out)["about"].endswith("?version=1")
    for code, version, form in (
        (entry.code, 2, "ttl"), ("000000000/000000", None, "ttl"), (entry.code, None, "xls"),
    ):  # fmt: skip
        assert tracing.trace(code, version, form, "") == 1


def test_a_file_is_told_to_whoever_may_know_of_it(capsys, tmp_path):
    release = make_closed().releases.get()
    file = tmp_path / "ports.csv"
    file.write_text(PORTS, encoding="utf-8")
    token = make_token(seat=make_seat(release.entry.provider))
    assert tracing.find(file, token) == 0
    assert "upload: ports.csv" in capsys.readouterr().out
    assert tracing.find(file, "") == 1
    assert tracing.find(file, "yln_wrong") == 1
