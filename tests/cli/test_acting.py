"""``yelin act``: the same acts as by REST, in the terminal."""

import json

import pytest
from tests.parties.makers import make_body, make_seat, make_token
from typer.testing import CliRunner

from yelin.catalog.models import Entry
from yelin.cli import app, commands, house

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(monkeypatch):
    """Run a command in this process, whose house is awake."""
    monkeypatch.setattr(house, "wake", lambda: None)
    monkeypatch.setattr(house, "load", lambda: None)
    assert commands.app is app

    def run(*words: str, token: str = ""):
        return CliRunner().invoke(app, ["act", *words], env={"YELIN_TOKEN": token})

    return run


def test_the_acts_are_listed_and_explained(run):
    listed = run("--list").output
    assert "catalog.confirm" in listed
    assert "issue_token" not in listed
    explained = run("catalog.return", "--help").output
    assert "--entry" in explained
    assert "--reason" in explained
    assert "required" in explained
    assert run("no.such", "--help").exit_code == 1


def test_an_act_is_done_by_name_once_under_ones_key(run):
    body = make_body()
    token = make_token(make_seat(body))
    content = json.dumps({"state_secret": False, "title": "沿海主要港口"})
    words = ["catalog.draft", "--provider", body.credit_code, "--content", content]
    done = run(*words, "--idempotency-key=k", token=token)
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert answer["facts"]["state"] == "draft"
    assert json.loads(run(*words, "--idempotency-key", "k", token=token).stdout) == answer
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["catalog.register", "--entry", "x"], "Not found"),
        (["catalog.register"], "is missing"),
        (["catalog.register", "--entry", "x", "--other", "y"], "is not known here"),
        (["catalog.register", "--entry"], "has no value"),
        (["catalog.register", "entry"], "belongs to no argument"),
        (["parties.issue_token", "--label", "x"], "There is no act"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_clear_line(run, words, says):
    done = run(*words, token=make_token())
    assert done.exit_code == 1
    assert says in done.output


def test_a_wrong_token_is_said_to_be_one(run):
    assert "Token unknown" in run("catalog.register", "--entry", "x", token="yln_x").output
