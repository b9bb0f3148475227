"""The versions of a resource as a feed, for whoever follows it without a program of its own."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yelin import gate
from yelin.catalog import reads as catalog
from yelin.catalog.models import code_of
from yelin.config import config
from yelin.web.asking import actor_of
from yelin.web.templatetags.yelin import body_name, lang, number, title_of

LISTED = 50


@require_safe
def releases(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with the newest versions of a resource whose metadata the asker may read (Atom)."""
    actor = actor_of(request)
    entry = catalog.get(actor, code=code_of(slug))
    gate.decide(actor, "entry.read", entry).must_allow("entry.read", entry.pk)
    page = f"{config.url}{reverse('portal:resource', args=[slug])}"
    feed = Atom1Feed(
        title=title_of(entry),
        link=page,
        description=entry.summary,
        language=lang(),
        feed_url=f"{config.url}{request.path}",
        feed_guid=f"{config.url}{request.path}",
        author_name=body_name(entry.provider),
    )
    for release in entry.releases.order_by("-number").defer("manifest_kept")[:LISTED]:
        feed.add_item(
            title=_("Version {n}").format(n=release.number),
            link=f"{page}?version={release.number}",
            description=_("{rows} rows, digest {digest}").format(
                rows=number(release.rows), digest=release.digest_text
            ),
            unique_id=f"urn:uuid:{release.pk}",
            pubdate=release.released_at,
            updateddate=release.released_at,
        )
    response = HttpResponse(content_type=feed.content_type)
    feed.write(response, "utf-8")
    return response
