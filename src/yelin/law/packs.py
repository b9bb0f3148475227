"""Statute packs: the law of one province as data, over the national layer, checked when it is read.

People see the article; code sees the duty; the pack lies between them. A second province is a
second folder under ``packs/``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

from yelin.config import config
from yelin.keys import canonical
from yelin.law import duties, soundness
from yelin.law.duties import Duty
from yelin.law.folder import Folder
from yelin.law.lists import (
    BodyRow,
    Category,
    ChoiceList,
    Division,
    HistoricCode,
    LegacyCode,
    Licence,
    ResourceClass,
    SameMeaning,
    Theme,
)
from yelin.law.outlines import Outlines
from yelin.law.passages import Passage, Provision
from yelin.law.personal import Personal, PersonalKind, PublicGround
from yelin.law.quality import Basis, Dimension, Grade, Indicator, MadeRule, Scheme
from yelin.law.sharing import NoiseBudget, Sharing, SmallCells
from yelin.law.soundness import NATIONAL
from yelin.law.statute import (
    Article,
    Chapter,
    Cite,
    Keeping,
    Named,
    Notice,
    Order,
    Power,
    Term,
    Work,
    in_force,
)

HOME = Path(__file__).with_name("packs")
DEFAULT = "hainan-2019"

_T = TypeVar("_T")


@dataclass(frozen=True)
class Pack:
    """The law of one province, read and checked; ``load`` makes one."""

    name: str
    law: Work
    chapters: tuple[Chapter, ...]
    ordered: tuple[Order, ...]
    lacking: frozenset[str]
    terms: tuple[Term, ...]
    powers: tuple[Power, ...]
    division_rows: tuple[Division, ...]
    historic: tuple[HistoricCode, ...]
    themes: tuple[Theme, ...]
    own_licences: tuple[Licence, ...]
    national_licences: tuple[Licence, ...]
    own_lists: tuple[ChoiceList, ...]
    national_lists: tuple[ChoiceList, ...]
    classes: tuple[ResourceClass, ...]
    categories: tuple[Category, ...]
    bodies: tuple[BodyRow, ...]
    legacy_rows: tuple[LegacyCode, ...]
    works: tuple[Work, ...]
    works_alone: tuple[Work, ...]
    notices: tuple[Notice, ...]
    keepings: tuple[Keeping, ...]
    same_meaning: tuple[SameMeaning, ...]
    quality: Scheme
    sharing: tuple[Sharing, ...]
    small_cells: tuple[SmallCells, ...]
    noise_budget: NoiseBudget
    personal: Personal
    map: Mapping[str, Any] | None = field(default=None, repr=False, compare=False)

    @classmethod
    def load(cls, name: str, home: Path = HOME) -> "Pack":
        """Read the pack called ``name`` and the national layer under it.

        Raises ``PackFault``, naming file and key, for a pack that is not whole or not consistent.
        """
        own, nation = Folder(home, name), Folder(home, NATIONAL)
        statute = own.read("articles")
        law = own.rows("articles", "law", [statute.get("law", {})], Work)[0].model_copy(
            update={"articles": own.all("articles", Article)}
        )
        # What the nation made for this province alone lies with the province.
        alone = own.works()
        works = (*nation.all("works", Work), *nation.works(), *alone)
        pack = cls(
            name=name,
            law=law,
            chapters=own.rows("articles", "chapters", statute.get("chapters", []), Chapter),
            ordered=tuple(
                order.within(next((w for w in works if w.id == order.work), law))
                for order in own.all("duties", Order)
            ),
            lacking=frozenset(own.read("duties").get("lacking", ())),
            terms=own.all("terms", Term),
            powers=own.all("powers", Power),
            division_rows=own.all("divisions", Division),
            historic=own.all("divisions", HistoricCode, key="historic"),
            themes=own.themes_first(nation.all("themes", Theme)),
            own_licences=own.all("licences", Licence),
            national_licences=nation.all("licences", Licence),
            own_lists=own.all("lists", ChoiceList),
            national_lists=nation.all("lists", ChoiceList),
            classes=(
                *nation.all("classification", ResourceClass, key="classes"),
                *own.all("classification", ResourceClass, key="classes"),
            ),
            categories=own.all("classification", Category, key="categories"),
            bodies=own.all("bodies", BodyRow),
            legacy_rows=nation.all("credit_codes", LegacyCode, key="legacy"),
            # Those with words before those that are only named.
            works=tuple(sorted(works, key=lambda work: not work.articles)),
            works_alone=alone,
            notices=nation.all("calendar", Notice, key="notices"),
            keepings=nation.all("keeping", Keeping),
            same_meaning=nation.all("words", SameMeaning),
            sharing=nation.all("deidentify", Sharing, key="sharing"),
            small_cells=nation.all("deidentify", SmallCells, key="small_cells"),
            noise_budget=nation.rows(
                "deidentify", "budget", [nation.read("deidentify").get("budget", {})], NoiseBudget
            )[0],
            personal=Personal(
                kinds=nation.all("personal", PersonalKind, key="kinds"),
                grounds=nation.all("personal", PublicGround, key="grounds"),
            ),
            map=own.map(),
            quality=Scheme(
                basis=nation.rows(
                    "quality", "quality", [nation.read("quality").get("quality", {})], Basis
                )[0],
                dimensions=nation.all("quality", Dimension, key="dimensions"),
                indicators=nation.all("quality", Indicator, key="indicators"),
                grades=nation.all("quality", Grade, key="grades"),
                rules=nation.all("quality", MadeRule, key="made"),
            ),
        )
        soundness.check(pack)
        return pack

    # Articles and what they order.

    @cached_property
    def articles(self) -> Mapping[int, Article]:
        """The articles of the regulation by number, as they read now."""
        found = {each.number: self.law.article(each.number) for each in self.law.articles}
        return {number: article for number, article in found.items() if article is not None}

    @property
    def effective_from(self) -> date | None:
        """The day on which the regulation came into force."""
        return self.law.effective_from

    def orders(self, duty: Duty, on: date | None = None) -> bool:
        """Say whether the law here orders ``duty``; what it does not order is not offered."""
        return self._order(duty, on) is not None

    def provision(self, duty: Duty, on: date | None = None) -> Provision:
        """Return the provision that orders ``duty`` on the day ``on`` (without a day: the newest).

        Raises ``KeyError`` for a duty that the pack does not order.
        """
        found = self.ordering(duty, on)
        if found is None:
            raise KeyError(f"the pack {self.name} does not order {duty}")
        return found

    def ordering(self, duty: Duty, on: date | None = None) -> Provision | None:
        """Return the provision that orders ``duty`` on the day ``on``, if any does."""
        order = self._order(duty, on)
        if order is None:
            return None
        here = self.passage(order.cite, on)
        return Provision(
            law=here.law,
            national=here.national,
            place=here.place,
            found=here.found,
            duty=duty,
            also=tuple(filter(None, (self._found(Cite.parse(text), on) for text in order.also))),
            unconfirmed=order.unconfirmed,
        )

    def passage(self, cite: Cite, on: date | None = None) -> Passage:
        """Return the place that ``cite`` names, as it reads on the day ``on``.

        Raises ``KeyError`` for a law or an article that is not held, or not in force then.
        """
        found = self._found(cite, on)
        if found is None:
            raise KeyError(f"{cite.work or self.law.id} has no article {cite.ref.article} then")
        return found

    def _found(self, cite: Cite, on: date | None) -> Passage | None:
        law = self.work(cite.work) if cite.work else self.law
        article = law.article(cite.ref.article, on)
        if article is None or in_force([law], on) is None:
            return None
        return Passage(law=law, national=bool(cite.work), place=cite.ref, found=article)

    def duties_of(self, article: int, work: str = "") -> tuple[Duty, ...]:
        """Return the duties that an article of the regulation, or of a national work, orders."""
        return tuple(map(duties.by_name, self._orders_at.get((work, article), ())))

    @cached_property
    def _orders_at(self) -> Mapping[tuple[str, int], Iterable[str]]:
        """The names of what each article orders that has no end."""
        found: dict[tuple[str, int], dict[str, None]] = {}
        for order in self.ordered:
            if order.effective_to is None:
                for cite in (order.cite, *map(Cite.parse, order.also)):
                    found.setdefault((cite.work, cite.ref.article), {})[order.name] = None
        return found

    def _order(self, duty: Duty, on: date | None) -> Order | None:
        return in_force(self._orders_of.get(duty.name, ()), on)

    @cached_property
    def _orders_of(self) -> Mapping[str, Sequence[Order]]:
        found: dict[str, list[Order]] = {}
        for order in self.ordered:
            found.setdefault(order.name, []).append(order)
        return found

    def term(self, name: str, on: date | None = None) -> Term:
        """Return the term called ``name`` that holds on the day ``on`` (without a day: the newest).

        Raises ``KeyError`` when there is none.
        """
        term = in_force([term for term in self.terms if term.name == name], on)
        if term is None:
            raise KeyError(f"the pack {self.name} has no term {name} then")
        return term

    def term_of(self, duty: Duty, on: date | None = None) -> Term:
        """Return the term within which ``duty`` is done; raises ``KeyError`` when it has none."""
        term = in_force([term for term in self.terms if term.duty == duty.name], on)
        if term is None:
            raise KeyError(f"the pack {self.name} has no term for {duty} then")
        return term

    def keeping(self, duty: Duty, on: date | None = None) -> Keeping | None:
        """Return how long what ``duty`` puts on record is kept; without a term it stays."""
        return in_force([each for each in self.keepings if each.duty == duty.name], on)

    def work(self, name: str) -> Work:
        """Return the national work with the id ``name``.

        Raises ``KeyError`` when the national layer does not hold it.
        """
        return _one(self.works, "id", name)

    # Lists.

    def list(self, name: str) -> ChoiceList:
        """Return the list of values called ``name``, the province's own before the nation's.

        Raises ``KeyError`` when there is none.
        """
        return _one((*self.own_lists, *self.national_lists), "name", name)

    @cached_property
    def nodes(self) -> Mapping[str, Named]:
        """The classification tree as far as it is law: classes, groups and categories by code."""
        found: dict[str, Named] = {}
        for each in self.classes:
            found[each.code] = each
            found |= {each.code + group.code: group for group in each.groups}
        return found | {category.code: category for category in self.categories}

    def theme(self, code: str) -> Theme:
        """Return the theme with ``code``; raises ``KeyError`` when there is none."""
        return _one(self.themes, "code", code)

    @cached_property
    def licences(self) -> tuple[Licence, ...]:
        """The licences under which data may be opened, the province's own before others."""
        return (*self.own_licences, *self.national_licences)

    def licence(self, name: str) -> Licence:
        """Return the licence with the id ``name``; raises ``KeyError`` when there is none."""
        return _one(self.licences, "id", name)

    def other_words(self, text: str) -> tuple[str, ...]:
        """Return ``text`` with other words of the same meaning in the place of one it holds."""
        found: list[str] = []
        for each in self.same_meaning:
            held = [word for word in each.words if word in text]
            if held:
                word = max(held, key=len)
                found += [text.replace(word, other) for other in each.words if other != word]
        return tuple(found)

    # Divisions and powers.

    @cached_property
    def divisions(self) -> Mapping[str, Division]:
        """The divisions in force by code, from above to below."""
        return {division.code: division for division in self.division_rows}

    @property
    def province(self) -> Division:
        """The province itself, above all its divisions."""
        return next(each for each in self.division_rows if each.parent is None)

    @cached_property
    def outlines(self) -> Outlines | None:
        """The map of the province, where the pack has one."""
        return Outlines(self.map, self.division_rows, self.became) if self.map else None

    def division(self, code: str) -> Division:
        """Return the division with ``code``; a code of the past leads to what it became.

        Raises ``KeyError`` for a code that never was one of the province's.
        """
        found = self.divisions.get(code)
        if found is None:
            return self.divisions[self.became[code]]
        return found

    def area(self, code: str) -> frozenset[str]:
        """Return the codes of the division with ``code`` and of every division inside it.

        Raises ``KeyError`` for a code that is not in force.
        """
        return self._areas[code]

    def area_of(
        self, power: str, kind: str, division: str, on: date | None = None
    ) -> frozenset[str]:
        """Return the codes of the divisions over which a body holds ``power``, perhaps none.

        A body of an unknown division holds nothing. Raises ``KeyError`` for a power that the pack
        does not name, so that a slip cannot read as "holds nothing".
        """
        held_by = _one(self.powers, "name", power).held
        home = self.divisions.get(division)
        if home is None:
            return frozenset()
        area: set[str] = set()
        for held in held_by:
            if held.kind == kind and held.level == home.level and in_force([held], on):
                area |= self.area(division) if held.over == "area" else {division}
        return frozenset(area)

    def powers_of(
        self, kind: str, division: str, on: date | None = None
    ) -> Mapping[str, frozenset[str]]:
        """Return the powers of a body of ``kind`` in ``division``, each with its codes."""
        areas = {p.name: self.area_of(p.name, kind, division, on) for p in self.powers}
        return {power: area for power, area in areas.items() if area}

    def holds(
        self, power: str, kind: str, division: str, over: str, on: date | None = None
    ) -> bool:
        """Say whether a body of ``kind`` in ``division`` holds ``power`` over ``over``."""
        return over in self.area_of(power, kind, division, on)

    def holders(self, power: str, over: str, on: date | None = None) -> Sequence[tuple[str, str]]:
        """Return kind and division of the bodies that hold ``power`` over the division ``over``."""
        kinds = sorted({held.kind for held in _one(self.powers, "name", power).held})
        above = [code for code in self.divisions if over in self.area(code)]
        each = ((kind, code) for kind in kinds for code in above)
        return [(kind, code) for kind, code in each if self.holds(power, kind, code, over, on)]

    def keeps_register(self, kind: str, division: str) -> bool:
        """Say whether a body keeps the register of all bodies here."""
        return self.holds("parties.register", kind, division, self.province.code)

    @cached_property
    def legacy_codes(self) -> frozenset[str]:
        """The credit codes that are lawful though their check digit fails."""
        return frozenset(row.code for row in self.legacy_rows)

    @cached_property
    def ways(self) -> Mapping[str, Sharing]:
        """The ways of sharing de-identified data, by their codes."""
        return {each.code: each for each in self.sharing}

    @cached_property
    def small(self) -> Mapping[str, SmallCells]:
        """Which cells of statistics are too small, by the codes of the ways of sharing."""
        return {each.sharing: each for each in self.small_cells}

    @cached_property
    def became(self) -> Mapping[str, str]:
        """Which code of a division follows one that is in force no more."""
        return {code.code: code.became for code in self.historic}

    @cached_property
    def became_digest(self) -> bytes:
        """The digest of that list, for what was made by it."""
        return canonical.digest(dict(self.became))

    @cached_property
    def _areas(self) -> Mapping[str, frozenset[str]]:
        inside: dict[str, set[str]] = {code: {code} for code in self.divisions}
        for division in self.division_rows:
            above = division.parent
            while above is not None:
                inside[above].add(division.code)
                above = self.divisions[above].parent
        return {code: frozenset(codes) for code, codes in inside.items()}


@cache
def active() -> Pack:
    """Return the pack of this installation, the one that its settings name."""
    return Pack.load(config.pack)


def _one(rows: Sequence[_T], key: str, value: str) -> _T:
    for row in rows:
        if getattr(row, key) == value:
            return row
    raise KeyError(value)
