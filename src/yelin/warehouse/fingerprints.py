"""By which file is known what somebody holds: digests that nobody without the file can make.

A plain digest of data that is not open would let a guesser check guesses (decision 0014), so each
stands here under the installation's secret, in an index. They stay when files are no more.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models

from yelin.keys.digests import keyed
from yelin.law import clock
from yelin.things.models import Subject, Thing

# What the name of a file is that was brought in; a release's files and forms have their own.
SENT = "sent"
# An index holds no longer ones; of a path the end is what tells files apart.
NAME = 300


class Fingerprint(models.Model):
    """That a file is, or once was, one of an upload or a release (文件指纹).

    ``name`` is what the manifest calls it, or the form in which it was handed out.
    """

    digest = models.BinaryField(max_length=32)
    of = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="fingerprints")
    name = models.CharField(max_length=NAME)
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="warehouse_noted_once", fields=["digest", "of", "name"])
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.of_id}"


def fingerprint(sha256: str) -> bytes:
    """Return by what a file is known here that has this SHA-256 (hexadecimal)."""
    return keyed("warehouse.fingerprint", sha256.lower())


def note(of: Subject, files: Mapping[str, str]) -> None:
    """Note the SHA-256 of files of an upload or a release, by name; what is noted stays so."""
    now = clock.now()
    Fingerprint.objects.bulk_create(
        [
            Fingerprint(digest=fingerprint(sha256), of_id=of.pk, name=name[-NAME:], noted_at=now)
            for name, sha256 in files.items()
        ],
        ignore_conflicts=True,
    )


def note_files(of: Subject, files: Iterable[Mapping[str, Any]]) -> None:
    """Note files as a manifest tells them: what it calls them, and their SHA-256."""
    note(of, {file.get("path", file["name"]): file["sha256"] for file in files})
