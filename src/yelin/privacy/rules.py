"""What a collection notice and the form beside it may not do: pure functions, each by its duty.

A fault names the clause and says how it is mended. Words come from the pack.
"""

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from yelin.law import duties
from yelin.law.refusals import Fault
from yelin.privacy.content import Basis, NoticeContent, PurposeContent, Refusing


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words by which a purpose is a pretext, and an item sensitive, in their one spelling."""

    pretexts: Collection[str] = ()
    sensitive: Collection[str] = ()


def spelt(word: str) -> str:
    """Return a word in the spelling in which words are compared."""
    return "".join(unicodedata.normalize("NFKC", word).casefold().split())


def examine(
    content: NoticeContent, words: Vocabulary, asked: Sequence[str] = ()
) -> Iterator[Fault]:
    """Yield what stands against publishing a notice; ``asked`` are the items of its form."""
    yield from _is_stated(content)
    yield from _is_true_to_its_form(content, asked)
    yield from _is_no_pretext(content, words)
    yield from _is_needed(content)
    yield from _is_chosen_freely(content)
    yield from _costs_nobody_the_service(content)
    yield from _is_apart_where_sensitive(content, words)
    yield from _is_of_guardians(content)


def is_sensitive(name: str, words: Vocabulary) -> bool:
    """Whether an item of this name is sensitive personal information by the pack's words."""
    return any(word in spelt(name) for word in words.sensitive)


def _is_stated(content: NoticeContent) -> Iterator[Fault]:
    if not content.service:
        yield Fault("service", "Say which service it is collected for.", duties.NOTICE_STATE)
    if not content.purposes:
        yield Fault("purposes", "Name each purpose.", duties.NOTICE_STATE)
    if not content.items:
        yield Fault("items", "Name each item that is collected.", duties.NOTICE_STATE)
    yield from _names_each_once(content)
    for purpose in content.purposes:
        of = {"purpose": purpose.title}
        if not purpose.use:
            says = "“{purpose}”: say how the items are used."
            yield Fault("use", says, duties.NOTICE_STATE, of)
        if not purpose.retention:
            says = "“{purpose}”: say how long the items are kept. No longer than it takes."
            yield Fault("retention", says, duties.NOTICE_STATE, of)
        if purpose.basis is not Basis.CONSENT and not purpose.law:
            says = "“{purpose}” rests on no consent: name the law or contract on which it rests."
            yield Fault("law", says, duties.CONSENT_ASK, of)
    yield from _counts_what_there_is(content)


def _names_each_once(content: NoticeContent) -> Iterator[Fault]:
    for title, times in Counter(each.title for each in content.purposes).items():
        if times > 1:
            says = "Two purposes are called “{purpose}”. Name them apart."
            yield Fault("purposes", says, duties.NOTICE_STATE, {"purpose": title})
    for name, times in Counter(each.name for each in content.items).items():
        if times > 1:
            says = "Two items are called {name}."
            yield Fault("items", says, duties.NOTICE_STATE, {"name": name})


def _counts_what_there_is(content: NoticeContent) -> Iterator[Fault]:
    named = [(each.name, each.purposes) for each in content.items]
    named += [(each.label, each.purposes) for each in content.choices]
    for name, numbers in named:
        if any(number > len(content.purposes) for number in numbers):
            says = "{name} names a purpose that is not there."
            yield Fault("purposes", says, duties.NOTICE_STATE, {"name": name})


def _is_true_to_its_form(content: NoticeContent, asked: Sequence[str]) -> Iterator[Fault]:
    told = {spelt(item.name) for item in content.items}
    for name in asked:
        if spelt(name) not in told:
            says = (
                "The form asks {name}, which the notice does not name. Name it, or ask it no more."
            )
            yield Fault("items", says, duties.NOTICE_STATE, {"name": name})


def _is_no_pretext(content: NoticeContent, words: Vocabulary) -> Iterator[Fault]:
    for purpose in content.purposes:
        found = next((word for word in words.pretexts if word in spelt(purpose.title)), None)
        if found is not None:
            says = "“{purpose}” is a pretext (“{word}”). Say what is really done with the items."
            told = {"purpose": purpose.title, "word": found}
            yield Fault("title", says, duties.CONSENT_FREE, told)


def _is_needed(content: NoticeContent) -> Iterator[Fault]:
    for item in content.items:
        if not item.purposes:
            says = "{name} serves no purpose. Name the purpose, or collect it no more."
            yield Fault("items", says, duties.COLLECT_NEEDED, {"name": item.name})
        elif not item.need:
            says = "{name}: say why the purpose cannot be served without it."
            yield Fault("need", says, duties.COLLECT_NEEDED, {"name": item.name})
    for number, purpose in enumerate(content.purposes, 1):
        if not content.items_of(number):
            says = "“{purpose}” needs no item. Take it out."
            yield Fault("purposes", says, duties.COLLECT_NEEDED, {"purpose": purpose.title})


def _by_consent(content: NoticeContent) -> Iterator[tuple[int, PurposeContent]]:
    for number, purpose in enumerate(content.purposes, 1):
        if purpose.basis is Basis.CONSENT:
            yield number, purpose


def _is_chosen_freely(content: NoticeContent) -> Iterator[Fault]:
    for choice in content.choices:
        if choice.ticked:
            says = "“{choice}” is ticked beforehand. Let whoever agrees tick it."
            yield Fault("ticked", says, duties.CONSENT_FREE, {"choice": choice.label})
        if len(choice.purposes) > 1:
            says = "“{choice}” agrees to several purposes at once. Give each a box of its own."
            yield Fault("choices", says, duties.CONSENT_FREE, {"choice": choice.label})
    if not content.choices:
        # Agreed to on the platform's own page alone, where each purpose is asked by itself.
        return
    offered = {number for choice in content.choices for number in choice.purposes}
    for number, purpose in _by_consent(content):
        if number not in offered:
            says = "“{purpose}” is taken as agreed: no box asks. Give it a box of its own."
            yield Fault("choices", says, duties.CONSENT_FREE, {"purpose": purpose.title})


def _costs_nobody_the_service(content: NoticeContent) -> Iterator[Fault]:
    for _, purpose in _by_consent(content):
        if purpose.refusing is Refusing.SERVICE:
            says = (
                "“{purpose}”: who refuses loses the whole service. Let it cost nothing, or only the"
                " part that cannot do without."
            )
            yield Fault("refusing", says, duties.COLLECT_NEEDED, {"purpose": purpose.title})


def _is_apart_where_sensitive(content: NoticeContent, words: Vocabulary) -> Iterator[Fault]:
    for item in content.items:
        if is_sensitive(item.name, words) and not item.sensitive:
            says = "{name} is sensitive personal information. Mark it so."
            yield Fault("sensitive", says, duties.CONSENT_SEPARATE, {"name": item.name})
    if not content.choices:
        return
    apart = {each.purposes[0] for each in content.choices if len(each.purposes) == 1}
    for number, purpose in _by_consent(content):
        sensitive = [item.name for item in content.items_of(number) if item.sensitive]
        if sensitive and number not in apart:
            says = "“{purpose}” takes {name}, which is sensitive: ask for it by a box of its own."
            told = {"purpose": purpose.title, "name": sensitive[0]}
            yield Fault("choices", says, duties.CONSENT_SEPARATE, told)


def _is_of_guardians(content: NoticeContent) -> Iterator[Fault]:
    if content.children and not content.guardians:
        says = "Children under 14 are asked: let a parent or guardian agree in their place."
        yield Fault("guardians", says, duties.CONSENT_GUARDIAN)
