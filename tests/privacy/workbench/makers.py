"""Works on the bench, from a release of people to a certificate, through the acts of anybody."""

from itertools import count, product

from tests.catalog.makers import make_entry, make_social
from tests.parties.makers import make_actor, make_enterprise, make_representative
from tests.warehouse.makers import make_release

from yelin.catalog.content import ItemContent as Item
from yelin.catalog.models import Entry
from yelin.ledger import sequencer
from yelin.ledger.issued import Papers
from yelin.parties.actor import Actor
from yelin.privacy.deidentify.roles import Role
from yelin.privacy.workbench import acts, certifying, tasks
from yelin.privacy.workbench.content import (
    ColumnContent,
    GuardContent,
    Ladder,
    LadderContent,
    Model,
    PlanContent,
)
from yelin.privacy.workbench.models import Certificate, Deidentification
from yelin.warehouse import acts as warehouse
from yelin.warehouse import tasks as preparing
from yelin.warehouse.models import Release, Upload
from yelin.warehouse.pipeline import Options
from yelin.warehouse.receive import receive

_number = count(1)
HEADER = "姓名,性别,年龄,区划,病种"
ITEMS = tuple(Item(name=name, type="C") for name in HEADER.split(","))
# The same, with ages as numbers.
TYPED = tuple(Item(name=each.name, type="N" if each.name == "年龄" else "C") for each in ITEMS)
LEFT = tuple(Item(name=name, type="C") for name in HEADER.split(",")[1:])


def people(many: int = 240, begin: int = 0) -> str:
    """Rows of people of which most are alone by sex, age and county together."""
    sexes, counties = ("男", "女"), ("460105", "460106", "460202", "460203")
    kinds = tuple(product(sexes, counties))
    rows = [
        f"人{n},{kinds[n % 8][0]},{20 + n * 7 % 60},{kinds[n % 8][1]},{'甲乙丙'[n * 5 % 3]}"
        for n in range(begin, begin + many)
    ]
    return "\n".join([HEADER, *rows]) + "\n"


def actor_of(entry: Entry) -> Actor:
    provider = entry.provider
    return make_representative(provider) if entry.social else make_actor(provider)


def make_source(provider=None, text: str = "", **over) -> Release:
    """A release of people that nobody but its own body has."""
    said = {"items": ITEMS, "opening_type": "none", "grade": 3} | over
    return make_release(make_entry(provider, **said), text or people())


def make_social_release(firm, items, text: str, **over) -> Release:
    """A release of an enterprise."""
    entry = make_social(firm, items=items, **over)
    actor = make_representative(firm)
    upload = brought(actor, entry, text)
    return warehouse.publish(
        actor=actor, entry=entry, upload=upload, without_rejected=True, as_changed=True
    )


def brought(actor: Actor, entry: Entry, text: str) -> Upload:
    upload = warehouse.receive(
        actor=actor,
        entry=entry,
        received=receive([text.encode()], "people.csv"),
        options=Options(),
    )
    preparing.prepare(upload=str(upload.pk))
    upload.refresh_from_db()
    return upload


def plan_of(**over) -> PlanContent:
    """What is said of the columns of ``people``."""
    said = {
        "columns": (
            ColumnContent(name="姓名", role=Role.DIRECT),
            ColumnContent(name="性别", role=Role.QUASI, ladder=LadderContent(kind=Ladder.FLAT)),
            ColumnContent(
                name="年龄",
                role=Role.QUASI,
                ladder=LadderContent(kind=Ladder.NUMBERS, widths=(5, 10, 20)),
            ),
            ColumnContent(
                name="区划", role=Role.QUASI, ladder=LadderContent(kind=Ladder.DIVISIONS)
            ),
            ColumnContent(name="病种", role=Role.SENSITIVE),
        ),
        "guards": (GuardContent(column="病种", model=Model.DISTINCT, value=2),),
    }
    return PlanContent(**said | over)


def make_work(source: Release | None = None, to: Entry | None = None, **over) -> Deidentification:
    """A work whose columns are classified."""
    source = source or make_source()
    entry = source.entry
    actor = actor_of(entry)
    to = to or make_target(entry)
    sharing = over.pop("sharing", "controlled")
    work = acts.begin(actor=actor, entry=entry, number=source.number, to=to, sharing=sharing)
    return acts.classify(actor=actor, work=work, plan=plan_of(**over))


def make_target(entry: Entry, **over) -> Entry:
    """Another entry of the same body, for what nobody is told by."""
    if entry.social:
        said = {"items": LEFT, "sharing_type": "unconditional", "opening_type": "unconditional"}
        return make_social(entry.provider, **said | {"handing_over": "irreversible"} | over)
    return make_entry(entry.provider, **{"items": LEFT} | over)


def fresh(work: Deidentification) -> Deidentification:
    return Deidentification.objects.select_related(*Deidentification.ALONG).get(pk=work.pk)


def make_found(work: Deidentification | None = None, **over) -> Deidentification:
    work = work or make_work(**over)
    acts.search(actor=actor_of(work.entry), work=work)
    tasks.search(str(work.pk))
    return fresh(work)


def make_published(work: Deidentification | None = None, **over) -> Deidentification:
    """A work whose rows were written, brought in and published."""
    work = make_found(work, **over)
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


def make_measured(work: Deidentification | None = None, **over) -> Deidentification:
    work = make_published(work, **over)
    acts.measure(actor=actor_of(work.entry), work=work)
    tasks.measure(str(work.pk))
    return fresh(work)


def make_certificate(work: Deidentification | None = None, **over) -> Certificate:
    work = make_measured(work, **over)
    assert work.error == {}, work.error
    return acts.certify(actor=actor_of(work.entry), work=work)


def make_firm_work(**over) -> Deidentification:
    """A work of an enterprise, into an entry that others have only once it shows nobody."""
    firm = make_enterprise()
    return make_work(make_social_release(firm, ITEMS, people()), **over)


def made(certificate: Certificate) -> Papers:
    """What is handed out once the ledger has signed."""
    sequencer.settle()
    return certifying.papers(certificate)
