"""``yelin doctor``: every check of the installation, told to a person or to a program."""

import json

from django.utils import translation

from yelin.operation.checks import THOROUGH, examine
from yelin.operation.findings import Level

MARKS = {Level.WELL: "ok   ", Level.WATCH: "watch", Level.WRONG: "WRONG"}


def doctor(language: str, as_json: bool) -> int:
    """Tell every finding in ``language``; return 1 if anything is wrong."""
    with translation.override(language):
        findings = examine(*THOROUGH)
        if as_json:
            told = [finding.as_dict() for finding in findings]
            print(json.dumps(told, ensure_ascii=False, indent=2))
        else:
            for finding in findings:
                print(f"{MARKS[finding.level]}  {finding.title}: {finding.says}")
                if finding.mend:
                    print(f"       → {finding.mend}")
    return any(finding.level is Level.WRONG for finding in findings)
