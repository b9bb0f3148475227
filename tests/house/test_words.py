import string
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages import pofile
from django.conf import settings
from tests.house.sayings import all_sayings, put_together

SOURCE = Path(settings.LOCALE_PATHS[0]) / "zh_Hans" / "LC_MESSAGES" / "django.po"


@pytest.fixture(scope="module")
def written() -> dict:
    with SOURCE.open("rb") as file:
        catalog = pofile.read_po(file)
    assert not catalog.obsolete
    return {
        (
            message.context or "",
            message.id if isinstance(message.id, str) else message.id[0],
        ): message
        for message in catalog
        if message.id
    }


@pytest.fixture(scope="module")
def sayings() -> dict:
    found = all_sayings()
    assert len(found) > 500
    return found


def test_every_saying_has_its_chinese(written, sayings):
    lacking = [
        f"{saying.place}: {saying.id}"
        for key, saying in sayings.items()
        if key not in written or not all(_strings(written[key])) or written[key].fuzzy
    ]
    assert lacking == []


def test_no_saying_is_put_together_before_it_is_translated():
    """A sentence made by an f-string is in no catalog, so it would stay English on every page."""
    assert list(put_together()) == []


def test_no_translation_outlives_its_saying(written, sayings):
    assert sorted(set(written) - set(sayings)) == []


def test_a_translation_fills_in_the_same_blanks(written):
    wrong = [
        message.id
        for message in written.values()
        for text in _strings(message)
        if _blanks(text) != _blanks(_last(message.id))
    ]
    assert wrong == []


def test_plurals_are_written_as_plurals(written, sayings):
    assert [
        s.id
        for key, s in sayings.items()
        if bool(s.plural) != (not isinstance(written[key].id, str))
    ] == []


def test_the_compiled_words_are_those_written(written):
    with SOURCE.with_suffix(".mo").open("rb") as file:
        compiled = GNUTranslations(file)

    def had(message) -> str:
        if message.context:
            return compiled.pgettext(message.context, message.id)
        return (
            compiled.gettext(message.id)
            if isinstance(message.id, str)
            else compiled.ngettext(*message.id, 1)
        )

    assert [m.id for m in written.values() if (had(m),) != _strings(m)] == []


def _parts(text) -> tuple:
    return (text,) if isinstance(text, str) else tuple(text)


def _strings(message) -> tuple:
    return _parts(message.string)


def _last(id_) -> str:
    return id_ if isinstance(id_, str) else id_[-1]


def _blanks(text: str) -> set[str]:
    braces = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    percents = {part.split(")")[0] for part in text.split("%(")[1:]}
    return braces | percents
