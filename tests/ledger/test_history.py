import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.running import running

from yelin.ledger.history import Damaged, append_checkpoint, read_checkpoints

NOTES = [
    f"yelin.example/ledger\n{size}\nroot\n\n— yelin.example/ledger sig{size}\n" for size in range(5)
]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "checkpoints"


def test_what_was_appended_is_read_in_order(path):
    for note in NOTES:
        append_checkpoint(path, note)
    assert list(read_checkpoints(path)) == NOTES


def test_a_missing_file_is_not_an_empty_history(path):
    with pytest.raises(FileNotFoundError):
        read_checkpoints(path)


def test_a_tail_torn_at_any_byte_loses_only_the_note_being_written(path):
    append_checkpoint(path, NOTES[0])
    whole = path.read_bytes()
    append_checkpoint(path, NOTES[1])
    both = path.read_bytes()
    for cut in range(len(whole), len(both)):
        path.write_bytes(both[:cut])
        assert list(read_checkpoints(path)) == NOTES[:1], cut
        append_checkpoint(path, NOTES[2])
        kept = list(read_checkpoints(path))
        assert kept in ([NOTES[0], NOTES[2]], NOTES[:3]), cut
        assert path.read_bytes().startswith(both[:cut]), "nothing is ever taken out"
        append_checkpoint(path, NOTES[3])
        assert list(read_checkpoints(path)) == [*kept, NOTES[3]], cut


def test_mending_a_tail_may_itself_be_torn(path):
    append_checkpoint(path, NOTES[0])
    start = path.read_bytes()
    path.write_bytes(start + NOTES[1].encode()[:20])
    torn = path.read_bytes()
    append_checkpoint(path, NOTES[2])
    mended = path.read_bytes()
    for cut in range(len(torn), len(mended)):
        path.write_bytes(mended[:cut])
        assert list(read_checkpoints(path)) == NOTES[:1], cut
        append_checkpoint(path, NOTES[3])
        assert list(read_checkpoints(path))[0::10] == NOTES[:1], cut
        assert list(read_checkpoints(path))[-1] == NOTES[3], cut


def test_a_tail_of_zero_bytes_is_torn_too(path):
    append_checkpoint(path, NOTES[0])
    whole = path.read_bytes()
    append_checkpoint(path, NOTES[1])
    both = path.read_bytes()
    # A crash may leave the length of the file and the last block, but not the block before.
    path.write_bytes(whole + bytes(30) + both[len(whole) + 30 :])
    assert list(read_checkpoints(path)) == NOTES[:1]
    append_checkpoint(path, NOTES[2])
    assert list(read_checkpoints(path)) == [NOTES[0], NOTES[2]]


def test_a_changed_note_in_the_middle_is_found(path):
    for note in NOTES:
        append_checkpoint(path, note)
    path.write_bytes(path.read_bytes().replace(b"sig2", b"sig9"))
    kept = read_checkpoints(path)
    assert [next(kept), next(kept)] == NOTES[:2]
    with pytest.raises(Damaged, match=r"line 18 of .*checkpoints does not fit"):
        next(kept)


@pytest.mark.parametrize(
    "note", ["", "no end", "= x\n", "text\n= x\n\n— a b\n", "x" * 32 * 1024 + "\n"]
)
def test_a_note_that_the_file_could_not_tell_apart_is_refused(path, note):
    with pytest.raises(ValueError, match="cannot hold"):
        append_checkpoint(path, note)
    assert not path.exists()


def test_writers_at_once_do_not_mix_their_notes(path):
    notes = [f"log\n{number}\n{'x' * 3000}\n\n— log {number}\n" for number in range(60)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda note: append_checkpoint(path, note), notes))
    assert sorted(read_checkpoints(path)) == sorted(notes)


def test_a_killed_writer_leaves_a_readable_file(path):
    program = (
        "import sys, pathlib\n"
        "from yelin.ledger.history import append_checkpoint\n"
        "number = 0\n"
        "while True:\n"
        "    number += 1\n"
        "    append_checkpoint(pathlib.Path(sys.argv[1]), f'log\\n{number}\\n\\n— log sig\\n')\n"
        "    print(number, flush=True)\n"
    )
    told = 0
    for _ in range(3):
        with running(
            [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            for _ in range(20):
                assert writer.stdout.readline()
                told += 1
            writer.kill()
        append_checkpoint(path, NOTES[0])
        kept = list(read_checkpoints(path))
        assert len([note for note in kept if note != NOTES[0]]) >= told
        assert kept[-1] == NOTES[0]
