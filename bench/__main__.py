"""``python -m bench [--scale S] [--home DIR] [NAME …]``: run benchmarks and print their table."""

import argparse
import json
import os
import subprocess
import sys

from bench.table import Figure, machine, table

BENCHES = (
    "acts", "gate", "search", "ledger", "proof", "ingest", "workbook", "compiling", "harvest",
    "sealing", "slow_readers", "feed", "out", "downloads", "verify", "relay", "pages",
    "charts", "deident", "attribution",
)  # fmt: skip

# Those lay out nothing but a catalog, and leave it as it is.
KEPT = ("search", "pages")


def main() -> int:
    """Run the benchmarks that are named, or all, and print one table of them."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--scale", type=float, default=1.0, help="a part of the whole work")
    parser.add_argument("--home", help="where the catalog laid out stays, to be asked again")
    asked = parser.parse_args()
    if asked.home:
        if len(asked.names) != 1 or asked.names[0] not in KEPT:
            parser.error(f"only one of {', '.join(KEPT)} asks again what was laid out")
        os.environ["PROVE_HOME"] = asked.home
    if unknown := set(asked.names) - set(BENCHES):
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}")
    figures: list[Figure] = []
    for name in asked.names or BENCHES:
        # A process of its own, since each stands up an installation and Django is set up once.
        print(f"{name} …", file=sys.stderr, flush=True)
        found = _run(name, asked.scale)
        if found is None:
            return 1
        figures += found
    print(f"{machine()}\n\n{table(figures)}")
    return 0


def _run(name: str, scale: float) -> list[Figure] | None:
    call = (
        "import dataclasses, json; from bench." + name + " import main;"
        f" print(json.dumps([dataclasses.asdict(figure) for figure in main({scale!r})]))"
    )
    done = subprocess.run([sys.executable, "-c", call], stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        return None
    return [Figure(**figure) for figure in json.loads(done.stdout.splitlines()[-1])]


if __name__ == "__main__":
    sys.exit(main())
