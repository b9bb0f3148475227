"""What carries the law: each article, its duties, the code that does them, the tests that prove it.

Made from source alone, never from a test run, so that a partial run cannot lie. A duty is carried
by an act that declares it, an arm or a refusal that names it, a clock that counts it, or a function
in which ``duties.NAME`` stands; a test proves it by ``@pytest.mark.duty("name")``.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from yelin.law import duties, packs
from yelin.law.duties import Duty
from yelin.law.packs import Pack
from yelin.law.statute import Article

PAGE = Path("docs/conformance.md")
_SOURCE = Path("src/yelin")
_DUTIES = _SOURCE / "law" / "duties.py"
_KINDS = ("act", "arm", "refusal", "clock", "rule", "function")
_CALLS = {"may": "arm", "explain": "refusal"}
_DUTY_BY_CONSTANT = {
    constant: value for constant, value in vars(duties).items() if isinstance(value, Duty)
}


@dataclass(frozen=True, order=True, slots=True)
class Carrier:
    """A place in the source that carries a duty."""

    duty: str
    kind: str
    name: str
    path: str


@dataclass(frozen=True, order=True, slots=True)
class Proof:
    """A test that is marked with a duty; one that is long is not run before each change."""

    duty: str
    path: str
    name: str
    long: bool = False


def carriers(root: Path) -> list[Carrier]:
    """Return every place under ``root``'s source that carries a duty."""
    found: set[Carrier] = set()
    for path in sorted((root / _SOURCE).rglob("*.py")):
        place = path.relative_to(root)
        if place == _DUTIES or "migrations" in place.parts:
            continue
        module = ".".join(place.with_suffix("").parts[2:]).removesuffix(".__init__")
        reader = _Reader(module, place.as_posix())
        reader.visit(ast.parse(path.read_text(encoding="utf-8")))
        found |= reader.found
    return sorted(found)


def proofs(root: Path) -> list[Proof]:
    """Return every test under ``root`` that is marked with a duty."""
    found: set[Proof] = set()
    for path in sorted((root / "tests").rglob("*.py")):
        place = path.relative_to(root).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= {Proof(duty, place, name, long) for duty, name, long in _marks(tree, "")}
    return sorted(found)


def render(root: Path) -> str:
    """Return the conformance page for the source under ``root``."""
    return _Page(_pack(), carriers(root), proofs(root)).text()


def write(root: Path) -> Path:
    """Write the conformance page and return where it is."""
    page = root / PAGE
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(render(root), encoding="utf-8")
    return page


def faults(root: Path) -> list[str]:
    """Return what keeps the law, the code, the tests and the page from agreeing; none is good.

    Raises ``PackFault`` for a pack that may not be used (a missing article is found there).
    """
    pack, carried, proven = _pack(), carriers(root), proofs(root)
    found = [
        *_duties_without(pack, carried, proven),
        *(
            f"{proof.path}: {proof.name} proves {proof.duty}, which is no duty"
            for proof in proven
            if proof.duty not in {duty.name for duty in duties.ALL}
        ),
    ]
    page = root / PAGE
    if not page.is_file():
        found.append(f"{PAGE} is missing; write it with: yelin law conformance")
    elif page.read_text(encoding="utf-8") != _Page(pack, carried, proven).text():
        found.append(f"{PAGE} is stale; write it again with: yelin law conformance")
    return found


def _pack() -> Pack:
    return Pack.load(packs.DEFAULT)


def _duties_without(
    pack: Pack, carried: Iterable[Carrier], proven: Iterable[Proof]
) -> Iterator[str]:
    in_code = {carrier.duty for carrier in carried}
    in_tests = {proof.duty for proof in proven}
    each_time = {proof.duty for proof in proven if not proof.long}
    for duty in duties.ALL:
        if not pack.orders(duty):
            yield f"{duty}: no provision of {pack.name} orders it"
        if duty.name not in in_code:
            yield f"{duty}: no code carries it"
        elif duty.name not in in_tests:
            yield f"{duty}: no test proves it"
        elif duty.name not in each_time:
            yield f"{duty}: none but long tests prove it"


class _Reader(ast.NodeVisitor):
    """Reads one module for the duties that it cites and how."""

    def __init__(self, module: str, path: str) -> None:
        self.found: set[Carrier] = set()
        self._module, self._path = module, path
        self._scope: list[str] = []
        self._names: dict[str, Duty] = {}
        self._modules: set[str] = set()

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if node.module == "yelin.law" and alias.name == "duties":
                self._modules.add(alias.asname or alias.name)
            elif node.module == "yelin.law.duties" and alias.name in _DUTY_BY_CONSTANT:
                self._names[alias.asname or alias.name] = _DUTY_BY_CONSTANT[alias.name]

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            if not self._is_act(decorator):
                self.visit(decorator)
        self._scope.append(node.name)
        for part in (node.args, *node.body):
            self.visit(part)
        self._scope.pop()

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815  # ast names it

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._scope.append(node.name)
        self.generic_visit(node)
        self._scope.pop()

    def visit_Call(self, node: ast.Call) -> None:
        called = _called(node)
        if called in _CALLS and node.args:
            for duty in self._cited(node):
                self._add(duty, _CALLS[called], _text(node.args[0]))
        elif isinstance(node.func, ast.Attribute) and _text(node.func.value) == "clock":
            for duty in self._cited(node):
                self._add(duty, "clock", f"{self._here()}: clock.{called}")
        else:
            self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        self._cite(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._cite(node)
        self.generic_visit(node)

    def _is_act(self, node: ast.expr) -> bool:
        """Read ``node`` if it is ``@act(…)``; what it starts or ends is a clock of the act."""
        if not (isinstance(node, ast.Call) and _called(node) == "act" and node.args):
            return False
        name = _text(node.args[0])
        for keyword in node.keywords:
            for duty in self._cited(keyword.value):
                if keyword.arg in {"starts", "ends"}:
                    self._add(duty, "clock", f"{name} {keyword.arg} it")
                else:
                    self._add(duty, "act", name)
        return True

    def _cite(self, node: ast.Name | ast.Attribute) -> None:
        duty = self._duty(node)
        if duty is not None:
            self._add(duty, "rule" if self._module.endswith(".rules") else "function", self._here())

    def _cited(self, node: ast.AST) -> list[Duty]:
        return [duty for part in ast.walk(node) if (duty := self._duty(part)) is not None]

    def _duty(self, node: ast.AST) -> Duty | None:
        if isinstance(node, ast.Name):
            return self._names.get(node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            return _DUTY_BY_CONSTANT.get(node.attr) if node.value.id in self._modules else None
        return None

    def _here(self) -> str:
        return ".".join((self._module, *self._scope))

    def _add(self, duty: Duty, kind: str, name: str) -> None:
        self.found.add(Carrier(duty.name, kind, name, self._path))


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else _text(node.func)


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    return ast.unparse(node)


def _marks(node: ast.AST, name: str, *, long: bool = False) -> Iterator[tuple[str, str, bool]]:
    """Yield each duty marked in ``node``, what test, class or module has it, and if it is long."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call) and _is_mark(child.func, "duty"):
            for argument in child.args:
                yield _text(argument), name or "the whole module", long
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            below = f"{name}::{child.name}" if name else child.name
            is_long = long or any(_is_mark(each, "long") for each in child.decorator_list)
            yield from _marks(child, below, long=is_long)
        else:
            yield from _marks(child, name, long=long)


def _is_mark(node: ast.expr, name: str) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == name
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "mark"
    )


class _Page:
    """The page: a table of all articles, then each duty with its code and tests by name."""

    def __init__(self, pack: Pack, carried: list[Carrier], proven: list[Proof]) -> None:
        self._pack = pack
        self._carried: defaultdict[str, list[Carrier]] = defaultdict(list)
        for carrier in carried:
            self._carried[carrier.duty].append(carrier)
        self._proven: defaultdict[str, list[Proof]] = defaultdict(list)
        for proof in proven:
            self._proven[proof.duty].append(proof)

    def text(self) -> str:
        """Return the page as Markdown."""
        parts = [*self._head(), *self._table(), "", *self._national(), "", *self._duties()]
        return "\n".join(parts) + "\n"

    def _head(self) -> Iterator[str]:
        law, articles = self._pack.law, self._pack.law.articles
        begun = [a for a in articles if self._pack.duties_of(a.number)]
        silent = [a for a in articles if a.matter == "none"]
        planned = len(articles) - len(begun) - len(silent)
        yield f"# Conformance: {law.en} ({law.zh})"
        yield ""
        yield "Written from the source by `yelin law conformance`; do not edit."
        yield ""
        yield (
            f"Of {len(articles)} articles, {len(begun)} have duties in the program (some in part: "
            f'see "Still planned"), {planned} are planned, {len(silent)} are no system matter.'
        )
        yield ""

    def _table(self) -> Iterator[str]:
        yield "| Article | About | Duties | Carried by | Proven by | Still planned |"
        yield "| --- | --- | --- | --- | --- | --- |"
        for article in self._pack.law.articles:
            cells = (str(article.number), f"{article.about_en} {article.about_zh}")
            yield f"| {' | '.join((*cells, *self._row(article)))} |"

    def _national(self) -> Iterator[str]:
        yield "## National laws that order duties"
        yield ""
        yield "| Law | Article | Duties |"
        yield "| --- | --- | --- |"
        for work in self._pack.works:
            for article in work.articles:
                if ordered := self._pack.duties_of(article.number, work.id):
                    named = "<br>".join(map(self._anchor, ordered))
                    about = f"{article.number}: {article.about_en} {article.about_zh}"
                    yield f"| {work.title('en')} {work.title('zh')} | {about} | {named} |"

    def _row(self, article: Article) -> tuple[str, str, str, str]:
        ordered = self._pack.duties_of(article.number)
        if article.matter == "none":
            return ("–", "–", "–", f"no system matter: {article.why('en')}")
        if not ordered:
            return ("–", "–", "–", f"planned: {article.asks}")
        return (
            "<br>".join(self._link(duty, article.number) for duty in ordered),
            "<br>".join(self._summary(duty) for duty in ordered),
            "<br>".join(_count(len(self._proven[duty.name]), "test") for duty in ordered),
            article.planned or "–",
        )

    def _link(self, duty: Duty, article: int) -> str:
        places = self._pack.provision(duty).places
        refs = [place.ref for place in places if place.article == article and not place.national]
        return f"{self._anchor(duty)} ({', '.join(refs)})"

    def _anchor(self, duty: Duty) -> str:
        return f"[`{duty.name}`](#{duty.name.replace('.', '')})"

    def _summary(self, duty: Duty) -> str:
        kinds = [carrier.kind for carrier in self._carried[duty.name]]
        words = [_count(kinds.count(kind), kind) for kind in _KINDS if kind in kinds]
        return ", ".join(words) or "no code yet"

    def _duties(self) -> Iterator[str]:
        yield "## Duties"
        for duty in duties.ALL:
            yield ""
            yield f"### {duty.name}"
            yield ""
            if self._pack.orders(duty):
                places = ", ".join(at.label("en") for at in self._pack.provision(duty).places)
                yield f"{duty.says}. {places}."
            else:
                yield f"{duty.says}. No provision orders it."
            yield ""
            yield from self._code(duty)
            yield from self._tests(duty)

    def _code(self, duty: Duty) -> Iterator[str]:
        for kind in _KINDS:
            for carrier in self._carried[duty.name]:
                if carrier.kind == kind:
                    yield f"- {kind} `{carrier.name}` in [{carrier.path}](../{carrier.path})"
        if not self._carried[duty.name]:
            yield "- no code yet"

    def _tests(self, duty: Duty) -> Iterator[str]:
        for path, group in groupby(self._proven[duty.name], key=lambda proof: proof.path):
            names = ", ".join(f"`{proof.name}`" for proof in group)
            yield f"- proven in [{path}](../{path}): {names}"
        if not self._proven[duty.name]:
            yield "- no test yet"


def _count(number: int, noun: str) -> str:
    if not number:
        return f"no {noun} yet"
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
