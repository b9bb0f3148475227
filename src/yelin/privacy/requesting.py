"""A person asks what is held of them, for a copy, a correction or deletion (个人信息权利请求)."""

from collections.abc import Iterator
from datetime import timedelta

from procrastinate.contrib.django import app
from pydantic import BaseModel, ConfigDict, Field

from yelin.cases.models import Case
from yelin.cases.procedure import MOST, Procedure
from yelin.cases.rules import State as CaseState
from yelin.catalog.models import Entry
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.parties.models import Body
from yelin.privacy import finding
from yelin.privacy.requested import Kind, State, SubjectRequest, Target, What
from yelin.warehouse import tombstones
from yelin.warehouse.models import Release

# For so many days the copy that was made for a subject lies there.
COPY_DAYS = 7


class Wish(BaseModel):
    """What is asked, and why; of a correction, which ``item`` should say which ``value``."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    what: What
    says: str = Field(default="", max_length=MOST)
    item: str = Field(default="", max_length=200)
    value: str = Field(default="", max_length=500)


class Asked(Wish):
    """The same, with about whom: of a number its ends alone."""

    masked: str = Field(default="", max_length=32)
    for_child: bool = False


class Given(BaseModel):
    """What is given: all but the resources that are ``kept``, by their codes.

    A correction names the version that says what was asked.
    """

    model_config = ConfigDict(extra="forbid")

    kept: tuple[str, ...] = ()
    release: int | None = None


def faults(asked: Asked, about: Entry | Body) -> Iterator[Fault]:
    """Yield what is not said of a correction: where, which item, and what it should say."""
    if asked.what is not What.CORRECTION:
        return
    if not isinstance(about, Entry):
        says = "A correction is of one resource: name it."
        yield Fault("resource", says, duties.SUBJECT_ASK)
        return
    item = about.items.filter(name=asked.item).first()
    if item is None:
        yield Fault("item", "There is no item called {name}.", params={"name": asked.item})
        return
    if about.subject_sets.filter(item=asked.item).exists():
        says = "By this item it is known who somebody is. Have that verified instead."
        yield Fault("item", says, duties.SUBJECT_ASK)
    try:
        tombstones.plain(asked.value, item.type)
    except ValueError:
        yield Fault("value", "This is no value of {name}.", params={"name": asked.item})


def approve(case: Case, asked: Asked, given: Given) -> None:
    """Let what is asked be carried out, place by place, beginning at once.

    Raises ``OutOfTurn`` while the places are looked for, ``Incomplete`` for what is kept and is
    none of them, and for a version that does not say what is to be corrected.
    """
    request = SubjectRequest.objects.get(case=case)
    if request.found_at is None:
        raise OutOfTurn("What is held is still being looked for. Decide once it is listed.")
    codes = {
        case.about.code,
        *(each.entry.code for each in request.targets.select_related("entry")),
    }
    if strange := [code for code in given.kept if code not in codes]:
        says = "{name} is none of the resources that hold the person."
        raise Incomplete.at("kept", says, params={"name": strange[0]})
    if asked.what is What.CORRECTION:
        _require_corrected(case, request, asked, given)
        return
    if asked.what is What.DELETION:
        _begin(request, given)
        return
    request.copy_until = clock.end_of(clock.today() + timedelta(days=COPY_DAYS))
    request.save(update_fields=["copy_until"])
    app.configure_task("privacy.copy", queueing_lock=f"copy/{request.pk}").defer(
        request=str(request.pk)
    )


def _require_corrected(case: Case, request: SubjectRequest, asked: Asked, given: Given) -> None:
    release = Release.objects.with_files().filter(
        entry=case.about_id, number=given.release or 0
    ).select_related("entry", "sealed_by").first()  # fmt: skip
    if release is None or release != Release.objects.latest_of(release.entry):
        says = "Name the version that says it: the newest."
        raise Incomplete.at("release", says, duties.SUBJECT_ANSWER)
    kind = release.entry.items.get(name=asked.item).type
    value = tombstones.plain(asked.value, kind)
    held = finding.held_in(release, request)
    if held is None or not held.rows() or held.says_otherwise([(asked.item, value)]):
        says = "In this version the rows of the person do not say what is asked."
        raise Incomplete.at("release", says, duties.SUBJECT_ANSWER)


def _begin(request: SubjectRequest, given: Given) -> None:
    now = clock.now()
    for target in request.targets.select_related("entry", "release", "request__case"):
        if target.entry.code in given.kept:
            target.settle(State.KEPT, now, "kept")
            continue
        if target.kind == Kind.CONSENT and _serves_others(target):
            target.settle(State.KEPT, now, "serves_others")
            continue
        begin(target)


def begin(target: Target) -> None:
    """Let a target be reached from now on, within the term that its kind has."""
    target.state, target.next_at = State.WAITING, clock.now()
    target.save()
    if target.kind != Kind.RECIPIENT:
        clock.run(target, duties.ERASE.name)
    app.configure_task("privacy.reach", lock=f"target/{target.pk}").defer(target=str(target.pk))


def _serves_others(target: Target) -> bool:
    """Whether by the same consent rows of other resources go out, which this is not about."""
    assert target.consent is not None  # noqa: S101 - the database asks for it
    living = target.consent.purpose.coverings.filter(ended_at=None)
    ours = target.request.targets.filter(kind=Kind.COPIES).values("entry")
    return living.exclude(entry__in=ours).exclude(entry=target.entry_id).exists()


def moved(case: Case) -> None:
    """Look for what is held as soon as it is asked; whoever completes it stays who was verified."""
    if case.state != CaseState.SUBMITTED:
        return
    request = SubjectRequest.objects.filter(case=case).first()
    if request is None:
        app.configure_task("privacy.find", lock=f"find/{case.pk}").defer(case=str(case.pk))
        return
    case.asked |= {"masked": request.masked, "for_child": request.for_child}
    case.save(update_fields=["asked"])
    request.what = case.asked["what"]
    request.save(update_fields=["what"])


def _handler(about: Entry | Body) -> Body:
    return about if isinstance(about, Body) else about.provider


SUBJECT_REQUEST = Procedure(
    kind="personal.request",
    letters="GR",
    says="it is a request of a person about what is held of them",
    asked=Asked,
    given=Given,
    handler=_handler,
    apply=duties.SUBJECT_ASK,
    answer=duties.SUBJECT_ANSWER,
    faults=faults,
    lacks=lambda _asked, given: bool(given.kept),
    approve=approve,
    followed_by_all=False,
    moved=moved,
)
