"""``python -m prove [--scale S] [NAME …]``: run the proofs, each in a process of its own.

``NAME+NAME`` shows several in one, which share a house where they need one; ``NAME=S`` has a scale
of its own. ``DRAW`` in the environment repeats what was drawn by chance under that name.
"""

import argparse
import os
import secrets
import subprocess
import sys
import time
from contextlib import ExitStack
from importlib import import_module

PROOFS = (
    "doors",
    "suite",
    "access",
    "eight_threads",
    "tampering",
    "whole_way",
    "independent",
    "postgres15",
    "kill_loop",
    "modes",
    "storm",
    "harvest",
    "subscribers",
    "console",
    "relay",
    "outcomes",
    "personal",
    "spark",
    "five_million",
    "memory",
)


def main() -> int:
    """Run the proofs that are named, or all; stop at the first that fails."""
    parser = argparse.ArgumentParser(prog="python -m prove", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(PROOFS))
    parser.add_argument("--scale", default="1", help="a part of the whole work")
    asked = parser.parse_args()
    print(f"DRAW={os.environ.setdefault('DRAW', secrets.token_hex(4))}", flush=True)
    for names in asked.names or PROOFS:
        scales = dict(_read(name, asked.scale) for name in names.split("+"))
        if unknown := set(scales) - set(PROOFS):
            parser.error(f"no proof is called {', '.join(sorted(unknown))}")
        # A process of its own, since each stands up an installation and Django is set up once.
        call = f"from prove.__main__ import show; show({scales})"
        if subprocess.run([sys.executable, "-c", call], check=False).returncode:
            print(f"== {names}: FAILED", flush=True)
            return 1
    return 0


def _read(name: str, scale: str) -> tuple[str, float]:
    name, _, own = name.partition("=")
    return name, float(own or scale)


def show(scales: dict[str, float]) -> None:
    """Show proofs one after the other; a house stands for all that are shown in one."""
    with ExitStack() as stack:
        stood = None
        for name, scale in scales.items():
            began, proof = time.monotonic(), import_module(f"prove.{name}")
            print(f"\n== {name}: {(proof.__doc__ or name).splitlines()[0]}", flush=True)
            if hasattr(proof, "main"):
                proof.main(scale)
            else:
                house = import_module("prove.house")
                stood = stood or stack.enter_context(house.standing())
                proof.show(stood, scale)
            print(f"== {name}: shown in {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
