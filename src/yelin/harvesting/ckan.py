"""Read what a CKAN catalog lists, page by page (Action API 3, ``package_search``)."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from yelin.catalog.content import EntryContent
from yelin.harvesting.content import LINE, PROSE, TITLE, Listing, Remote, Unreadable, cut
from yelin.harvesting.cycles import cycle

PAGE = 100
NO_CKAN = "The address does not answer as a CKAN catalog does."


def first(address: str) -> str:
    """Return the address of the first page of the catalog at ``address``."""
    return _page(address, 0)


def _page(address: str, start: int) -> str:
    # In the order of ids, which no change of a resource moves.
    query = urlencode({"rows": PAGE, "start": start, "sort": "id asc"})
    return f"{address.rstrip('/')}/api/3/action/package_search?{query}"


def read(content: bytes, address: str, url: str) -> Listing:
    """Return what the page at ``url`` lists. Raises ``Unreadable``."""
    try:
        said = json.loads(content)
        result = said["result"]
        packages, count = list(result["results"]), int(result["count"])
        resources = [_remote(package, address) for package in packages if _is_public(package)]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(NO_CKAN) from error
    done = int(url.partition("start=")[2].partition("&")[0]) + len(packages)
    return Listing(resources, _page(address, done) if packages and done < count else "")


def _is_public(package: Mapping[str, Any]) -> bool:
    return package.get("state", "active") == "active" and not package.get("private")


def _remote(package: Mapping[str, Any], address: str) -> Remote:
    # Names and addresses of authors and maintainers are people's, and stay where they are.
    extras = {each["key"]: each["value"] for each in package.get("extras") or ()}
    frequency = _text(package.get("frequency") or extras.get("frequency"))
    formats = (_text(each.get("format")) for each in package.get("resources") or ())
    keywords = (str(tag.get("display_name") or tag["name"]) for tag in package.get("tags") or ())
    return Remote(
        id=str(package["id"]),
        url=f"{address.rstrip('/')}/dataset/{package['name']}",
        licence=_text(package.get("license_id")),
        content=EntryContent(
            state_secret=False,
            title=cut(_text(package.get("title")) or str(package["name"]), TITLE),
            summary=cut(_text(package.get("notes")), PROSE),
            keywords=tuple(dict.fromkeys(cut(word, LINE) for word in keywords)),
            formats=tuple(dict.fromkeys(cut(text, LINE) for text in formats if text)),
            update_cycle=cycle(frequency),
        ),
    )


def _text(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
