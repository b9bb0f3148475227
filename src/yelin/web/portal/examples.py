"""The rows that somebody looks at, as programs take them: in curl, Python, R and JavaScript."""

import json
from collections.abc import Sequence

from django.utils.http import urlencode

from yelin.config import config
from yelin.surface.questions import MOST_IN_A_PAGE
from yelin.warehouse.items import TEXT_TYPES
from yelin.warehouse.models import is_open
from yelin.warehouse.query import Question
from yelin.web.portal.grid import api_query
from yelin.web.portal.shapes import Call
from yelin.web.portal.story import Seen, of_what

TOKEN = "yln_…"  # noqa: S105 - what stands in the place of one


def examples(seen: Seen, asked: Question) -> list[Call]:
    """Return programs that take what ``asked`` asks of the shown release; whoever may takes it."""
    query = [*api_query(asked), *of_what(seen, "release")]
    file = _address(seen, "download", [("format", "csv"), *query])
    rows = _address(seen, "rows", [*query, ("page_size", str(MOST_IN_A_PAGE))])
    texts = [
        each["name"]
        for each in seen.told_columns
        if each["type"] in TEXT_TYPES and (asked.columns is None or each["name"] in asked.columns)
    ]
    token = "" if is_open(seen.entry) else TOKEN
    return [
        Call("curl", _curl(file, token)),
        Call("Python (pandas)", _python(file, texts, token)),
        Call("R", _r(file, texts, token)),
        Call("JavaScript", _javascript(rows, token)),
    ]


def _address(seen: Seen, what: str, query: Sequence[tuple[str, str]]) -> str:
    # What urlencode leaves as it is ends no text of a shell, of Python, R or JavaScript.
    return f"{config.url}/api/v1/resources/{seen.entry.slug}/{what}?{urlencode(query)}"


def _text(value: str) -> str:
    """Return a text as all three languages write it."""
    return json.dumps(value, ensure_ascii=False)


def _curl(address: str, token: str) -> str:
    header = f'-H "Authorization: Bearer {token}" ' if token else ""
    return f'curl -L {header}-o data.csv "{address}"'


def _python(address: str, texts: Sequence[str], token: str) -> str:
    # Codes begin with zeros, which a number would lose.
    kinds = "{" + ", ".join(f'{_text(name)}: "string"' for name in texts) + "}"
    more = [f"dtype={kinds}"] if texts else []
    if token:
        more.append(f'storage_options={{"Authorization": "Bearer {token}"}}')
    lines = "".join(f"    {each},\n" for each in (f'"{address}"', *more))
    return f"import pandas as pd\n\ntable = pd.read_csv(\n{lines})\nprint(table)"


def _r(address: str, texts: Sequence[str], token: str) -> str:
    kinds = ", ".join(f'{_text(name)} = "character"' for name in texts)
    header = f',\n  headers = c(Authorization = "Bearer {token}")' if token else ""
    more = f",\n  colClasses = c({kinds})" if texts else ""
    return (
        f'source <- url("{address}"{header})\n'
        f'table <- read.csv(source, encoding = "UTF-8", check.names = FALSE{more})\n'
        "print(table)"
    )


def _javascript(address: str, token: str) -> str:
    header = f', {{ headers: {{ Authorization: "Bearer {token}" }} }}' if token else ""
    return "\n".join(
        (
            "const rows = [];",
            f'let address = "{address}";',
            "while (address) {",
            f"  const page = await (await fetch(address{header})).json();",
            "  rows.push(...page.items);",
            "  address = page.next;",
            "}",
            "console.log(rows);",
        )
    )
