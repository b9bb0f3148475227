"""Small tables to make coarser, and what a plain reading of the definitions says of them."""

import csv
import itertools
import math
from collections import Counter
from pathlib import Path

from yelin.privacy.deidentify.coded import coded
from yelin.privacy.deidentify.hierarchy import Hierarchy
from yelin.privacy.deidentify.roles import Column, Nulls, Plan, Role
from yelin.warehouse import engine

CASES = Path(__file__).parents[1] / "cases"
ADULT = CASES / "adult"
ADULT_QUASI = (
    "sex", "age", "race", "marital-status", "education", "native-country", "workclass",
    "occupation",
)  # fmt: skip


def hierarchy(name, home=ADULT, kind="adult"):
    return Hierarchy.read((home / f"{kind}_hierarchy_{name}.csv").read_text(encoding="utf-8"))


def adult_plan(quasi=ADULT_QUASI, sensitive=("salary-class",), **more):
    names = (*ADULT_QUASI, "salary-class")
    return Plan(
        tuple(
            Column(name, Role.QUASI, hierarchy(name))
            if name in quasi
            else Column(name, Role.SENSITIVE if name in sensitive else Role.OTHER)
            for name in names
        ),
        **more,
    )


def from_csv(path):
    return f"read_csv('{path}', delim=';', all_varchar=true)"


def laid(here, rows, names):
    """Lay rows of text into the engine, and return what they are called."""
    columns = ", ".join(f'"{name}" VARCHAR' for name in names)
    here.rows("DROP TABLE IF EXISTS laid")
    here.rows(f"CREATE TEMP TABLE laid ({columns})")
    if rows:
        lists = ", ".join("unnest(?::VARCHAR[])" for _ in names)
        here.rows(
            f"INSERT INTO laid SELECT {lists}", [list(each) for each in zip(*rows, strict=True)]
        )
    return "laid"


def table_of(rows, plan, sensitive=()):
    names = [column.name for column in plan.columns]
    with engine.connect() as here:
        return coded(here, laid(here, rows, names), plan, sensitive=sensitive)


# The definitions, row by row.


def coarsened(rows, plan, choice):
    """The rows as a choice makes them, each beside what it was."""
    out = []
    for row in rows:
        made = []
        for value, column in zip(row, plan.columns, strict=True):
            level = choice.get(column.name)
            if level is None:
                continue
            tree = column.hierarchy
            if level == tree.height:
                made.append("*")
            else:
                made.append(None if value is None else tree.levels[level][tree.place[value]])
        out.append(tuple(made))
    return out


def entropy_loss(rows, plan, choice, gone):
    """Non-uniform entropy as a share of all there is, column by column, in equal weight."""
    quasi = plan.coarsened
    made = coarsened(rows, plan, choice)
    total = 0.0
    for place, column in enumerate(quasi):
        at = [each.name for each in plan.columns].index(column.name)
        leaves = Counter(row[at] for row in rows)
        labels = Counter(row[place] for row in made)
        whole = sum(math.log2(len(rows) / leaves[row[at]]) for row in rows)
        if not whole:
            continue
        lost = 0.0
        for row, label, out in zip(rows, made, gone, strict=True):
            under = len(rows) if out else labels[label[place]]
            lost += math.log2(under / leaves[row[at]])
        total += lost / whole / len(quasi)
    return total


def exhaustive(rows, plan, sound):
    """The least loss over all choices; ``sound(values)`` says whether a class may stay."""
    quasi = plan.coarsened
    least = math.inf
    every = [range(column.hierarchy.height + 1) for column in quasi]
    sensitive = [
        place for place, column in enumerate(plan.columns) if column.role is Role.SENSITIVE
    ]
    for levels in itertools.product(*every):
        choice = {column.name: level for column, level in zip(quasi, levels, strict=True)}
        made = coarsened(rows, plan, choice)
        groups = {}
        for row, label in zip(rows, made, strict=True):
            groups.setdefault(label, []).append([row[place] for place in sensitive])
        alone = plan.nulls is Nulls.NONE
        broken = {
            label for label, held in groups.items() if not sound(held) or (alone and None in label)
        }
        gone = [label in broken for label in made]
        if sum(gone) > plan.cap * len(rows) or all(gone):
            continue
        least = min(least, entropy_loss(rows, plan, choice, gone))
    return least


def read_rows(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.reader(file, delimiter=";"))
