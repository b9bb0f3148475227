"""Under which name a file is sent, and that no browser takes it for a page of ours."""

import re
from datetime import UTC, datetime

import pytest
from django.http import HttpResponse
from tests.hostile.laying import NAMES

from yelin.surface.sending import STRANGER, disposition, packed_headers


@pytest.mark.parametrize(
    ("filename", "plain"),
    [
        ("海口港.csv", "data.csv"),
        ("ports.2024.csv", "ports.2024.csv"),
        ("说明.表", "data"),
        ('x."; filename=evil.exe', "x. filenameevil.exe"),
        ("a.\r\nSet-Cookie: a=b", "a.Set-Cookie ab"),
    ],
)
def test_what_no_header_holds_stands_in_the_name_for_those_who_can_read_it(filename, plain):
    assert disposition(filename).startswith(f'attachment; filename="{plain}"; filename*=')


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("around", ["{}", "{}.csv", "a.{}"])
def test_no_name_breaks_out_of_its_header(name, around):
    said = disposition(around.format(name))
    assert re.fullmatch(
        r"attachment; filename=\"[\w. -]+\"; filename\*=UTF-8''[\w%.~-]+", said, re.ASCII
    )
    # Django writes what is not ASCII in a form that browsers pass over: the file would be shown.
    assert HttpResponse(headers={"Content-Disposition": said})["Content-Disposition"] == said


def test_several_resources_in_one_file_are_a_stranger_too():
    assert packed_headers(datetime(2026, 1, 1, tzinfo=UTC)).items() >= STRANGER.items()
