import stat

import pytest

from yelin.config import config
from yelin.files.store import scratch, store


def test_nobody_else_on_the_machine_enters_the_files():
    open_to_all = config.root / "scratch"
    open_to_all.mkdir(parents=True, mode=0o755)
    store()
    scratch()
    for folder in ("store", "scratch"):
        assert stat.S_IMODE((config.root / folder).stat().st_mode) == 0o700


def test_bytes_are_kept_copied_and_removed_by_their_keys(tmp_path):
    source = tmp_path / "in"
    source.write_bytes(b"x" * 3)
    store().put("releases/1/data", source)
    store().copy("releases/1/data", "releases/2/data")
    store().delete("releases/1/data")
    assert list(store().keys("releases")) == ["releases/2/data"]
    assert store().local("releases/2/data").read_bytes() == b"xxx"


@pytest.mark.parametrize("key", ["", "/etc/passwd", "releases/../../x"])
def test_no_key_leads_out_of_the_store(key):
    with pytest.raises(ValueError, match="not a key"):
        store().local(key)
