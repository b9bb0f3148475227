"""The demo province is complete before any act runs."""

import tomllib

import pytest
from pydantic import ValidationError

from yelin.demo.province import HERE, Entry, Province, has, read
from yelin.law.packs import HOME, Pack

HAINAN = "hainan-2019"
RAW = tomllib.loads((HERE / HAINAN / "province.toml").read_text(encoding="utf-8"))
PROVINCE = read(HAINAN)
PACKS = sorted(path.parent.name for path in HOME.glob("*/duties.toml"))


def raw(key: str) -> dict[str, object]:
    return next(dict(entry) for entry in RAW["entries"] if entry["key"] == key)


def test_all_nine_priority_themes_have_published_data() -> None:
    priority = {
        "credit",
        "transport",
        "medical",
        "employment",
        "social-security",
        "education",
        "environment",
        "weather",
        "enterprise",
    }
    published = {
        theme
        for entry in PROVINCE.entries
        if entry.outcome == "publish" and entry.opening_type == "unconditional"
        for theme in entry.themes
    }
    assert priority <= published


def test_every_row_of_the_visibility_table_is_there_to_be_seen() -> None:
    ways = {(entry.outcome, entry.sharing_type, entry.opening_type) for entry in PROVINCE.entries}
    assert ways == {
        ("publish", "unconditional", "unconditional"),
        ("confirm", "conditional", "conditional"),
        ("publish", "conditional", "none"),
        ("confirm", "none", "none"),
        ("await", "unconditional", "unconditional"),
        ("return", "unconditional", "unconditional"),
    }


@pytest.mark.parametrize("name", PACKS)
def test_every_province_has_a_demo_of_its_own_bodies_and_places(name: str) -> None:
    assert has(name)
    law, made = Pack.load(name), read(name)
    firms = {firm.name for firm in made.enterprises}
    assert {p.body for p in made.people} - firms - {""} <= {body.zh for body in law.bodies}
    assert {entry.division for entry in made.entries} <= set(law.divisions)
    types = {(entry.sharing_type, entry.opening_type) for entry in made.entries}
    assert {shared for shared, _ in types} == set(law.list("sharing_type").keys)
    assert {opened for _, opened in types} == set(law.list("opening_type").keys)


def test_stewards_confirming_officers_and_auditors_are_different_people() -> None:
    officers = {p.username for p in PROVINCE.people if p.role == "officer"}
    auditors = {p.username for p in PROVINCE.people if p.role == "auditor"}
    stewards = {PROVINCE.steward_of(entry).username for entry in PROVINCE.entries}
    assert officers
    assert auditors
    assert officers.isdisjoint(stewards | auditors)
    assert auditors.isdisjoint(stewards)


def test_conditional_data_is_graded_two_or_more_and_unshared_data_four() -> None:
    for entry in PROVINCE.entries:
        if entry.sharing_type == "none" and not entry.social:
            assert entry.grade == 4
        elif "conditional" in {entry.sharing_type, entry.opening_type}:
            assert entry.grade >= 2


@pytest.mark.parametrize(
    ("key", "change", "says"),
    [
        ("juvenile-correction-files", {"sharing_basis": ""}, "needs a basis"),
        ("vehicle-positions", {"opening_condition": ""}, "opening condition"),
        ("vehicle-positions", {"sharing_scope": ""}, "scope"),
        ("vehicle-positions", {"grade": 1}, "no lower than its items"),
        ("area-codes", {"returned_reason": ""}, "reason"),
        ("hainan-ports", {"file": "nowhere.csv"}, "no file nowhere.csv"),
        ("hainan-ports", {"items": []}, "has items"),
        ("hainan-ports", {"licence": ""}, "licence"),
        ("hainan-ports", {"sharing_requirements": []}, "use requirements"),
    ],
)
def test_an_incomplete_entry_is_refused_by_name(
    key: str, change: dict[str, object], says: str
) -> None:
    with pytest.raises(ValidationError, match=f"entry {key}: .*{says}"):
        Entry.model_validate(raw(key) | change)


def test_a_mistyped_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="titel"):
        Entry.model_validate(raw("hainan-ports") | {"titel": "海口港"})


def test_an_entry_without_a_steward_or_related_to_nothing_is_refused() -> None:
    entry = raw("hainan-ports") | {"provider": "海南省无此厅", "related": ["no-such-entry"]}
    with pytest.raises(ValidationError) as refused:
        Province.model_validate(RAW | {"entries": [entry]})
    assert "海南省无此厅 has no steward" in str(refused.value)
    assert "no entry no-such-entry" in str(refused.value)
