"""Rules for tests, through the same acts as any user's."""

from tests.parties.makers import make_actor

from yelin.catalog.models import Entry
from yelin.quality import acts
from yelin.quality.content import RuleContent
from yelin.quality.models import Threshold, WrittenRule


def make_content(**over) -> RuleContent:
    said = {"indicator": "0104", "text": "吞吐量不为负", "text_en": "Never below zero"}
    asks = {} if "refers_to" in over else {"holds": "海口港 >= 0"}
    return RuleContent(**said | asks | over)


def make_rule(entry: Entry, **over) -> WrittenRule:
    return acts.add_rule(
        actor=make_actor(entry.provider), entry=entry, content=make_content(**over)
    )


def make_threshold(entry: Entry, least: int, *, blocks: bool = True, **weights) -> Threshold:
    return acts.set_threshold(
        actor=make_actor(entry.provider),
        entry=entry,
        least=least,
        blocks=blocks,
        weights={code.removeprefix("w"): weight for code, weight in weights.items()},
    )
