"""``yelin act``: the same acts as by REST, in the terminal."""

import json

import pytest
from tests.parties.makers import make_body, make_seat, make_token
from tests.registers.makers import make_standard
from typer.testing import CliRunner

from yelin.catalog.models import Entry
from yelin.cli import app, commands, house
from yelin.registers.models import CodeList

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


@pytest.mark.duty("standards.make")
def test_a_standard_comes_in_with_its_codes_from_a_file_and_takes_the_place_of_the_old(
    run, tmp_path
):
    old = make_standard("GB/T 4754-2011")
    token = make_token(make_seat(old.body, "officer"))
    listed = tmp_path / "classes.csv"
    listed.write_text("\ufeffcode,name\n9911,编造行业甲\n9912,编造行业乙\n", encoding="utf-8")
    standard = ("--standard", "GB/T 4754-2017")
    for words in (
        ("propose_standard", "--body", old.body.credit_code, "--number", "GB/T 4754-2017",
         "--title", "国民经济行业分类", "--source", "测试"),
        ("add_code_list", *standard, "--identifier", "CLASS", "--name", "小类",
         "--values", f"@{listed}"),
        ("adopt_standard", *standard, "--in-force-from", "2017-10-01"),
    ):  # fmt: skip
        done = run(f"registers.{words[0]}", *words[1:], token=token)
        assert done.exit_code == 0, done.output
    held = CodeList.objects.get(standard__number="GB/T 4754-2017")
    assert [each["code"] for each in held.newest.values] == ["9911", "9912"]
    listed.write_text("code;name\n9911;甲\n", encoding="utf-8")
    for path, says in ((listed, "values"), (tmp_path / "none.csv", "cannot be read")):
        words = ("--code-list", str(held.pk), "--values", f"@{path}")
        done = run("registers.revise_code_list", *words, token=token)
        assert (done.exit_code, says in done.output) == (1, True), done.output


def test_a_wrong_token_is_said_to_be_one(run):
    assert "Token unknown" in run("catalog.register", "--entry", "x", token="yln_x").output
