"""What the peer of `deident` does, in an environment of its own: it prints one line of JSON."""

import json
import sys
import time
from pathlib import Path

import pandas as pd
from anjana.anonymity import k_anonymity
from pycanon import anonymity


def main(home: Path, quasi: list[str]) -> None:
    """Make Adult 5-anonymous without leaving out a row, and say which levels were chosen."""
    rows = pd.read_csv(home / "adult.csv", sep=";", dtype=str)
    levels = {
        name: pd.read_csv(home / f"adult_hierarchy_{name}.csv", sep=";", header=None, dtype=str)
        for name in quasi
    }
    trees = {name: {n: tree[n].to_numpy() for n in tree} for name, tree in levels.items()}
    began, before = time.perf_counter(), time.process_time()
    made = k_anonymity(rows, [], quasi, 5, 0, trees)
    seconds, busy = time.perf_counter() - began, time.process_time() - before
    chosen = {
        name: next((n for n in tree if set(made[name]) <= set(tree[n])), None)
        for name, tree in levels.items()
    }
    k = int(anonymity.k_anonymity(made, quasi))
    print(json.dumps({"seconds": seconds, "busy": busy, "levels": chosen, "k": k}))


main(Path(sys.argv[1]), sys.argv[2:])
