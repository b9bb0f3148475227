"""How a command says that it was refused, or what it lacks."""

import sys

from yelin.config import config
from yelin.surface.telling import Problem


def tell(problem: Problem) -> None:
    """Write what went wrong and where, with the provision that decides."""
    print(f"{problem.title}: {problem.detail}".rstrip(": "), file=sys.stderr)
    for fault in problem.faults:
        print(f"  {fault['place']}: {fault['says']}", file=sys.stderr)
    document = problem.document()
    if "basis" in document:
        print(
            f"  {document['basis']['label']}: {config.url}{document['basis']['url']}",
            file=sys.stderr,
        )
