"""``python -m prove [--scale S] [NAME …]``: run the proofs, each in a process of its own."""

import argparse
import ast
import subprocess
import sys
import time
from pathlib import Path

PROOFS = (
    "doors",
    "eight_threads",
    "tampering",
    "whole_way",
    "independent",
    "postgres15",
    "kill_loop",
    "modes",
    "storm",
    "harvest",
    "console",
    "outcomes",
    "personal",
    "spark",
    "five_million",
)


def main() -> int:
    """Run the proofs that are named, or all; stop at the first that fails."""
    parser = argparse.ArgumentParser(prog="python -m prove", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(PROOFS))
    parser.add_argument("--scale", type=float, default=1.0, help="a part of the whole work")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(PROOFS):
        parser.error(f"no proof is called {', '.join(sorted(unknown))}")
    for name in asked.names or PROOFS:
        # A process of its own, since each stands up an installation and Django is set up once.
        if not _run(name, asked.scale):
            return 1
    return 0


def _run(name: str, scale: float) -> bool:
    source = (Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8")
    says = (ast.get_docstring(ast.parse(source)) or name).splitlines()[0]
    print(f"\n== {name}: {says}", flush=True)
    began = time.monotonic()
    call = f"from prove.{name} import main; main({scale!r})"
    done = subprocess.run([sys.executable, "-c", call], check=False)
    outcome = "shown" if done.returncode == 0 else "FAILED"
    print(f"== {name}: {outcome} in {time.monotonic() - began:.0f} s", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
