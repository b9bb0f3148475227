"""The doors by which one might learn of an entry, and how each is asked."""

from dataclasses import dataclass

from tests.leaks.world import METADATA, NAME, ROWS

READ = ("summary", "keyword")


@dataclass(frozen=True)
class Door:
    """A door, asked at an address in which ``{…}`` stands for a name of the thing asked about.

    ``tells`` are the marks that stand there of everything of which the asker was given what they
    take, and ``needs``. A list is of what stands in the ``catalog``, of all that one ``knows`` of,
    of what is ``unshared``; of ``some`` of what the asker was given it need not say of which.
    The log ``grows`` with every act, and has a leaf of each for everyone; what is asked
    ``by_anyone`` is the same for all. What was ``brought_in`` is told to whoever has what is inside
    of the thing, its values too, also once the thing is withdrawn. What ``finds`` looks in a
    list, and refuses nobody: who has nothing of the thing finds nothing.
    """

    asked: str
    tells: tuple[str, ...] = ()
    needs: str = NAME
    of: str = "catalog"
    grows: bool = False
    by_anyone: bool = False
    brought_in: bool = False
    finds: bool = False


def _ckan(action: str, *tells: str, needs: str = NAME, of: str = "catalog") -> Door:
    return Door(f"/api/3/action/{action}", tells, needs, of)


def _known(*addresses: str) -> list[Door]:
    return [Door(address, of="knows") for address in addresses]


def _some(*addresses: str) -> list[Door]:
    return [Door(address, of="some") for address in addresses]


SYNTAXES = ("jsonld", "ttl", "rdf")
EVERY = "include_drafts=true&include_private=true"
FACETS = 'facet.field=["tags","organization","groups","license_id"]'
TOLD = ("title", *READ)

LISTS = [
    # Pages for everyone.
    Door("/catalog.csv", ("slug", "summary"), of="knows"),
    Door("/catalog.xlsx?q=港口", ("slug", "summary"), of="knows"),
    Door("/negative-list/", ("title", "basis"), of="unshared", by_anyone=True),
    Door("/negative-list/list.csv", ("title", "basis"), of="unshared", by_anyone=True),
    Door("/negative-list/list.json", ("title", "basis"), of="unshared", by_anyone=True),
    Door("/sitemaps/1.xml", ("slug",), by_anyone=True),
    *_known(
        "/resources/?sort=title", "/resources/?q=港口", "/resources/?q=口径", "/resources/?q=匿",
        "/resources/?q=gangkou", "/resources/?theme=transport&cycle=yearly", "/classification/",
        "/classification/307010001/", "/suggestions?q=题", "/suggestions?q=厅",
        "/suggestions?q=交通",
    ),
    *_some(
        "/", "/negative-list/?from=2020-01-01&to=2020-01-02",
        "/negative-list/list.json?from=2020-01-01&to=2030-01-01",
        "/collection/", "/plans/", "/process-rules/", "/standards/", "/applications/", "/doubts/",
        "/demands/", "/demands/?q=题", "/api/v1/demands",
        "/opening-plans/", "/api/v1/opening-plans", "/arrangements/", "/api/v1/arrangements",
        "/market/", "/market/?q=题", "/market/platforms/", "/market/products/", "/market/trades/",
        "/api/v1/market/trades",
        "/api/v1/market/listings", "/api/v1/market/platforms",
        "/applications/statistics/", "/applications/statistics.csv", "/api/v1/applications",
        "/api/v1/applications/statistics",
        "/developers/use/",
        "/complaints/", "/reuses/", "/reuses/?q=题", "/news/", "/feeds/news.atom", "/answering/",
        "/statistics/", "/statistics.csv", "/openness/?lack=untold", "/openness.csv",
        "/account/kept/",
        "/sitemap.xml", "/catalog", "/sql/", "/sql/?q=口径", "/account/copy/",
    ),
    Door("/ledger/", of="some", grows=True),
    # What is followed and harvested.
    *_some(
        "/feeds/custom.atom?q=口径", "/feeds/dataset.atom", "/feeds/custom.atom?sharing=none",
        "/feeds/group/transport.atom", "/feeds/organization/{provider}.atom",
        "/feeds/tag/公共.atom", "/organization/{provider}", "/group/transport",
    ),
    *(Door(f"/catalog.{syntax}", TOLD) for syntax in SYNTAXES),
    Door("/catalog.ttl?q=口径", TOLD, METADATA),
    # Programs.
    Door("/api/v1/resources?page_size=100", ("title", "summary"), of="knows"),
    Door("/api/v1/resources?q=港口&page_size=100", ("title", "summary"), of="knows"),
    Door("/api/v1/resources?q=口径&page_size=100", ("title", "summary"), METADATA, "knows"),
    Door("/api/v1/resources?theme=transport&page_size=100", ("title",), METADATA, "knows"),
    # Assistants.
    Door('/mcp?search_catalog={"page_size":20,"page":1,"sort":"title"}', of="some"),
    Door('/mcp?search_catalog={"q":"口径","page_size":20}', of="some"),
    # CKAN.
    _ckan("package_list", "slug"),
    _ckan(f"package_list?{EVERY}", "slug", of="knows"),
    _ckan("current_package_list_with_resources?limit=1000", "title", *READ),
    _ckan("tag_list", "keyword"),
    _ckan("tag_autocomplete?query=词&limit=1000", "keyword"),
    _ckan("package_autocomplete?q=题&limit=1000", "title"),
    _ckan("resource_search?query=name:题", "title", needs=ROWS),
    _ckan("resource_search?query=format:csv", "title", needs=ROWS),
    _ckan("datastore_search?resource_id=_table_metadata", "resource", needs=ROWS),
    _ckan("group_show?id=transport&include_datasets=true", *TOLD, needs=METADATA),
    _ckan("group_package_show?id=transport", *TOLD, needs=METADATA),
    _ckan("member_list?id=transport", "pk", needs=METADATA),
    _ckan("organization_show?id={provider}&include_datasets=true", *TOLD),
    _ckan("member_list?id={provider}", "pk"),
    _ckan("tag_show?id=公共&include_datasets=true", *TOLD, needs=METADATA),
    _ckan(f"package_search?rows=1000&{FACETS}", *TOLD),
    _ckan(f"package_search?rows=1000&{EVERY}&q=港口&sort=metadata_modified asc", *TOLD, of="knows"),
    _ckan("package_search?rows=1000&fq=notes:口径", *TOLD, needs=METADATA),
    _ckan("package_search?rows=1000&fq=-notes:口径"),
    _ckan("package_search?rows=1000&fq=res_format:csv", *TOLD, needs=ROWS),
    _ckan("organization_list?all_fields=true", of="some"),
    _ckan("organization_autocomplete?q=厅", of="some"),
    _ckan("organization_list_for_user", of="some"),
    _ckan("group_list?all_fields=true", of="some"),
    _ckan("group_autocomplete?q=交", of="some"),
    *_some(
        "/api/util/dataset/autocomplete?incomplete=题", "/api/action/package_list",
        "/api/2/util/tag/autocomplete?incomplete=词",
        "/api/util/organization/autocomplete?incomplete=厅",
    ),
    # The desk, which is of one's own body and of what one confirms.
    *_some(
        "/desk/", "/desk/entries/", "/desk/entries/catalog.csv", "/desk/entries/catalog.xlsx",
        "/desk/reviews/", "/desk/talk/", "/desk/late/", "/desk/findings/", "/desk/changes/",
        "/desk/registers/",
        "/desk/collection/", "/desk/cases/", "/desk/demands/", "/desk/imports/", "/desk/sources/",
        "/desk/pulls/", "/desk/services/",
        "/desk/deliveries/", "/desk/subscriptions/", "/desk/openness/?lack=untold",
        "/desk/notices/", "/desk/proposals/", "/desk/entries/new/", "/api/v1/cases",
        "/api/v1/reuses", "/api/v1/news", "/api/v1/answering",
        "/api/v1/subscriptions",
        "/api/v1/extracts",
        "/api/v1/deidentifications", "/api/v1/deidentifications/budgets",
        "/desk/extracts/",
    ),
]  # fmt: skip

ABOUT = [
    *(
        Door(f"/resources/{{slug}}/{page}", ("title",))
        for page in ("", "?sort=-年份", "about/", "fields/", "quality/", "use/", "versions/",
                     "versions/difference/", "trace/", "talk/", "history/", "charts/",
                     "charts/?x=2:数量")
    ),
    Door("/demands/new/?resource={slug}"),
    Door("/batch/?resource={slug}", ("title",)),
    Door("/batch.zip?resource={slug}"),
    Door("/api/v1/batch?resource={slug}"),
    *_some("/applications/?resource={slug}"),
    # A stranger is sent away to sign in.
    *(
        Door(f"/resources/{{slug}}/{page}/")
        for page in ("apply", "complain", "doubt", "extract", "request", "reuses/new", "verify")
    ),
    Door("/account/requests/new/{slug}/"),
    Door("/resources/{slug}/releases.atom", ("title", "digest"), METADATA),
    Door("/resources/{slug}/trace/way/", ("title",), METADATA),
    Door("/resources/{slug}/trace/evidence"),
    Door("/resources/{slug}/charts/?x={behind}"),
    Door("/resources/{slug}/chart.svg?x=2:数量", (), ROWS),
    Door("/resources/{slug}/chart.svg?x={behind}", (), ROWS),
    Door("/resources/{slug}/chart.png?x=2:数量", (), ROWS),
    Door("/resources/{slug}/chart.json?x=2:数量", (), ROWS),
    Door("/resources/{slug}/charts/embedded/?x=2:数量", by_anyone=True),
    Door("/resources/{slug}/quality.pdf", (), ROWS),
    *(Door(f"/resources/{{slug}}.{syntax}", TOLD) for syntax in SYNTAXES),
    Door("/resources/{slug}.croissant.jsonld", TOLD, ROWS),
    Door("/sql/?q={title}", ("item",), ROWS, finds=True),
    Door("/api/v1/resources/{slug}", (*TOLD, "item"), METADATA),
    Door("/api/v1/resources/{slug}/rows", ("value", "number"), ROWS),
    Door("/api/v1/resources/{slug}/rows?sort=-数量&columns=数量", ("number",), ROWS),
    Door("/api/v1/resources/{slug}/rows?filter[{behind}][eq]={kept}", (), ROWS),
    Door("/api/v1/resources/{slug}/rows?group=数量&aggregate=count", ("number",), ROWS),
    Door("/api/v1/resources/{slug}/rows?aggregate=max:{behind}", (), ROWS),
    Door("/api/v1/resources/{slug}/download?format=csv", ("value", "number"), ROWS),
    Door("/resources/{slug}.datapackage.json", ("title", "item"), ROWS),
    Door('/mcp?describe_resource={"resource":"{slug}"}', (*TOLD, "item"), METADATA),
    Door('/mcp?query_rows={"resource":"{slug}"}', ("value", "number"), ROWS),
    Door('/mcp?query_rows={"resource":"{slug}","aggregate":["max:{behind}"]}', (), ROWS),
    Door('/mcp?run_sql={"sql":"SELECT {behind} FROM \\"{slug}\\""}'),
    Door("/resources/{slug}/latest.csv", ("value", "number"), ROWS),
    Door("/resources/{slug}/versions/1.csv", ("value", "number"), ROWS),
    Door("/resources/{slug}/versions/2030-01-01.csv", ("value", "number"), ROWS),
    Door("/api/v1/resources/{slug}/files", (), ROWS),
    Door("/api/v1/resources/{slug}/files/1", (), ROWS),
    Door("/api/v1/resources/{slug}/rows?failing=required:{behind}", (), ROWS),
    Door("/api/v1/resources/{slug}/quality", ("item",), ROWS),
    Door("/api/v1/resources/{slug}/releases/1/quality", ("item",), ROWS),
    Door("/api/v1/resources/{slug}/releases", ("digest",), METADATA),
    Door("/api/v1/resources/{slug}/comments"),
    *(
        Door(f"/api/v1/resources/{{slug}}/trace?format={form}", ("title",))
        for form in ("json", "ttl", "jsonld", "rdf")
    ),
    Door("/api/v1/resources/{slug}/trace?format=openlineage"),
    Door("/api/v1/resources/{slug}/releases/1/difference?from=1", (), ROWS),
    Door("/api/v1/resources/{slug}/releases/1/difference/download?from=1", (), ROWS),
    Door("/api/v1/resources/{slug}/changes?since=1", (), ROWS),
    Door("/api/v1/ledger/leaves/{receipt}", grows=True),
    Door("/api/v1/ledger/leaves/{receipt}/receipt", grows=True),
    Door("/ledger/leaves/{receipt}/", grows=True),
    Door("/api/v1/uploads/{upload}", brought_in=True),
    Door("/api/v1/uploads/{upload}/rejected?format=csv", brought_in=True),
    _ckan("package_show?id={slug}", *TOLD),
    _ckan("package_show?id={pk}", *TOLD),
    _ckan("resource_show?id={resource}", "title", needs=ROWS),
    _ckan("resource_view_list?id={resource}"),
    _ckan("datastore_search?resource_id={resource}", "value", needs=ROWS),
    _ckan("datastore_search?resource_id={slug}"),
    _ckan("datastore_info?id={resource}", "item", needs=ROWS),
    _ckan('datastore_search_sql?sql=SELECT * FROM "{resource}"', "value", "number", needs=ROWS),
    _ckan('datastore_search_sql?sql=SELECT {behind} FROM "{slug}"'),
    _ckan("tag_show?id={keyword}&include_datasets=true"),
    Door("/datastore/dump/{resource}?limit=9", ("value",), ROWS),
    Door("/dataset/{pk}"),
    *(Door(f"/dataset/{{slug}}.{syntax}") for syntax in SYNTAXES),
    Door("/dataset/{pk}/croissant.jsonld"),
    Door("/dataset/{pk}/resource/{resource}"),
    Door("/dataset/{pk}/resource/{resource}/download/x.csv", ("value",), ROWS),
    # Asked for by a word that only it has.
    *_some(
        "/resources/?q={title}", "/resources/?q={summary}", "/api/v1/resources?q={title}",
        "/api/v1/resources?q={item}", "/api/v1/resources?q={behind}", "/suggestions?q={title}",
        "/catalog.csv?q={summary}", "/feeds/custom.atom?q={title}", "/catalog.ttl?q={summary}",
        "/feeds/tag/{keyword}.atom", "/api/3/action/package_search?q={summary}",
        "/api/3/action/package_search?q={behind}",
    ),
    *(
        Door(f"/desk/entries/{{pk}}/{page}")
        for page in ("", "edit/", "history/", "keep/", "withdraw/", "items/", "upload/",
                     "versions/", "quality/", "grounds/", "recipients/", "recipients.csv",
                     "leaked/", "rights/", "trace/")
    ),
    Door("/desk/uploads/{upload}/", brought_in=True),
    Door("/desk/reviews/{pk}/"),
]  # fmt: skip
