"""The rules that follow from what an entry says of its items, its cycle and its standards."""

from collections.abc import Iterator, Sequence

from yelin.catalog.models import Entry, Item
from yelin.law.quality import Made, Scheme
from yelin.quality.rules import Rule

_TEXTS = frozenset("CMG")
# By which words in its name, or in that of its data element, an item is known to hold such codes.
_CREDIT_CODE = ("统一社会信用代码", "社会信用代码", "统一代码")
_RESIDENT_ID = ("身份证号", "公民身份号码", "居民身份号码", "身份号码")


def made(entry: Entry, scheme: Scheme) -> list[Rule]:
    """Return every rule that is asked of the entry's releases without anybody writing one."""
    items = list(entry.items.select_related("element"))
    return [_rule(kind, named, scheme) for kind, named in _asked(entry, items)]


def _asked(entry: Entry, items: Sequence[Item]) -> Iterator[tuple[Made, tuple[str, ...]]]:
    for item in items:
        for kind in _of(item):
            yield kind, (item.name,)
    keys = tuple(item.name for item in items if item.key)
    yield (Made.UNIQUE, keys) if keys else (Made.ONCE, ())
    yield from ((kind, ()) for kind in (Made.DESCRIBED, Made.KEPT, Made.READABLE, Made.READ_BACK))
    if entry.pace() is not None:
        yield Made.IN_TIME, ()


def _of(item: Item) -> Iterator[Made]:
    yield Made.CARRIED
    yield Made.REQUIRED if item.key or not item.nullable else Made.FILLED
    if item.code_list_id:
        yield Made.LISTED
    if item.type not in _TEXTS:
        yield Made.TYPED
    elif item.length:
        yield Made.SIZED
    if item.type in "DT":
        yield Made.DATED
    if item.type in _TEXTS:
        if _is_called(item, _CREDIT_CODE):
            yield Made.CREDIT_CODE
        elif _is_called(item, _RESIDENT_ID):
            yield Made.RESIDENT_ID


def _is_called(item: Item, words: tuple[str, ...]) -> bool:
    names = (item.name, item.element.name if item.element else "")
    return any(word in name for word in words for name in names)


def _rule(kind: Made, items: tuple[str, ...], scheme: Scheme) -> Rule:
    found = scheme.made[kind]
    return Rule(
        code=":".join((str(kind), *items)),
        kind=str(kind),
        indicator=found.indicator,
        items=items,
        weight=found.weight,
        veto=found.veto,
        zh=found.zh.format(items="、".join(items)),
        en=found.en.format(items=", ".join(items)),
    )
