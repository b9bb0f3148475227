"""How a notice is held to the rules and becomes public, purpose by purpose."""

from datetime import datetime
from functools import lru_cache

from yelin.keys.canonical import digest
from yelin.law import packs
from yelin.law.lists import ChoiceList
from yelin.law.packs import Pack
from yelin.law.refusals import Fault, OutOfTurn
from yelin.privacy import rules
from yelin.privacy.content import NoticeContent
from yelin.privacy.models import CollectionNotice, NoticeVersion, Purpose, State
from yelin.privacy.rules import Vocabulary, spelt


def faults(notice: CollectionNotice) -> list[Fault]:
    """Return what stands against publishing ``notice`` as it reads at the desk."""
    asked = [item.name for item in notice.form.content.items] if notice.form else []
    return list(rules.examine(notice.content, vocabulary(packs.active()), asked))


@lru_cache
def vocabulary(pack: Pack) -> Vocabulary:
    """Return the words of ``pack`` by which notices are examined."""
    return Vocabulary(_words(pack.list("pretext")), _words(pack.list("sensitive_item")))


def _words(named: ChoiceList) -> tuple[str, ...]:
    return tuple(spelt(word) for each in named.values for word in (each.zh, *each.aliases))


def publish(notice: CollectionNotice, at: datetime) -> None:
    """Make public what ``notice`` says. Raises ``OutOfTurn`` where everyone reads that already."""
    content = notice.content
    said = digest(notice.content_kept)
    before = notice.told
    if before and bytes(before.digest) == said:
        raise OutOfTurn("Everyone reads this already.")
    notice.version += 1
    notice.state, notice.changed_at = State.PUBLISHED, at
    notice.save()
    NoticeVersion.objects.create(
        notice=notice,
        number=notice.version,
        content_kept=notice.content_kept,
        digest=said,
        published_at=at,
    )
    _serve(notice, content, at)


def _serve(notice: CollectionNotice, content: NoticeContent, at: datetime) -> None:
    """End the purposes that are no more, or other ones, and begin those that are new."""
    wanted = {}
    for number, purpose in enumerate(content.purposes, 1):
        items = [item.model_dump(mode="json") for item in content.items_of(number)]
        # In which place a purpose stands does not make it another.
        named = [{**item, "purposes": []} for item in items]
        told = {**purpose.model_dump(mode="json"), "items": named}
        wanted[digest(told)] = purpose, told
    living = notice.purposes.filter(ended_at=None)
    known = {bytes(each.digest): each for each in living}
    gone = [each.pk for made, each in known.items() if made not in wanted]
    notice.purposes.filter(pk__in=gone).update(ended_at=at)
    notice.purposes.filter(ended_at=None).update(guardians=content.guardians)
    for made, (purpose, told) in wanted.items():
        if made not in known:
            Purpose(
                notice=notice,
                title=purpose.title,
                basis=purpose.basis,
                guardians=content.guardians,
                content_kept=told,
                digest=made,
                since=at,
            ).save()


def withdraw(notice: CollectionNotice, at: datetime) -> None:
    """Let nobody agree by ``notice`` any more."""
    notice.state, notice.withdrawn_at, notice.changed_at = State.WITHDRAWN, at, at
    notice.save()
    notice.purposes.filter(ended_at=None).update(ended_at=at)
