"""The colours that carry text can be read, in light and in dark; and pages are light."""

import re
from pathlib import Path

import pytest
from tests.warehouse.makers import make_release

from yelin import web

CSS = (Path(web.__file__).parent / "static" / "yelin" / "yelin.css").read_text()
TEXT = [
    (ink, ground)
    for ink in ("ink", "muted", "heading", "sea-ink", "coral-ink")
    for ground in ("paper", "mist", "sand")
] + [
    ("sea-ink", "sea-soft"),
    ("palm-ink", "palm-soft"),
    ("amber-ink", "amber-soft"),
    ("coral-ink", "coral-soft"),
    ("ink", "palm-soft"),
    ("ink", "amber-soft"),
    ("ink", "coral-soft"),
    ("ink", "sea-soft"),
    ("ink", "water-1"),
    ("ink", "water-4"),
    ("ink", "land"),
    ("sea-ink", "water-4"),
    ("sea-ink", "land"),
    ("on-fill", "sea"),
    ("on-fill", "palm"),
    ("header-quiet", "header"),
]
MARKS = [
    ("edge", "paper"),
    ("sea", "paper"),
    ("palm", "paper"),
    ("coral", "paper"),
    ("amber", "paper"),
]


def tokens(scheme):
    light, dark = re.split(r"@media \(prefers-color-scheme: dark\)", CSS)[:2]
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", light.split("/* ---- elements")[0]))
    if scheme == "dark":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", dark.split("/* ---- elements")[0]))
    return found


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_as_the_guidelines_do():
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT, ids=lambda value: value)
def test_text_can_be_read_on_its_ground(scheme, ink, ground):
    colours = tokens(scheme)
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARKS, ids=lambda value: value)
def test_marks_and_borders_of_controls_can_be_seen(scheme, mark, ground):
    colours = tokens(scheme)
    assert contrast(colours[mark], colours[ground]) >= 3


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_the_first_page_weighs_less_than_150_kilobytes_with_all_that_it_loads(client):
    for _ in range(7):
        make_release()
    page = client.get("/")
    loaded = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', page.content.decode()))
    assert {address.rpartition(".")[2] for address in loaded} == {"css", "js", "svg"}
    weighed = {address: len(b"".join(client.get(address))) for address in loaded}
    assert min(weighed.values()) > 0
    # Nothing is compressed here: over the network it is less.
    assert len(page.content) + sum(weighed.values()) < 150_000
