"""The checks that make a pack fit to be used: what no single row of it can show."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from yelin.law import duties
from yelin.law.lists import ChoiceList
from yelin.law.quality import Made
from yelin.law.statute import LEVELS, Cite, Dated, PackFault, Work, in_force
from yelin.parties.rules import read_credit_code

if TYPE_CHECKING:
    from yelin.law.packs import Pack

NATIONAL = "cn"
"""The folder of the national layer."""


def check(pack: "Pack") -> None:
    """Refuse a pack whose parts contradict one another."""
    _articles_are_whole(pack)
    _names_are_unique(pack)
    _lists_fit(pack)
    _duties_fit(pack)
    _terms_fit(pack)
    _keepings_fit(pack)
    _quality_fits(pack)
    _sharing_fits(pack)
    _personal_fits(pack)
    _categories_fit(pack)
    _divisions_fit(pack)
    _past_codes_fit(pack)
    _map_fits(pack)
    _powers_fit(pack)
    _bodies_fit(pack)


def _articles_are_whole(pack: "Pack") -> None:
    file = f"{pack.name}/articles.toml"
    numbers = list(dict.fromkeys(article.number for article in pack.law.articles))
    if not numbers:
        raise PackFault(file, "articles", "there is none")
    for expected, number in enumerate(numbers, 1):
        if number != expected:
            raise PackFault(file, f"articles.{expected}", "the article is missing or out of order")
    for article in pack.law.articles:
        key = f"articles.{article.number}"
        if not article.matter:
            raise PackFault(file, f"{key}.matter", "system or none?")
        if article.chapter not in {chapter.number for chapter in pack.chapters}:
            raise PackFault(file, f"{key}.chapter", "there is no such chapter")
    _articles_can_be_read(file, pack.law)
    for work in pack.works:
        layer = pack.name if work in pack.works_alone else NATIONAL
        _articles_can_be_read(f"{layer}/works/{work.id}.toml", work)


def _articles_can_be_read(file: str, law: Work) -> None:
    for article in law.articles:
        key = f"articles.{article.number}"
        words = (article.plain_zh, article.plain_en, article.about_zh, article.about_en)
        if article.matter != "unread" and not all(words):
            raise PackFault(file, key, "plain words are missing in a language")
    _no_overlap(file, "articles", ((str(article.number), article) for article in law.articles))


def _names_are_unique(pack: "Pack") -> None:
    _unique(f"{pack.name}/powers.toml", "powers", (power.name for power in pack.powers))
    _unique(f"{pack.name}/divisions.toml", "divisions", (div.code for div in pack.division_rows))
    _unique(f"{NATIONAL}/themes.toml", "themes", (theme.code for theme in pack.themes))
    _unique(f"{pack.name}/licences.toml", "licences", (licence.id for licence in pack.licences))
    for file, lists in _lists(pack):
        _unique(file, "lists", (choices.name for choices in lists))
        for choices in lists:
            _unique(file, f"lists.{choices.name}.values", choices.keys)
    _unique(f"{NATIONAL}/classification.toml", "classes", (c.code for c in pack.classes))
    _unique(f"{pack.name}/classification.toml", "categories", (c.code for c in pack.categories))
    _unique(f"{pack.name}/bodies.toml", "bodies", (body.credit_code for body in pack.bodies))
    _unique(f"{pack.name}/bodies.toml", "bodies", (body.zh for body in pack.bodies))
    _unique(f"{NATIONAL}/works.toml", "works", (work.id for work in pack.works))
    _unique(f"{NATIONAL}/calendar.toml", "notices", (str(note.year) for note in pack.notices))


def _duties_fit(pack: "Pack") -> None:
    file = f"{pack.name}/duties.toml"
    for order in pack.ordered:
        _known_duty(file, f"duties.{order.name}", order.name)
        key = f"duties.{order.name}"
        _stands(pack, file, key, order.cite, {order.effective_from, order.effective_to})
        # A second law may have come later; what it orders must hold as long as the row does.
        for text in order.also:
            _stands(pack, file, key, Cite.parse(text), {order.effective_to})
    _no_overlap(file, "duties", ((order.name, order) for order in pack.ordered))
    ordered = {order.name for order in pack.ordered}
    for name in sorted(pack.lacking):
        _known_duty(file, f"lacking.{name}", name)
        if name in ordered:
            raise PackFault(file, f"lacking.{name}", "a provision orders it")
    for duty in duties.ALL:
        if duty.name not in ordered | pack.lacking:
            raise PackFault(
                file, duty.name, "no provision orders it, and it is not named as lacking"
            )


def _terms_fit(pack: "Pack") -> None:
    file = f"{pack.name}/terms.toml"
    for term in pack.terms:
        _known_duty(file, f"terms.{term.name}.duty", term.duty)
        key = f"terms.{term.name}"
        _known_basis(pack, file, f"{key}.basis", term.basis)
        if term.extension:
            _known_basis(pack, file, f"{key}.extension.basis", term.extension.basis)
        for still in term.standstills:
            _known_basis(pack, file, f"{key}.standstills.{still.reason}.basis", still.basis)
        _unique(file, f"{key}.standstills", (still.reason for still in term.standstills))
    _no_overlap(file, "terms", ((term.name, term) for term in pack.terms))
    _no_overlap(file, "terms", ((term.duty, term) for term in pack.terms))


def _keepings_fit(pack: "Pack") -> None:
    file = f"{NATIONAL}/keeping.toml"
    for each in pack.keepings:
        _known_duty(file, f"keeping.{each.duty}", each.duty)
        _known_basis(pack, file, f"keeping.{each.duty}.basis", each.basis)
    _no_overlap(file, "keeping", ((each.duty, each) for each in pack.keepings))


def _sharing_fits(pack: "Pack") -> None:
    file = f"{NATIONAL}/deidentify.toml"
    _unique(file, "sharing", (each.code for each in pack.sharing))
    for each in pack.sharing:
        _known_basis(pack, file, f"sharing.{each.code}.basis", each.basis)
    _unique(file, "small_cells", (each.sharing for each in pack.small_cells))
    for code in {each.code for each in pack.sharing} ^ {each.sharing for each in pack.small_cells}:
        raise PackFault(file, f"small_cells.{code}", "there is one for each way of sharing")
    for small in pack.small_cells:
        _known_basis(pack, file, f"small_cells.{small.sharing}.basis", small.basis)
    _known_basis(pack, file, "budget.basis", pack.noise_budget.basis)


def _personal_fits(pack: "Pack") -> None:
    file = f"{NATIONAL}/personal.toml"
    for key, rows in (("kinds", pack.personal.kinds), ("grounds", pack.personal.grounds)):
        _unique(file, key, (each.key for each in rows))
        if not rows:
            raise PackFault(file, key, "there is none")
        for each in rows:
            _known_basis(pack, file, f"{key}.{each.key}.basis", each.basis)


def _quality_fits(pack: "Pack") -> None:
    file, scheme = f"{NATIONAL}/quality.toml", pack.quality
    _known_basis(pack, file, "quality.basis", scheme.basis.basis)
    for key, codes in (
        ("dimensions", [each.code for each in scheme.dimensions]),
        ("indicators", [each.code for each in scheme.indicators]),
        ("made", [each.kind for each in scheme.rules]),
    ):
        _unique(file, key, codes)
    for indicator in scheme.indicators:
        if indicator.code[:2] not in scheme.named:
            raise PackFault(file, f"indicators.{indicator.code}", "there is no such dimension")
    for rule in scheme.rules:
        if rule.indicator not in {each.code for each in scheme.indicators}:
            raise PackFault(file, f"made.{rule.kind}.indicator", "there is no such indicator")
    kinds = {str(kind) for kind in Made}
    for kind in kinds ^ {rule.kind for rule in scheme.rules}:
        raise PackFault(file, f"made.{kind}", "the program makes rules of just these kinds")
    least = [grade.least for grade in scheme.grades]
    if not least or least != sorted(set(least), reverse=True) or least[-1]:
        raise PackFault(file, "grades", "from above to below, the last from 0 points on")


def _powers_fit(pack: "Pack") -> None:
    file = f"{pack.name}/powers.toml"
    for power in pack.powers:
        _known_duty(file, f"powers.{power.name}.duty", power.duty)
        for held in power.held:
            key = f"powers.{power.name}.held.{held.kind}.{held.level}"
            _known_basis(pack, file, f"{key}.basis", held.basis)
            _known_kind(pack, file, f"{key}.kind", held.kind)
        rows = ((f"{power.name}.held.{held.kind}.{held.level}", held) for held in power.held)
        _no_overlap(file, "powers", rows)


def _lists(pack: "Pack") -> Iterator[tuple[str, tuple[ChoiceList, ...]]]:
    yield f"{pack.name}/lists.toml", pack.own_lists
    yield f"{NATIONAL}/lists.toml", pack.national_lists


def _lists_fit(pack: "Pack") -> None:
    known = {choices.name for _, lists in _lists(pack) for choices in lists}
    for name in ("update_cycle", "body_kind"):
        if name not in known:
            raise PackFault(
                f"{NATIONAL}/lists.toml", f"lists.{name}", "the program needs this list"
            )
    for theme in pack.themes:
        if theme.basis:
            key = f"themes.{theme.code}.basis"
            _known_basis(pack, f"{pack.name}/themes.toml", key, theme.basis)
    for file, lists in _lists(pack):
        for choices in lists:
            if choices.basis:
                _known_basis(pack, file, f"lists.{choices.name}.basis", choices.basis)


def _categories_fit(pack: "Pack") -> None:
    for each in pack.categories:
        above = each.code[:6] if len(each.code) > 6 else each.code[:3]
        if above not in pack.nodes:
            file, key = f"{pack.name}/classification.toml", f"categories.{each.code}"
            raise PackFault(file, key, f"there is no {above} in the classification tree")


def _divisions_fit(pack: "Pack") -> None:
    file = f"{pack.name}/divisions.toml"
    known = {division.code: division for division in pack.division_rows}
    tops = [division for division in pack.division_rows if division.parent is None]
    if len(tops) != 1 or tops[0].level != "province":
        raise PackFault(file, "divisions", "exactly one division, the province, has no parent")
    for division in pack.division_rows:
        if division.parent is None:
            continue
        key = f"divisions.{division.code}.parent"
        if division.parent not in known:
            raise PackFault(file, key, f"there is no division {division.parent}")
        if LEVELS.index(known[division.parent].level) >= LEVELS.index(division.level):
            raise PackFault(file, key, "a division lies in one of a higher level")


def _past_codes_fit(pack: "Pack") -> None:
    file = f"{pack.name}/divisions.toml"
    known = {division.code for division in pack.division_rows}
    spans = {division.code: [(division.since, 9999)] for division in pack.division_rows}
    for code in pack.historic:
        if code.became not in known:
            key = f"historic.{code.code}.became"
            raise PackFault(file, key, f"there is no division {code.became}")
        if code.until < code.since:
            raise PackFault(file, f"historic.{code.code}", "it ends before it begins")
        spans.setdefault(code.code, []).append((code.since, code.until))
    for name, years in spans.items():
        for (_, ends), (begins, _) in pairwise(sorted(years)):
            if begins < ends:
                raise PackFault(file, f"historic.{name}", "the code has two meanings in one year")


def _map_fits(pack: "Pack") -> None:
    codes = {division.code for division in pack.division_rows}
    for feature in (pack.map or {}).get("features", ()):
        code = feature.get("id")
        if code is not None and code not in codes:
            raise PackFault(f"{pack.name}/map.geojson", code, "there is no such division")


def _bodies_fit(pack: "Pack") -> None:
    file = f"{pack.name}/bodies.toml"
    known = {division.code for division in pack.division_rows}
    for body in pack.bodies:
        if body.division not in known:
            key = f"bodies.{body.zh}.division"
            raise PackFault(file, key, f"there is no division {body.division}")
        _known_kind(pack, file, f"bodies.{body.zh}.kind", body.kind)
        if not read_credit_code(body.credit_code, pack.legacy_codes).may_be_used:
            key = f"bodies.{body.zh}.credit_code"
            raise PackFault(file, key, f"{body.credit_code} is no credit code (GB 32100)")
    if not any(pack.keeps_register(body.kind, body.division) for body in pack.bodies):
        raise PackFault(file, "bodies", "none of them keeps the register of bodies")


def _known_kind(pack: "Pack", file: str, key: str, kind: str) -> None:
    if kind not in pack.list("body_kind"):
        raise PackFault(file, key, f"there is no kind of body {kind}")


def _known_duty(file: str, key: str, name: str) -> None:
    try:
        duties.by_name(name)
    except KeyError:
        raise PackFault(file, key, f"no code carries a duty {name}") from None


def _known_basis(pack: "Pack", file: str, key: str, basis: str) -> None:
    """Accept a provision (``16.1``, ``ogi-regulation:33.2``) or the id of a national work."""
    if any(work.id == basis for work in pack.works):
        return
    try:
        _stands(pack, file, key, Cite.parse(basis))
    except ValueError:
        raise PackFault(
            file, key, f"{basis} is neither a provision nor a work of the national layer"
        ) from None


def _stands(pack: "Pack", file: str, key: str, cite: Cite, on: Iterable[date | None] = ()) -> None:
    """Refuse a place that no law held has, or that does not hold on one of the days ``on``."""
    laws = [work for work in pack.works if work.id == cite.work] if cite.work else [pack.law]
    if not laws:
        raise PackFault(file, key, f"there is no work {cite.work} in the national layer")
    law = laws[0]
    if not any(article.holds(cite.ref) for article in law.articles):
        raise PackFault(file, key, f"there is no provision {cite.ref}")
    for day in on:
        found = law.article(cite.ref.article, day)
        if found is None or not found.holds(cite.ref) or in_force([law], day) is None:
            when = day or "the days to come"
            raise PackFault(file, key, f"{cite.ref} of {law.id} does not hold on {when}")


def _unique(file: str, key: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise PackFault(file, f"{key}.{name}", "it is there twice")
        seen.add(name)


def _no_overlap(file: str, key: str, rows: Iterable[tuple[str, Dated]]) -> None:
    spans: dict[str, list[tuple[date, date]]] = {}
    for name, row in rows:
        span = (row.effective_from or date.min, row.effective_to or date.max)
        if span[1] < span[0]:
            raise PackFault(file, f"{key}.{name}", "it ends before it begins")
        spans.setdefault(name, []).append(span)
    for name, days in spans.items():
        for (_, ends), (begins, _) in pairwise(sorted(days)):
            if begins <= ends:
                raise PackFault(file, f"{key}.{name}", f"two rows hold on {begins}")
