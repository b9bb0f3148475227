"""How a certificate is issued: what it says is fixed in the act, then set and sealed (0088).

Its digest stands in the act's leaf. Paper and statement are made once that leaf is signed, so that
they carry the whole proof and are never made twice.
"""

import secrets
from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import numpy
import pyarrow
import scipy
from django.db import transaction

from yelin.cases.models import NumberCounter
from yelin.keys import seals
from yelin.law import clock, packs
from yelin.law.seal import platform_seal
from yelin.ledger import entry
from yelin.ledger.entry import SALT_SIZE
from yelin.ledger.issued import Issued, Papers
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor
from yelin.parties.models import Body
from yelin.privacy.deidentify.attacked import SEED
from yelin.privacy.deidentify.roles import Role
from yelin.privacy.workbench import noise_tables, paper, protecting, tabling
from yelin.privacy.workbench.content import PlanContent
from yelin.privacy.workbench.models import (
    BroughtHierarchy,
    Certificate,
    Deidentification,
    Form,
)
from yelin.privacy.workbench.statistics import StatisticsContent
from yelin.warehouse.engine import VERSION
from yelin.warehouse.models import Release

LETTERS = "QB"
# The two that must agree, with what they are made of.
BY = (
    {"name": "yelin.privacy.deidentify.measured", "on": f"DuckDB {VERSION}"},
    {
        "name": "yelin.privacy.deidentify.reread",
        "on": f"pyarrow {pyarrow.__version__}, numpy {numpy.__version__}",
    },
)

BY_TABLES = (
    {"name": "yelin.privacy.deidentify.retold", "on": f"pyarrow {pyarrow.__version__}"},
    {"name": "yelin.privacy.deidentify.audited", "on": f"SciPy {scipy.__version__} (HiGHS)"},
)

BY_NOISE = (
    {"name": "yelin.privacy.deidentify.noised", "on": f"OpenDP {version('opendp')}"},
    {"name": "yelin.privacy.workbench.noise_tables", "on": f"pyarrow {pyarrow.__version__}"},
)


def issue(actor: Actor, work: Deidentification, release: Release) -> Certificate:
    """Return the certificate of ``release``, as it was measured; the caller is the act."""
    now, seal = clock.now(), platform_seal()
    made = Certificate(
        work=work,
        release=release,
        source=work.source,
        seat_id=actor.seat_id,
        release_digest=release.digest,
        codes=packs.active().became_digest if work.chosen.is_by_divisions else b"",
        sharing=work.sharing,
        form=_form(work),
        risk=_risk(work),
        number=NumberCounter.next_number(LETTERS, clock.today()),
        salt=secrets.token_bytes(SALT_SIZE),
        certificate=seal.fingerprint,
        issued_at=now,
    )
    issuer = work.entry.provider
    made.says = {
        "kind": "yelin-certificate",
        "number": made.number,
        "issued": now.astimezone(clock.SHANGHAI).isoformat(timespec="seconds"),
        "issuer": {"name": issuer.name, "code": issuer.credit_code},
        "seal": {
            "of": "platform",
            "name": seals.name_of(seal.chain[0]),
            "certificate": seal.fingerprint.hex(),
        },
        **_of(work, release, issuer),
        **(_said_of_table(work) if work.is_statistics else _said(work)),
    }
    made.digest = entry.commit(made.says, bytes(made.salt))
    made.save()
    content = work.chosen
    made.hierarchies.set(BroughtHierarchy.objects.filter(pk__in=content.kept_ladders))
    return made


def _form(work: Deidentification) -> Form:
    if work.noise:
        return Form.NOISE
    return protecting.kind_of(work.statistics).form if work.is_statistics else Form.ROWS


def _risk(work: Deidentification) -> float:
    measured = work.measured
    if work.noise:
        return float(measured["risk"])
    return float(
        1 / measured["threshold"] if work.is_statistics else measured["first"]["prosecutor"]
    )


def _of(work: Deidentification, release: Release, issuer: Body) -> dict[str, Any]:
    """Return of what it is; of the source no more than its digest."""
    bears = work.bears
    return {
        "resource": {
            "code": release.entry.code or "",
            "title": release.entry.title,
            "provider": issuer.name,
        },
        "release": {"number": release.number, "manifest": release.digest_text},
        "source": {"manifest": work.source.digest_text},
        "sharing": {
            "code": bears.code,
            "name": bears.zh,
            "threshold": text(bears.risk),
            "basis": bears.basis,
            "unconfirmed": bears.unconfirmed,
        },
    }


def _said_of_table(work: Deidentification) -> dict[str, Any]:
    """Return what it says of statistics: how many cells are told, of none why it is not."""
    content, measured = work.statistics, work.measured
    noise = work.noise
    return {
        "columns": [
            {
                "name": each.name,
                "ladder": each.ladder.kind.value if each.ladder else "",
                "level": each.level,
                "labels": len(found["labels"]),
                "declared": found["declared"],
            }
            for each, found in zip(content.dimensions, work.found["dimensions"], strict=True)
        ],
        "table": {
            "counted": content.counted,
            "measure": _measure(content),
            "cells": measured["cells"],
            "told": measured["told"],
        },
        "protection": noise_tables.said(work, noise) if noise else _suppressed(work),
        "measured": {"effect": measured["effect"], "hidden": measured["hidden"]},
        "linked": list(measured["linked"]),
        "by": list(BY_NOISE if noise else BY_TABLES),
    }


def _suppressed(work: Deidentification) -> dict[str, Any]:
    """Return by which rule small cells are not told, and how wide they lie open."""
    measured, small = work.measured, tabling.small_of(work)
    return {
        "kind": work.statistics.protection.kind,
        "threshold": measured["threshold"],
        "greatest": small.greatest,
        "share": text(small.share),
        "width": measured["width"],
        "basis": small.basis,
        "unconfirmed": small.unconfirmed,
    }


def _measure(content: StatisticsContent) -> dict[str, str] | None:
    if (measure := content.measure) is None:
        return None
    return {
        "called": measure.called,
        "told": measure.told.value,
        "low": text(measure.low),
        "high": text(measure.high),
    }


def _said(work: Deidentification) -> dict[str, Any]:
    """Return what it says of rows: no value of any."""
    content, bears, measured = work.content, work.bears, work.measured
    levels = work.found["levels"]
    heights = {each["name"]: each["height"] for each in work.found["columns"]}
    first = measured["first"]
    return {
        "columns": [
            {
                "name": each.name,
                "role": each.role.value,
                "treatment": each.treatment.value if each.treatment else "",
                "ladder": each.ladder.kind.value if each.ladder and each.name in levels else "",
                "level": levels.get(each.name, 0),
                "height": heights.get(each.name, 0),
            }
            for each in content.columns
        ],
        "codes": packs.active().became_digest.hex() if content.is_by_divisions else "",
        "models": {
            "k": content.alike(bears.risk),
            "nulls": content.nulls.value,
            "cap": text(content.cap),
            "cells": content.cells,
            "others": [
                {
                    "column": each.column,
                    "model": each.model.value,
                    "value": text(each.value),
                    "factor": text(each.factor),
                }
                for each in content.guards
            ],
        },
        "measured": {
            "rows": first["rows"],
            "classes": first["classes"],
            "k": {
                "equal": first["k"],
                "none": first["k_nulls_alone"],
                "all": first["k_nulls_anything"],
            },
            "risk": text(first["prosecutor"]),
            "marketer": text(first["marketer"]),
            "unique": text(first["unique"]),
            "above": text(first["above"]),
            "effect": measured["effect"],
            "told": {
                name: {each: text(value) for each, value in of.items()}
                for name, of in first["told"].items()
            },
        },
        "attacks": {
            "seed": SEED,
            "tried": [
                {
                    "risk": each["risk"],
                    "column": each["column"],
                    "tries": each["found"]["tries"],
                    "found": text(each["found"]["share"]),
                    "low": text(each["found"]["low"]),
                    "high": text(each["found"]["high"]),
                    "guess": text(each["guess"]["share"]),
                    "control": text(each["control"]["share"]),
                    "gain": text(each["gain"]),
                }
                for each in measured["attacks"]["tried"]
            ],
        },
        "presence": _presence(content, measured.get("presence")),
        "linked": [
            {
                "certificate": each["certificate"],
                "risk": text(each["risk"]),
                "threshold": text(each["threshold"]),
            }
            for each in measured["linked"]
        ],
        "by": list(BY),
        "direct": list(content.named(Role.DIRECT)),
    }


def _presence(content: PlanContent, told: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return how much of which population is in it; of the population no more than its digest."""
    if content.population is None or not told:
        return {}
    return {
        "manifest": told["population"],
        "asked": [text(content.population.least), text(content.population.most)],
        "found": [text(told["least"]), text(told["most"])],
        "journalist": text(told["journalist"]),
    }


def text(value: float | None) -> str:
    """Write a number as every reader reads it alike: the ledger has no fractions."""
    return "" if value is None else f"{value:.6g}"


def papers(certificate: Certificate) -> Papers:
    """Return a certificate for people and for programs; the first who asks has them made.

    Raises ``NotSigned``.
    """
    with transaction.atomic():
        found = Certificate.objects.select_for_update().get(pk=certificate.pk)
        if found.paper is None or found.statement is None:
            return _write(found)
        return Papers(bytes(found.paper), bytes(found.statement))


def _write(certificate: Certificate) -> Papers:
    leaf = Leaf.objects.get(subject=certificate.pk, act="deidentify.certify", refused=False)
    issued = Issued("certificate", certificate.number, certificate.says, bytes(certificate.salt))
    made = issued.papers(leaf, platform_seal(), partial(paper.typeset_of, certificate))
    certificate.paper, certificate.statement = made.pdf, made.jws
    certificate.paper_digest = sha256(made.pdf).digest()
    certificate.statement_digest = sha256(made.jws).digest()
    certificate.save(update_fields=["paper", "statement", "paper_digest", "statement_digest"])
    return made
