"""What a benchmark measured, and the table it stands in."""

import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: what was measured, the figure with its unit, and how it was come by."""

    what: str
    figure: str
    how: str


def machine() -> str:
    """Say on what machine the figures are made."""
    cpu = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = psutil.virtual_memory().total / 2**30
    cores = psutil.cpu_count()
    return f"{cores} cores ({cpu}), {memory:.0f} GiB, Python {platform.python_version()}"


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a Markdown table."""
    lines = ["| measured | figure | how |", "| --- | --- | --- |"]
    lines += [f"| {figure.what} | {figure.figure} | {figure.how} |" for figure in figures]
    return "\n".join(lines)


def milliseconds(seconds: Sequence[float]) -> str:
    """Return the median of times in milliseconds."""
    return f"{statistics.median(seconds) * 1000:.2f} ms"


def percentile(values: Sequence[float], part: int) -> float:
    """Return the value below which so many hundredths of ``values`` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * part // 100)]
