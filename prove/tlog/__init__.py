"""The verifier in Go, by code that is not ours, made from the files beside this."""

import os
import shutil
import subprocess
from pathlib import Path

GOCODE = Path("/usr/share/gocode")
# Kept from run to run: the standard library takes longer than the program.
CACHE = Path(__file__).parents[2] / "var" / "go"
NEEDS = "the Debian packages golang-go and golang-golang-x-mod-dev"


def is_possible() -> bool:
    """Whether Go and its proof code are installed."""
    return bool(shutil.which("go")) and (GOCODE / "src/golang.org/x/mod/sumdb/tlog").is_dir()


def build(folder: Path) -> Path:
    """Build the program in ``folder`` and return where it lies."""
    program = folder / "tlog"
    subprocess.run(
        ["go", "build", "-o", program, *sorted(Path(__file__).parent.glob("*.go"))],
        check=True,
        cwd=folder,
        env=os.environ
        | {
            "GO111MODULE": "off",
            "GOPATH": str(GOCODE),
            "GOCACHE": str(CACHE),
            "GOFLAGS": "",
        },
    )
    return program
