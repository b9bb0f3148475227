"""The actions about what datasets belong to: organizations, groups, tags, licences; and the site.

A body is listed by what the asker may see of it, so that none betrays that it has something to
hide; a theme is the law's, and listed whatever it holds.
"""

from collections.abc import Iterable

from django.db.models import Count as Counted
from django.db.models import F, Func, Q, QuerySet, TextField

from yelin import __version__, gate
from yelin.api.ckan import catalog, searching, shapes
from yelin.api.ckan.actions import Asker, Count, Document, Flag, Id, Names, Text, named, reads
from yelin.catalog import reads as entries
from yelin.catalog.models import Entry
from yelin.catalog.states import State
from yelin.config import config
from yelin.law import packs
from yelin.law.refusals import Incomplete
from yelin.parties.kinds import Role
from yelin.parties.models import Body
from yelin.warehouse.formats import MEDIA_TYPES

# The version of CKAN whose contract this keeps.
CKAN_VERSION = "2.11.0"


@reads
def site_read(asker: Asker) -> bool:
    """Say that the site may be read."""
    del asker
    return True


@reads
def status_show(asker: Asker) -> Document:
    """Say what answers here, and to which version of CKAN's contract it keeps."""
    del asker
    return {
        "ckan_version": CKAN_VERSION,
        "yelin_version": __version__,
        "site_title": "Yelin",
        "site_description": "",
        "site_url": config.url,
        "error_emails_to": None,
        "locale_default": "zh_Hans_CN",
        "extensions": ["datastore"],
    }


@reads
def help_show(asker: Asker, *, name: Text) -> str:
    """Say what an action does and what it takes."""
    del asker
    found = named(name)
    if found is None:
        raise gate.Unseen
    return found.says


def _seen(asker: Asker) -> QuerySet[Entry]:
    return entries.seen_by(asker.actor).filter(state=State.CONFIRMED)


def _read(asker: Asker) -> QuerySet[Entry]:
    return gate.visible_to(asker.actor, "entry.read", _seen(asker))


def _bodies(asker: Asker) -> QuerySet[Body]:
    of_whom = Q(entries__in=_seen(asker).values("pk"))
    return Body.objects.filter(of_whom).annotate(package_count=Counted("entries", filter=of_whom))


def body_named(asker: Asker, text: str) -> Body:
    """Return the body of this id or name of which the asker finds a dataset. Raises ``Unseen``."""
    return gate.one_of(_bodies(asker).filter(searching.body_called(text)))


def _organization(body: Body) -> Document:
    return shapes.organization(body) | {
        "display_name": body.name,
        "image_display_url": "",
        "package_count": body.package_count,  # type: ignore[attr-defined]  # annotated above
        "num_followers": 0,
        "users": [],
        "tags": [],
        "groups": [],
        "extras": [
            {"key": "division", "value": body.division},
            {"key": "title_en", "value": body.name_en},
        ],
    }


def _group(code: str, many: int) -> Document:
    return shapes.group(shapes.theme_of(code)) | {
        "type": "group",
        "is_organization": False,
        "approval_status": "approved",
        "state": "active",
        "created": None,
        "image_url": "",
        "package_count": many,
        "num_followers": 0,
        "users": [],
        "tags": [],
        "groups": [],
        "extras": [],
    }


def _listed(
    rows: Iterable[Document], sort: str, limit: int | None, offset: int, *, whole: bool
) -> "list[str] | list[Document]":
    """Return the rows in the order asked for; their names, or each as a ``whole``."""
    name, _, way = sort.strip().partition(" ")
    name = {"packages": "package_count"}.get(name, name)
    if name not in {"name", "title", "package_count"} or way not in {"", "asc", "desc"}:
        raise Incomplete.at("sort", "These are sorted by name, title or package_count.")
    ordered = sorted(rows, key=lambda row: (row[name], row["name"]), reverse=way == "desc")
    page = ordered[offset : None if limit is None else offset + limit]
    return page if whole else [row["name"] for row in page]


@reads
def organization_list(
    asker: Asker,
    *,
    all_fields: Flag = False,
    sort: Text = "title asc",
    limit: Count | None = None,
    offset: Count = 0,
    organizations: Names = (),
) -> "list[str] | list[Document]":
    """List the bodies that provide something you may know of."""
    rows = [_organization(body) for body in _bodies(asker)]
    if organizations:
        rows = [row for row in rows if row["name"] in organizations]
    return _listed(rows, sort, limit, offset, whole=all_fields)


@reads
def organization_show(asker: Asker, *, id_: Id, include_datasets: Flag = False) -> Document:
    """Return a body by id or name, with at most 1,000 of its datasets where asked for."""
    body = body_named(asker, id_)
    shown = _organization(body)
    if include_datasets:
        shown["packages"] = _datasets(asker, _seen(asker).filter(provider=body))
    return shown


@reads
def organization_list_for_user(asker: Asker) -> list[Document]:
    """List the body for which your token acts, where it may compile entries."""
    if asker.actor.body_id is None or asker.actor.role != Role.STEWARD:
        return []
    body = Body.objects.get(pk=asker.actor.body_id)
    return [shapes.organization(body) | {"display_name": body.name, "capacity": "editor"}]


def _datasets(asker: Asker, found: QuerySet[Entry], limit: int | None = None) -> list[Document]:
    most = catalog.MOST_ROWS if limit is None else min(limit, catalog.MOST_ROWS)
    return catalog.packages(asker, found.order_by("-findable__changed_at", "pk")[:most])


def _themes(asker: Asker) -> dict[str, int]:
    many = dict.fromkeys((theme.code for theme in packs.active().themes), 0)
    return many | {each.value: each.count for each in _counted(asker, "groups")}


def _counted(asker: Asker, field: str) -> list[searching.Facet]:
    found = searching.find(asker.actor, "", (), sort="id asc")
    return searching.facet(found, field, most=0, fewest=1)


def theme_named(asker: Asker, code: str) -> Document:
    """Return the theme of this code under which the asker finds a dataset. Raises ``Unseen``."""
    many = _themes(asker)
    if code not in many:
        raise gate.Unseen
    return _group(code, many[code])


@reads
def group_list(
    asker: Asker,
    *,
    all_fields: Flag = False,
    sort: Text = "title asc",
    limit: Count | None = None,
    offset: Count = 0,
    groups: Names = (),
) -> "list[str] | list[Document]":
    """List the themes, with how many datasets of each you may read."""
    rows = [_group(code, many) for code, many in _themes(asker).items()]
    if groups:
        rows = [row for row in rows if row["name"] in groups]
    return _listed(rows, sort, limit, offset, whole=all_fields)


@reads
def group_show(asker: Asker, *, id_: Id, include_datasets: Flag = False) -> Document:
    """Return a theme, with at most 1,000 of its datasets where asked for."""
    shown = theme_named(asker, id_)
    if include_datasets:
        shown["packages"] = _datasets(asker, _read(asker).filter(themes__contains=[id_]))
    return shown


@reads
def group_package_show(asker: Asker, *, id_: Id, limit: Count | None = None) -> list[Document]:
    """List the datasets of a theme."""
    theme_named(asker, id_)
    return _datasets(asker, _read(asker).filter(themes__contains=[id_]), limit)


@reads
def member_list(asker: Asker, *, id_: Id, object_type: Text = "package") -> list[list[str]]:
    """List the datasets of an organization or a theme, as members; people are not listed."""
    if object_type != "package":
        return []
    try:
        members = _seen(asker).filter(provider=body_named(asker, id_))
    except gate.Unseen:
        theme_named(asker, id_)
        members = _read(asker).filter(themes__contains=[id_])
    return [
        [str(pk), "package", "public"]
        for pk in members.order_by("code").values_list("pk", flat=True)
    ]


@reads
def tag_list(
    asker: Asker, *, query: Text = "", all_fields: Flag = False, vocabulary_id: Text = ""
) -> "list[str] | list[Document]":
    """List the keywords of the datasets that you may read."""
    if vocabulary_id:
        raise gate.Unseen
    words = _tags(asker, query)
    return [shapes.tag(word) for word in words] if all_fields else words


def _tags(asker: Asker, query: str = "") -> list[str]:
    each = Func(F("keywords"), function="unnest", output_field=TextField())
    words = _read(asker).order_by().values_list(each, flat=True).distinct()
    return sorted(word for word in words if query.casefold() in word.casefold())


@reads
def tag_show(asker: Asker, *, id_: Id, include_datasets: Flag = False) -> Document:
    """Return a keyword, with at most 1,000 of its datasets where asked for."""
    tagged = _read(asker).filter(keywords__contains=[id_])
    if not tagged.exists():
        raise gate.Unseen
    shown = shapes.tag(id_)
    return shown | {"packages": _datasets(asker, tagged)} if include_datasets else shown


@reads
def license_list(asker: Asker) -> list[Document]:
    """List the licences under which data is open here."""
    del asker
    return [shapes.licence(each) for each in packs.active().licences]


@reads
def resource_view_list(asker: Asker, *, id_: Id) -> list[Document]:
    """List no views: data is looked at on the page of its dataset."""
    catalog.resource_named(asker, id_)
    return []


@reads
def organization_autocomplete(asker: Asker, *, q: Text, limit: Count = 20) -> list[Document]:
    """Return bodies whose name holds what is typed."""
    called = Q(name__icontains=q) | Q(short_name__icontains=q) | Q(credit_code__istartswith=q)
    rows = _bodies(asker).filter(called).order_by("name")[: min(limit, 100)]
    return [_brief(shapes.organization(body)) for body in rows]


@reads
def group_autocomplete(asker: Asker, *, q: Text, limit: Count = 20) -> list[Document]:
    """Return themes whose name holds what is typed."""
    rows = [_group(code, 0) for code in _themes(asker)]
    typed = q.casefold()
    found = [row for row in rows if typed in f"{row['name']} {row['title']}".casefold()]
    return [_brief(row) for row in found[:limit]]


def _brief(row: Document) -> Document:
    return {name: row[name] for name in ("id", "name", "title")}


@reads
def tag_autocomplete(asker: Asker, *, query: Text, limit: Count = 10) -> list[str]:
    """Return keywords that hold what is typed."""
    return _tags(asker, query)[:limit]


@reads
def format_autocomplete(asker: Asker, *, q: Text, limit: Count = 5) -> list[str]:
    """Return formats that hold what is typed."""
    del asker
    return [name for name in MEDIA_TYPES if q.casefold() in name][:limit]
