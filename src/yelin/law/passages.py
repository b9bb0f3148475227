"""Places in the law as people see them: its words, its page, how it is cited, what it orders."""

from dataclasses import dataclass

from yelin.law.duties import Duty
from yelin.law.statute import (
    Article,
    Lang,
    Ref,
    Work,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A place in the law, as people see it."""

    law: Work
    national: bool
    place: Ref
    found: Article

    @property
    def ref(self) -> str:
        """The short form: ``26.2``, ``53(1)``."""
        return str(self.place)

    @property
    def article(self) -> int:
        """The article's number."""
        return self.place.article

    @property
    def text(self) -> str:
        """The words of the law at this place."""
        return self.found.words(self.place)

    @property
    def url(self) -> str:
        """The page of the article, with its words as they read then."""
        home = f"/law/works/{self.law.id}/" if self.national else "/law/"
        until = self.found.effective_to
        return f"{home}{self.article}/" + (f"?on={until}" if until else "")

    def label(self, lang: Lang) -> str:
        """Say the place as people cite it: 第二十六条第二款, Article 26(2).

        A national law is named; the province's regulation goes without saying.
        """
        place = self.place.label(lang)
        if not self.national:
            return place
        title = self.law.title(lang)
        return f"{title}{place}" if lang.startswith("zh") else f"{title}, {place}"

    def plain(self, lang: Lang) -> str:
        """Say the article in plain words, ours and unofficial."""
        return self.found.plain(lang)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision(Passage):
    """The place in the law that orders a duty, and others that order the same."""

    duty: Duty
    also: tuple[Passage, ...] = ()
    unconfirmed: bool = False

    @property
    def places(self) -> tuple[Passage, ...]:
        """Every place that orders it."""
        return (self, *self.also)
