"""Files as people send them, harmless and hostile, made byte by byte."""

import io
import random
import struct
import zipfile
import zlib

import pikepdf
from PIL import Image
from tests.parties.makers import make_actor
from tests.registers.makers import make_plan

from yelin.acts import attachments
from yelin.files.examined import Examined, examine
from yelin.files.models import Attachment
from yelin.files.store import scratch
from yelin.registers.acts import plans

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def make_examined(content: bytes, name: str = "证明材料.bin") -> Examined:
    place = scratch() / f"test-{name}"
    with place.open("wb") as file:
        file.write(content)
    return examine(place, name)


def make_public_attachment() -> Attachment:
    """Return the scan of a published plan, which everybody reads."""
    plan = make_plan(state="draft")
    officer = make_actor(plan.body, "officer")
    made = attachments.attach(
        actor=officer, about=plan, examined=make_examined(pdf(), "规划文本.pdf")
    )
    plans.publish_plan(actor=officer, plan=plan)
    return made


def pdf(**root) -> bytes:
    """Return a PDF of one page whose catalog holds ``root`` too."""
    made, out = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    for name, value in root.items():
        made.Root[f"/{name}"] = value
    made.save(out)
    return out.getvalue()


def script() -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name("/JavaScript"), JS="app.alert(1)")


def locked_pdf() -> bytes:
    made, out = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    made.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


def packed_script() -> bytes:
    """Return a PDF whose script lies in a packed stream, where no search for bytes finds it."""
    made, out = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    made.Root.OpenAction = made.make_indirect(script())
    made.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert b"JavaScript" not in out.getvalue()
    return out.getvalue()


def picture(format_: str = "JPEG", size=(60, 40), **save) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, format_, **save)
    return out.getvalue()


def photograph(words: str) -> bytes:
    """Return a JPEG as a phone makes it: lying on its side, with its place and a comment."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = words
    exif.get_ifd(0x8825).update({1: "N", 2: (20.0, 1.0, 30.0), 3: "E", 4: (110.0, 20.0, 5.0)})
    return picture("JPEG", exif=exif, comment=words.encode())


def png_bomb(side: int = 30_000) -> bytes:
    """Return a PNG of a few hundred kilobytes that would need gigabytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    lines = zlib.compress(bytes(1 << 20), 9) * 4
    mark = b"\x89PNG\r\n\x1a\n"
    return mark + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def bundle(parts: dict[str, str | bytes], *, stored: tuple[str, ...] = ()) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            how = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            made.writestr(name, content, how)
    return out.getvalue()


def metafile() -> bytes:
    """Return what packs as a drawing of an office program does: to seven thousandths."""
    drawn = random.Random(0)  # noqa: S311 - of no secret
    return b"".join(drawn.randbytes(3) + bytes(900) for _ in range(38_000))


def docx(main: str = WORD, **parts: str | bytes) -> bytes:
    """Return a Word document; ``parts`` are named with two underscores for each slash."""
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
    )
    whole = {
        "[Content_Types].xml": types,
        "_rels/.rels": relations("officeDocument", "word/document.xml"),
        "word/document.xml": "<document><body><p>您好</p></body></document>",
    }
    return bundle(whole | {name.replace("__", "/"): part for name, part in parts.items()})


def relations(kind: str, target: str, mode: str = "Internal") -> str:
    return (
        f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" Type="{OFFICE}/{kind}" '
        f'Target="{target}" TargetMode="{mode}"/></Relationships>'
    )


def odt(**parts: str | bytes) -> bytes:
    whole = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": "<office:document-content xmlns:office='o'/>",
        "META-INF/manifest.xml": "<manifest:manifest xmlns:manifest='m'/>",
    }
    more = {name.replace("__", "/"): part for name, part in parts.items()}
    return bundle(whole | more, stored=("mimetype",))


def ofd() -> bytes:
    return bundle({"OFD.xml": "<ofd:OFD xmlns:ofd='http://www.ofdspec.org/2016' DocType='OFD'/>"})
