"""How a certificate is issued: what it says is fixed in the act, then set and sealed (0088).

Its digest stands in the act's leaf. Paper and statement are made once that leaf is signed, so that
they carry the whole proof and are never made twice.
"""

import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy
import pyarrow
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
from yelin.privacy.workbench import paper
from yelin.privacy.workbench.content import PlanContent
from yelin.privacy.workbench.models import (
    BroughtHierarchy,
    Certificate,
    Deidentification,
)
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


def issue(actor: Actor, work: Deidentification, release: Release) -> Certificate:
    """Return the certificate of ``release``, as it was measured; the caller is the act."""
    now, seal = clock.now(), platform_seal()
    measured = work.measured
    made = Certificate(
        work=work,
        release=release,
        source=work.source,
        seat_id=actor.seat_id,
        release_digest=release.digest,
        codes=packs.active().became_digest if work.content.is_by_divisions else b"",
        sharing=work.sharing,
        risk=measured["first"]["prosecutor"],
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
        **_said(work, release, issuer),
    }
    made.digest = entry.commit(made.says, bytes(made.salt))
    made.save()
    made.hierarchies.set(BroughtHierarchy.objects.filter(pk__in=work.content.kept_ladders))
    return made


def _said(work: Deidentification, release: Release, issuer: Body) -> dict[str, Any]:
    """Return what it says: no value of any row, and of the source no more than its digest."""
    content, bears, measured = work.content, work.bears, work.measured
    levels = work.found["levels"]
    heights = {each["name"]: each["height"] for each in work.found["columns"]}
    first = measured["first"]
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
    certificate.save(update_fields=["paper", "statement"])
    return made
