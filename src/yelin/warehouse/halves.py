"""Divide a text file among threads that go through it side by side."""

from yelin.files.places import Place, size_of

# What fits into a processor's own memory is gone through fastest.
CHUNK = 1 << 20
THREADS = 2


def by_lines(path: Place, start: int) -> list[int]:
    """Return the bytes between which each thread goes, from ``start`` to the end of the file.

    Each part but the first begins with a line. There are fewer parts than threads where no line
    begins near the place to divide at.
    """
    share = (size_of(path) - start) // THREADS
    cuts = [start]
    with path.open("rb") as stream:
        for turn in range(1, THREADS):
            stream.seek(start + turn * share)
            if (at := stream.read(CHUNK).find(b"\n")) >= 0:
                cuts.append(start + turn * share + at + 1)
    return [*cuts, size_of(path)]
