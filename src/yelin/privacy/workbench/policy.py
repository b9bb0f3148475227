"""Who works on the bench and certifies, and what others have of business data only then (49)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from yelin.acts.references import known
from yelin.catalog.models import Entry
from yelin.catalog.predicates import is_kept, is_of_government, is_own
from yelin.gate import Anyone, Is, IsNot, OwnBody, Predicate, explain, may, provided
from yelin.gate.asked import Asked
from yelin.law import duties
from yelin.ledger.models import Leaf
from yelin.parties.models import Body
from yelin.privacy.policy import collects
from yelin.privacy.workbench.models import BroughtHierarchy, Certificate, Deidentification
from yelin.warehouse.models import Release

_SAYS = "Only who collects for the providing body does this."


class BearsCertificate(Predicate):
    """The newest release of the entry bears a certificate that stands; ``ways``: for one of these.

    Without ``ways`` one for whatever way of sharing will do.
    """

    def __init__(self, *ways: str) -> None:
        self._ways = ways

    def describe(self) -> str:
        """Say it."""
        return _("takes what bears a certificate of de-identification that stands")

    def holds(self, asked: Asked, thing: Model) -> bool:
        """Whether there is one, today."""
        return any(
            not self._ways or way in self._ways for way in asked.once(_certified).get(thing.pk, ())
        )

    def q(self, asked: Asked) -> Q:
        """Return that there is one as a filter on entries."""
        del asked
        standing = Certificate.objects.standing().order_by()
        if self._ways:
            standing = standing.filter(sharing__in=self._ways)
        return Q(pk__in=standing.values("release__entry"))


def _certified(things: Sequence[Model]) -> Mapping[UUID, Sequence[str]]:
    """Return of those entries whose newest release bears some, for which ways of sharing."""
    of = [each.pk for each in things if isinstance(each, Entry)]
    standing = Certificate.objects.standing().filter(release__entry__in=of)
    found: dict[UUID, list[str]] = defaultdict(list)
    for entry, way in standing.order_by().values_list("release__entry", "sharing"):
        found[entry].append(way)
    return found


class ShowsNobody(Predicate):
    """Nothing in the newest release of the entry looks like personal information."""

    def describe(self) -> str:
        """Say it."""
        return _("takes data in which nobody was found")

    def holds(self, asked: Asked, thing: Model) -> bool:
        """Whether there is a release, and none was found in it."""
        return thing.pk in asked.once(_of_nobody)

    def q(self, asked: Asked) -> Q:
        """Return it as a filter on entries."""
        del asked
        return Q(pk__in=_shown().values("entry"))


def _shown() -> QuerySet[Release]:
    """Return the newest releases of entries in which nobody was found."""
    later = Release.objects.filter(entry=OuterRef("entry"), number__gt=OuterRef("number"))
    nobody = Release.objects.filter(Q(personal=[]) | Q(personal=None)).order_by()
    return nobody.exclude(Exists(later))


def _of_nobody(things: Sequence[Model]) -> frozenset[UUID]:
    of = [each.pk for each in things if isinstance(each, Entry)]
    return frozenset(_shown().filter(entry__in=of).values_list("entry", flat=True))


bears_certificate = BearsCertificate()
shows_nobody = ShowsNobody()
# Not of anybody; agreed to by each; or of nobody any more. Whoever provides it has collected it.
_goes_out = (
    is_of_government
    | Is("handing_over", "own", says="the data is about nobody else")
    | is_own
    | Is("by_consent", True, says="its rows leave as their subjects agreed")  # noqa: FBT003 - the value that it is to have
    | bears_certificate
)
for _action in ("resource.read", "resource.verify", "service.call"):
    provided(
        _action,
        on=Entry,
        when=_goes_out,
        duty=duties.HAND_OVER,
        says="Others have this only by consent, or once a certificate says that it shows nobody.",
    )

# What is traded tells of nobody and cannot be restored, or whoever it is of agreed (39). Where it
# leaves for a buyer, it was made for receivers bound by an agreement at least; where it stays and
# only answers leave, for use under the holder's eyes.
_tells_of_nobody = (
    is_of_government | Is("handing_over", "own", says="the data is about nobody else")
) & shows_nobody
_is_agreed = Is("by_consent", True, says="its rows leave as their subjects agreed")  # noqa: FBT003 - the value that it is to have
for _action, _lets in (
    ("resource.trade", _is_agreed | BearsCertificate("public", "controlled")),
    ("resource.compute", _is_agreed | bears_certificate),
    ("resource.ask", _is_agreed | bears_certificate),
    # What everyone is shown as a sample is for everyone.
    ("resource.sample", BearsCertificate("public")),
):
    provided(
        _action,
        on=Entry,
        when=_tells_of_nobody | _lets,
        duty=duties.TRADE_LAWFUL,
        says="Only data is traded that tells of nobody, by a certificate that stands and is made"
        " for this way of delivery, or that each of its subjects authorised.",
    )

for _action, _model, _own in (
    ("deidentify.begin", Entry, is_own & is_kept),
    ("deidentify.classify", Deidentification, OwnBody("entry__provider_id")),
    ("deidentify.tabulate", Deidentification, OwnBody("entry__provider_id")),
    ("deidentify.search", Deidentification, OwnBody("entry__provider_id")),
    ("deidentify.call_off", Deidentification, OwnBody("entry__provider_id")),
    ("deidentify.prepare", Deidentification, OwnBody("entry__provider_id")),
    ("deidentify.measure", Deidentification, OwnBody("entry__provider_id")),
    ("deidentify.certify", Deidentification, OwnBody("entry__provider_id")),
    ("deidentify.withdraw", Certificate, OwnBody("release__entry__provider_id")),
    ("deidentify.bring_hierarchy", Body, OwnBody("pk")),
    ("deidentify.change_hierarchy", BroughtHierarchy, OwnBody("body_id")),
):
    may(_action, on=_model, when=_own & collects, duty=duties.HAND_OVER)
    explain(_action, on=_model, when=Anyone(), duty=duties.HAND_OVER, says=_SAYS)

may("deidentification.see", on=Deidentification, when=OwnBody("entry__provider_id"),
    duty=duties.HAND_OVER)  # fmt: skip
may("hierarchy.see", on=BroughtHierarchy, when=OwnBody("body_id"), duty=duties.HAND_OVER)
# It is there to be shown: it holds no value of any row, and what is confirmed is in the catalog.
may("certificate.see", on=Certificate, when=OwnBody("release__entry__provider_id"),
    duty=duties.HAND_OVER)  # fmt: skip
known(Deidentification, by="deidentification.see")
known(BroughtHierarchy, by="hierarchy.see")
known(Certificate, by="certificate.see")

_was_done = IsNot("refused", says="the act was not refused")
for _path in (
    "subject__deidentification__entry__provider_id",
    "subject__certificate__release__entry__provider_id",
    "subject__broughthierarchy__body_id",
):
    may("leaf.open", on=Leaf, when=_was_done & OwnBody(_path), duty=duties.TRACE)
