"""Pictures written anew from their points, inside a confined process: nothing else comes along."""

from typing import BinaryIO

from PIL import Image, ImageOps, MpoImagePlugin, WebPImagePlugin

from yelin.files.confined import Refused

MOST_POINTS = 64_000_000
PREVIEW_POINTS = 240
# Worse cannot be seen on a scanned page.
_QUALITY = 92
# Later, no module could be opened. A phone's JPEG may hold more pictures: the first is meant.
Image.preinit()
_LOADED = (MpoImagePlugin, WebPImagePlugin)
_FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}
# What a browser shows of each format; anything else becomes the nearest of these.
_MODES = {"jpeg": ("L", "RGB"), "png": ("1", "L", "LA", "RGB", "RGBA"), "webp": ("RGB", "RGBA")}


def kind_of(head: bytes) -> str | None:
    """Return which picture a file claims to be by its first bytes; none where it is no picture."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    return "webp" if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else None


def write_anew(source: BinaryIO, kind: str, target: BinaryIO) -> None:
    """Write the points of the picture ``source`` to ``target``, upright and in the same format.

    Position, camera, comments, previews and whatever was hung on behind stay away. Raises
    ``Refused`` for too many points and for one that moves.
    """
    # Ours is the limit, and it refuses before a point is read.
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(source, formats=[_FORMATS[kind]]) as found:
        _require_few_points(found)
        if kind != "jpeg" and getattr(found, "n_frames", 1) > 1:
            raise Refused("picture.moves", "The picture moves. Send a still one.")
        upright = ImageOps.exif_transpose(found)
        shown = (
            upright if upright.mode in _MODES[kind] else upright.convert(_nearest(upright, kind))
        )
        # A new picture has points and nothing else.
        bare = Image.new(shown.mode, shown.size)
        bare.paste(shown)
    bare.save(target, format=_FORMATS[kind], quality=_QUALITY)


def preview(source: BinaryIO, kind: str, target: BinaryIO) -> None:
    """Write a small picture of the picture ``source``, of its points alone.

    Raises ``Refused`` for too many points.
    """
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(source, formats=[_FORMATS[kind]]) as found:
        _require_few_points(found)
        # A JPEG is read at a fraction of its size.
        found.draft("RGB", (PREVIEW_POINTS, PREVIEW_POINTS))
        small = ImageOps.exif_transpose(found)
        small.thumbnail((PREVIEW_POINTS, PREVIEW_POINTS))
        bare = Image.new("RGBA", small.size)
        bare.paste(small.convert("RGBA"))
    bare.save(target, format="WEBP", quality=75)


def _require_few_points(found: Image.Image) -> None:
    if found.width * found.height > MOST_POINTS:
        raise Refused(
            "picture.large",
            "The picture has more than {limit} million points. Save it smaller.",
            limit=MOST_POINTS // 1_000_000,
        )


def _nearest(picture: Image.Image, kind: str) -> str:
    clear = kind != "jpeg" and picture.has_transparency_data
    return "RGBA" if clear else "RGB"
