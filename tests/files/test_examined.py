"""What a file is, is found out by reading it; what could harm whoever opens it is not taken."""

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time

import pikepdf
import psutil
import pytest
from PIL import Image
from tests.files import makers
from tests.files.makers import bundle, docx, make_examined, odt, pdf, picture, relations
from tests.personal import personal

from yelin.files import confined, reader
from yelin.files.kinds import KINDS
from yelin.files.places import is_sealed
from yelin.files.store import scratch

WORDS = "海口市美兰区国兴大道六十九号"

TAKEN = {
    "pdf": pdf,
    "ofd": makers.ofd,
    "docx": docx,
    "odt": odt,
    "jpeg": picture,
    "png": lambda: picture("PNG"),
    "webp": lambda: picture("WEBP"),
    "text": lambda: "您好：材料见附件。\r\n".encode("gb18030"),
}
GIF_AND_SCRIPT = b"GIF89a/*" + bytes(200) + b"*/=1;alert(1)//"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = "您好\n<script src='https://example.com/x.js'></script>".encode()
ZIP = bundle({"a.txt": "a"})

REFUSED = {
    "a program": (b"MZ" + bytes(400), "kind.program"),
    "a script of the shell": (b"#!/bin/sh\nrm -rf /\n", "kind.program"),
    "an older document": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "kind.older"),
    "an archive": (ZIP, "kind.packed"),
    "a GIF that is a script too": (GIF_AND_SCRIPT, "kind.picture"),
    "a picture of a phone": (b"\x00\x00\x00\x18ftypheic" + bytes(200), "kind.picture"),
    "an SVG with a script": (SVG, "kind.page"),
    "a page as text": (HTML, "kind.page"),
    "a page in another encoding": (HTML.decode().encode("utf-16"), "kind.page"),
    "text with control characters": (b"a\x1b[2Jb", "kind.unknown"),
    "nothing that is known": (b"\x00\x01\x02\x03" * 100, "kind.unknown"),
    "a PDF that is cut off": (pdf()[:-30], "pdf.cut"),
    "a PDF that is a ZIP too": (pdf() + ZIP, "kind.two"),
    "a PDF behind text": (b"hello\n" + pdf(), "kind.two"),
    "a PDF with a script": (pdf(OpenAction=makers.script()), "kind.acts"),
    "a PDF with a packed script": (makers.packed_script(), "kind.acts"),
    "a PDF that starts a program": (
        pdf(OpenAction=pikepdf.Dictionary(S=pikepdf.Name("/Launch"), F="cmd.exe")),
        "kind.acts",
    ),
    "a PDF with a file inside": (
        pdf(Names=pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary())),
        "kind.carries",
    ),
    "a locked PDF": (makers.locked_pdf(), "kind.locked"),
    "a PDF of noise": (b"%PDF-1.7\n" + os.urandom(2000) + b"\n%%EOF\n", "file.broken"),
    "a document with macros": (docx(**{"word/vbaProject.bin": b"x"}), "kind.macros"),
    "a document that says so": (
        docx(main="application/vnd.ms-word.document.macroEnabled.main+xml"),
        "kind.macros",
    ),
    "a document with a control": (docx(word__activeX__activeX1=b"x"), "kind.macros"),
    "a document with an object": (docx(word__embeddings__oleObject1=b"x"), "kind.macros"),
    "a document that fetches its template": (
        docx(
            word___rels__settings=b"x",
            **{
                "word/_rels/settings.xml.rels": relations(
                    "attachedTemplate", "https://example.com/a.dotm", "External"
                )
            },
        ),
        "kind.fetches",
    ),
    "a document with entities": (
        docx(word__a=b"", **{"word/a.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
        "file.doctype",
    ),
    "a document with entities in another encoding": (
        docx(**{"word/a.xml": "<!DOCTYPE a><a/>".encode("utf-16")}),
        "file.doctype",
    ),
    "a document that is an applet too": (docx(**{"Evil.class": b"x"}), "kind.macros"),
    "a document that leads out": (docx(**{"../evil.xml": "<a/>"}), "kind.two"),
    "a document behind a program": (b"PK\x03\x04" + bytes(64) + docx(), "kind.two"),
    "a document with something behind": (docx() + b"<script>", "kind.two"),
    "a bomb of a document": (docx(**{"word/media/a.bin": bytes(40 << 20)}), "file.bomb"),
    "a damaged document": (docx()[:-40], "file.broken"),
    "an open document with macros": (odt(Basic__a=b"x"), "kind.macros"),
    "an open document that is locked": (
        odt(**{"META-INF/manifest.xml": "<m:x xmlns:m='m'><m:encryption-data/></m:x>"}),
        "kind.locked",
    ),
    "a JPEG that is cut off": (picture(size=(900, 900))[:3000], "file.broken"),
    "a PNG bomb": (makers.png_bomb(), "picture.large"),
    "a PNG that lies of its size": (makers.png_bomb(side=7_900), "file.broken"),
}


@pytest.mark.drawn(3)
@pytest.mark.parametrize("kind", TAKEN)
def test_a_file_is_what_it_can_be_read_as_whatever_it_is_called(kind):
    found = make_examined(TAKEN[kind](), "证明.exe")
    assert found.kind is KINDS[kind]
    assert found.name == f"证明{KINDS[kind].suffixes[0]}"
    assert is_sealed(found.place.path)


@pytest.mark.parametrize("case", REFUSED)
def test_what_could_harm_or_cannot_be_read_is_refused_by_name(case):
    content, code = REFUSED[case]
    # What breaks the reader is told outside of it.
    with pytest.raises(Exception) as fault:  # noqa: PT011 - whatever the file breaks
        reader.work({"preview": False}, io.BytesIO(content), io.BytesIO())
    told = fault.value.code if isinstance(fault.value, confined.Refused) else "file.broken"
    assert told == code


def test_a_metafile_that_packs_well_makes_no_bomb():
    """B-35: honest documents hold such."""
    drawing = makers.metafile()
    content = docx(**{"word/media/image1.emf": drawing})
    assert 0.005 < len(content) / len(drawing) < 0.009
    assert make_examined(content).kind.name == "docx"


@pytest.mark.drawn(1)
@pytest.mark.parametrize(
    "case", ["a page as text", "a bomb of a document", "a PNG bomb", "a JPEG that is cut off"]
)
def test_nothing_of_what_is_refused_is_left(case):
    content, code = REFUSED[case]
    with pytest.raises(confined.Refused) as refused:
        make_examined(content, "证明.pdf")
    assert refused.value.code == code
    assert list(scratch().path.iterdir()) == []


def test_a_picture_keeps_its_points_and_nothing_else():
    words = personal(WORDS)
    sent = makers.photograph(words) + ZIP
    assert words.encode() in sent
    found = make_examined(sent)
    with found.place.open("rb") as file:
        kept = file.read()
    assert words.encode() not in kept
    assert b"PK\x03\x04" not in kept
    with Image.open(io.BytesIO(kept)) as shown:
        # It lay on its side; turned upright it needs no mark that says so.
        assert shown.size == (40, 60)
        assert not shown.getexif()
        assert {"exif", "comment", "icc_profile"} & set(shown.info) == set()


def test_of_a_phones_jpeg_with_more_pictures_the_first_is_kept():
    first, second = Image.new("RGB", (9, 9)), Image.new("RGB", (9, 9), "red")
    out = io.BytesIO()
    first.save(out, "MPO", save_all=True, append_images=[second])
    found = make_examined(out.getvalue())
    with found.place.open("rb") as file, Image.open(file) as kept:
        assert kept.format == "JPEG"
        assert kept.getpixel((4, 4)) == (0, 0, 0)


PEEKS = """
import socket
import sys
from yelin.files import confined

def work(order, source, target):
    for peek in (lambda: open("/etc/passwd"), socket.socket):
        try:
            peek()
        except OSError:
            continue
        return {"opened": True}
    return {"opened": False}

sys.exit(confined.answer(work, memory_bytes=1 << 30, cpu_seconds=9))
"""


def test_a_confined_process_opens_nothing_but_what_it_was_lent(tmp_path):
    (tmp_path / "peeks.py").write_text(PEEKS)
    (tmp_path / "sent").write_bytes(b"x")
    order = {
        "source": confined.lent(tmp_path / "sent", reading=True),
        "target": confined.lent(tmp_path / "anew", reading=False),
    }
    run = subprocess.run(
        [sys.executable, str(tmp_path / "peeks.py")],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(run.stdout) == {"done": {"opened": False}}


def test_a_moving_picture_is_refused():
    still = Image.new("RGB", (9, 9))
    out = io.BytesIO()
    still.save(out, "WEBP", save_all=True, append_images=[Image.new("RGB", (9, 9), "red")])
    with pytest.raises(confined.Refused) as refused:
        make_examined(out.getvalue())
    assert refused.value.code == "picture.moves"


def test_a_signed_pdf_keeps_every_byte():
    content = pdf()
    found = make_examined(content)
    with found.place.open("rb") as file:
        assert file.read() == content


def test_a_file_goes_with_the_last_who_holds_it():
    found = make_examined(pdf())
    path = found.place.path
    assert path.exists()
    del found
    assert not path.exists()


def test_the_reader_knows_nothing_of_our_environment_and_its_order_is_in_no_argument(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody:secret@host/base")
    seen = {}
    begin = subprocess.Popen

    def watched(command, **how):
        child = begin(command, **how)
        seen["arguments"] = command
        seen["environment"] = psutil.Process(child.pid).environ()
        return child

    monkeypatch.setattr(subprocess, "Popen", watched)
    make_examined(pdf())
    assert seen["environment"] == {}
    assert seen["arguments"][1:] == ["-I", "-m", "yelin.files.reader"]


def test_a_reader_that_is_killed_or_hangs_takes_nothing_with_it():
    def stop(name):
        for _ in range(400):
            for child in psutil.Process().children():
                if "yelin.files.reader" in child.cmdline():
                    os.kill(child.pid, name)
                    return
            time.sleep(0.01)

    stopping = threading.Thread(target=stop, args=[signal.SIGKILL])
    stopping.start()
    with pytest.raises(confined.Refused) as refused:
        make_examined(picture("PNG", size=(6_000, 6_000)))
    stopping.join()
    assert refused.value.code == "file.large"
    assert list(scratch().path.iterdir()) == []
