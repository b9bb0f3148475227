"""Files in a form are sealed as they come in; nothing of them ever lies in plain."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from yelin.files.places import Sealed
from yelin.files.store import CHUNK_BYTES, scratch


class SealedUploads(FileUploadHandler):
    """Writes each file of a form to a sealed one in scratch, which goes with the request."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self._place = scratch() / f"form-{uuid.uuid4()}"
        self._sink = self._place.open("wb")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Seal a piece."""
        del start
        self._sink.write(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[Any]":
        """Return the whole file, which reads as it was sent."""
        self._sink.close()
        return _Sent(self._place, self.file_name or "", self.content_type or "", file_size)

    def upload_interrupted(self) -> None:
        """Remove what was written."""
        self._sink.close()
        self._place.unlink(missing_ok=True)


class _Sent(UploadedFile):  # type: ignore[type-arg]  # Django takes none when it runs
    def __init__(self, place: Sealed, name: str, content_type: str, size: int) -> None:
        # Open, it is read to its end, whether it still has a name or not.
        super().__init__(place.open("rb"), name, content_type, size)
        place.unlink()


def body_of(request: HttpRequest) -> Iterable[bytes]:
    """Yield the file that a program sends: as the body itself, or as ``file`` in a form."""
    if file := request.FILES.get("file"):
        return file.chunks(CHUNK_BYTES)
    return iter(lambda: request.read(CHUNK_BYTES), b"")


def name_in(request: HttpRequest) -> str | None:
    """Return what the form calls the file that it holds."""
    file = request.FILES.get("file")
    return file.name if file else None
