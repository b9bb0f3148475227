"""Works that make statistics of people, from a release to a certificate."""

from tests.parties.makers import make_enterprise
from tests.privacy.workbench.makers import (
    actor_of,
    fresh,
    make_social_release,
    make_source,
    make_target,
)

from yelin.catalog.content import ItemContent as Item
from yelin.catalog.models import Entry
from yelin.privacy.workbench import acts, tasks
from yelin.privacy.workbench.models import Certificate, Deidentification, Makes
from yelin.privacy.workbench.statistics import DimensionContent, StatisticsContent
from yelin.warehouse import acts as warehouse
from yelin.warehouse import tasks as preparing
from yelin.warehouse.models import Release, Upload

ROWS = "姓名,区划,病种,费用"
ITEMS = (*(Item(name=name, type="C") for name in ROWS.split(",")[:3]), Item(name="费用", type="N"))
TABLE = (
    Item(name="区划", type="C"),
    Item(name="病种", type="C"),
    Item(name="数量", type="N", nullable=True),
)
# How many of each county and illness there are.
MANY = {
    ("海口", "甲"): 20, ("海口", "乙"): 50, ("海口", "丙"): 10,
    ("三亚", "甲"): 2, ("三亚", "乙"): 19, ("三亚", "丙"): 22,
    ("儋州", "甲"): 17, ("儋州", "乙"): 32, ("儋州", "丙"): 12,
}  # fmt: skip


def patients(many: dict[tuple[str, str], int] | None = None) -> str:
    """Rows of people, so many of each kind; of each a cost."""
    rows = [
        f"人{county}{illness}{n},{county},{illness},{100 + n % 40}"
        for (county, illness), count in (many or MANY).items()
        for n in range(count)
    ]
    return "\n".join([ROWS, *rows]) + "\n"


def plan_of(**over) -> StatisticsContent:
    """Counties and illnesses, counted."""
    said = {"dimensions": (DimensionContent(name="区划"), DimensionContent(name="病种"))}
    return StatisticsContent(**said | over)


def make_people(text: str = "") -> Release:
    """A release of people that nobody but its own body has."""
    return make_source(text=text or patients(), items=ITEMS)


def make_firm_people(text: str = "") -> Release:
    """A release of an enterprise."""
    return make_social_release(make_enterprise(), ITEMS, text or patients())


def make_table_entry(entry: Entry, **over) -> Entry:
    """Another entry of the same body, for statistics."""
    return make_target(entry, **{"items": TABLE} | over)


def make_statistics(source: Release | None = None, **over) -> Deidentification:
    """A work whose table is planned."""
    source = source or make_people()
    entry, sharing = source.entry, over.pop("sharing", "controlled")
    actor = actor_of(entry)
    work = acts.begin(
        actor=actor,
        entry=entry,
        number=source.number,
        to=over.pop("to", None) or make_table_entry(entry),
        sharing=sharing,
        makes=Makes.STATISTICS,
    )
    return acts.tabulate(actor=actor, work=work, plan=plan_of(**over))


def make_found(work: Deidentification) -> Deidentification:
    acts.search(actor=actor_of(work.entry), work=work)
    tasks.search(str(work.pk))
    return fresh(work)


def make_published(work: Deidentification) -> Deidentification:
    """A work whose table was written, brought in and published."""
    work = make_found(work)
    assert work.error == {}, work.error
    actor = actor_of(work.entry)
    acts.prepare(actor=actor, work=work)
    tasks.write(str(work.pk))
    work = fresh(work)
    assert work.error == {}, work.error
    preparing.prepare(upload=str(work.upload_id))
    upload = Upload.objects.get(pk=work.upload_id)
    warehouse.publish(
        actor=actor, entry=work.entry, upload=upload, without_rejected=False, as_changed=True
    )
    return fresh(work)


def make_measured(work: Deidentification) -> Deidentification:
    work = make_published(work)
    acts.measure(actor=actor_of(work.entry), work=work)
    tasks.measure(str(work.pk))
    return fresh(work)


def make_certificate(work: Deidentification | None = None, **over) -> Certificate:
    work = make_measured(work or make_statistics(**over))
    assert work.error == {}, work.error
    return acts.certify(actor=actor_of(work.entry), work=work)
