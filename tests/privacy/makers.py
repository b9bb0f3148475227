"""Notices, consents and data under them, through the same acts as anybody's."""

from itertools import count

from tests.catalog.makers import make_entry
from tests.delivery.makers import ON_CONDITIONS
from tests.opening.makers import make_verified
from tests.parties.makers import make_actor, make_body, make_citizen
from tests.warehouse.makers import make_release

from yelin.catalog.content import ItemContent as Item
from yelin.parties.actor import Actor
from yelin.privacy import acts
from yelin.privacy.content import ChoiceContent, ItemContent, NoticeContent, PurposeContent
from yelin.privacy.models import CollectionNotice, Covering

_number = count(1)
CHILD = "460105201503070013"
NUMBERS = ("11010519491231002X", "460105199003070017", "460202198512154210")
# The first stands there twice, once in another spelling; the last row is of nobody.
PEOPLE = (
    "身份证号,站点,年份\n"
    f"{NUMBERS[0]},海口东站,2024\n{NUMBERS[1]},美兰,2025\n{NUMBERS[2]},三亚站,2026\n"
    f"{NUMBERS[0].lower()},亚龙湾,2026\n,秀英港,2026\n"
)
GIVEN = PurposeContent(
    title="向规划单位提供出行记录",
    use="汇总各站点的客流",
    recipients="海南省规划研究院",
    retention="两年",
)


def content_of(**over) -> NoticeContent:
    """What a notice says against which no rule stands."""
    number = ItemContent(name="身份证号", purposes=(1,), need="区分乘车人", sensitive=True)
    said = {
        "title": f"公交卡实名登记告知书{next(_number)}",
        "service": "乘坐公交车",
        "purposes": (GIVEN,),
        "items": (number,),
        "choices": (ChoiceContent(label="同意提供出行记录", purposes=(1,)),),
    }
    return NoticeContent(**said | over)


def make_draft(body=None, **over) -> CollectionNotice:
    body = body or make_body()
    return acts.draft(actor=make_actor(body), body=body, content=content_of(**over))


def make_notice(body=None, **over) -> CollectionNotice:
    """A published notice."""
    notice = make_draft(body, **over)
    return acts.publish(actor=make_actor(notice.body), notice=notice)


def make_subject(number=NUMBERS[0]) -> Actor:
    """A citizen who was verified to have this number."""
    citizen = make_citizen()
    make_verified(citizen, number=number)
    return citizen


def make_people(body=None, text=PEOPLE, **over):
    """A resource whose rows are of people, with its first release."""
    said = {
        "items": (
            Item(name="身份证号", type="C", grade=2),
            Item(name="站点", type="C"),
            Item(name="年份", type="I"),
        ),
        "grade": 2,
    }
    return make_release(make_entry(body, **ON_CONDITIONS | said | over), text).entry


def make_covering(entry=None, notice=None, **over) -> Covering:
    """Rows that go out by consent alone; nobody agrees yet."""
    entry = entry or make_people()
    notice = notice or make_notice(entry.provider)
    said = {"item": "身份证号", "purpose": notice.purposes.get(ended_at=None)} | over
    return acts.cover(actor=make_actor(entry.provider), entry=entry, **said)
