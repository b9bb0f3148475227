import os

import pytest

from yelin.warehouse import mapped
from yelin.warehouse.mapped import Mapped


@pytest.fixture
def looks_always(monkeypatch):
    monkeypatch.setattr(mapped, "LOOKED_SECONDS", -1)


def opened(path):
    if path.read_text() == "torn":
        raise KeyError(path)
    return path.read_text()


@pytest.mark.usefixtures("looks_always")
def test_what_is_gone_or_unused_is_let_go_of(tmp_path, monkeypatch):
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("1")
    two.write_text("2")
    found = Mapped(opened)
    assert (found.at(one), found.at(two)) == ("1", "2")
    os.utime(two, (1, 1))
    one.unlink()
    assert (found.at(two), found.at(one)) == ("2", None)
    # Whatever is used is seen to be.
    assert two.stat().st_mtime > 1
    two.write_text("3")
    assert found.at(two) == "2"
    monkeypatch.setattr(mapped, "IDLE_SECONDS", -1)
    assert found.at(two) == "3"


def test_no_more_are_open_than_may_be_and_what_cannot_be_read_makes_way(tmp_path):
    found = Mapped(opened, most=1)
    for name in ("one", "two", "torn"):
        (tmp_path / name).write_text(name)
    assert [found.at(tmp_path / name) for name in ("one", "two", "torn")] == ["one", "two", None]
    (tmp_path / "one").write_text("again")
    assert found.at(tmp_path / "one") == "again"
    assert not (tmp_path / "torn").exists()
