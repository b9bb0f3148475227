"""Markdown of news and guides as HTML that shows nothing from elsewhere and runs nothing."""

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_TAGS = {
    *("p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote"),
    *("ul", "ol", "li", "h2", "h3", "h4", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_LONGEST = 200_000


@lru_cache
def _parser() -> MarkdownIt:
    # HTML in it is text, pictures are not shown; the sanitiser stands behind, not instead.
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False})
    return parser.enable(["table", "strikethrough"]).disable(["image", "html_block", "html_inline"])


@lru_cache(256)
def as_html(text: str) -> SafeString:
    """Return ``text`` as HTML; its highest heading stands beneath that of the page."""
    tokens = _parser().parse(text[:_LONGEST])
    before = 1
    for token in tokens:
        if token.type == "heading_open":
            # Whoever reads by headings misses none: a text may begin with any, and skip some.
            before = min(int(token.tag[1]) + 1, before + 1, 4)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{before}"
    written = _parser().renderer.render(tokens, _parser().options, {})
    clean = nh3.clean(
        written,
        tags=_TAGS,
        attributes={"a": {"href"}, "*": set()},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow",
    )
    return mark_safe(clean)  # noqa: S308 - nh3 let nothing through but what is listed above
