"""Have the templates read before the first page is asked for: that takes longer than a page."""

from pathlib import Path

from django.template.loader import get_template

TEMPLATES = Path(__file__).parent / "templates"


def read_templates() -> int:
    """Read every template of the pages; return how many there are."""
    names = [path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html")]
    for name in names:
        get_template(name)
    return len(names)
