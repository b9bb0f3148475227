"""The pages as text: a strict content policy, complete words, no icon that is not there."""

import ast
import re
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.template.loader import get_template

from yelin import web

WEB = Path(web.__file__).parent
STATIC = WEB / "static" / "yelin"
WORDS = WEB / "locale" / "zh_Hans" / "LC_MESSAGES"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
SCRIPTS = sorted(STATIC.glob("*.js"))


def catalog():
    with (WORDS / "django.po").open("rb") as file:
        return read_po(file, locale="zh_Hans")


def ids():
    return {m.id[0] if isinstance(m.id, tuple) else m.id for m in catalog() if m.id}


def test_every_template_can_be_read():
    for path in TEMPLATES:
        get_template(str(path.relative_to(WEB / "templates")))


def test_no_variable_is_written_over_two_lines_which_would_stand_there_as_it_is():
    for path in TEMPLATES:
        assert not re.search(r"\{\{[^}]*\n|\{%[^%]*\n[^%]*%\}", path.read_text("utf-8")), path


def test_no_page_needs_more_than_the_content_policy_allows():
    for path in TEMPLATES:
        text = path.read_text()
        assert not re.search(r"\sstyle\s*=", text), path
        assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), path
        assert not re.search(r"<style|javascript:|hx-on|hx-vals=.js", text), path
        for script in re.findall(r"<script[^>]*>", text):
            assert "src=" in script, path
        assert not re.search(r"(src|href)=\"(https?:)?//", text), path


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_builds_markup_or_code_from_text(path):
    text = path.read_text()
    for forbidden in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "eval(",
        "new Function",
        ".style",
    ):
        assert forbidden not in text


def test_every_icon_that_a_page_names_is_in_the_sprite():
    there = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))
    named = set()
    for path in TEMPLATES:
        text = path.read_text()
        named |= set(re.findall(r'{% icon "([^"]+)"', text))
        named |= set(re.findall(r'icons\.svg" %}#([a-z-]+)', text))
    source = (WEB / "words.py").read_text()
    named |= set(re.findall(r'"(?:good|wary|shut|plain|live|bad)", "([a-z]+)"', source))
    assert named <= there
    assert len(named) > 20


def test_everything_that_a_page_says_is_said_in_chinese():
    said = set()
    for path in TEMPLATES:
        said |= set(re.findall(r'{% translate "([^"]+)"', path.read_text()))
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Name(id="_" | "gettext"), args=[ast.Constant(value=str(text))]
                ):
                    said.add(text)
                case ast.Call(
                    func=ast.Name(id="ngettext"), args=[ast.Constant(value=str(text)), *_]
                ):
                    said.add(text)
    assert said - ids() == set()


def test_no_word_is_left_untranslated_or_doubtful():
    for message in catalog():
        if message.id:
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            assert all(texts), message.id
            assert not message.fuzzy, message.id


def test_a_translation_names_the_same_values():
    held = re.compile(r"%\(\w+\)s|{\w+}")
    for message in catalog():
        if message.id:
            plural = isinstance(message.id, tuple)
            wanted = set(held.findall(message.id[-1] if plural else message.id))
            assert set(held.findall(message.string[0] if plural else message.string)) == wanted


def test_the_compiled_words_are_those_of_the_source():
    with (WORDS / "django.mo").open("rb") as file:
        compiled = GNUTranslations(file)
    for message in catalog():
        if not message.id:
            continue
        if isinstance(message.id, tuple):
            assert compiled.ngettext(*message.id, 2) == message.string[0]
        elif message.context:
            assert compiled.pgettext(message.context, message.id) == message.string
        else:
            assert compiled.gettext(message.id) == message.string


def test_the_page_has_words_for_every_step_and_verdict_of_the_verifier():
    page = (WEB / "templates" / "pieces" / "verify.html").read_text()
    there = set(re.findall(r'data-say="([^"]+)"', page))
    script = (STATIC / "verify.js").read_text()
    needed = set(re.findall(r'say\("([a-z-]+)"', script))
    needed |= {
        f"verdict-{verdict}" for verdict in re.findall(r"^  (\w+): \[", script, re.MULTILINE)
    }
    assert needed <= there
    assert {"step-left", "step-right", "step-leaf", "step-root", "step-signature"} <= there
