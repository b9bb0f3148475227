"""How an extract is issued: rows as the gate gives them, under a number and a seal; then written.

What it says is fixed in the act, and its digest stands in the act's leaf. Paper and statement are
made once that leaf is signed, so that they carry the whole proof and are never made twice.
"""

from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from typing import Any

from django.db import transaction

from yelin.cases.models import NumberCounter
from yelin.delivery import handing
from yelin.delivery.checking import Mark
from yelin.delivery.opening import Call
from yelin.exchange import paper
from yelin.exchange.extract import Sought, page_faults, said, table_of
from yelin.exchange.models import Extract, Seal
from yelin.keys import seals
from yelin.law import clock
from yelin.law.refusals import Incomplete, OutOfTurn
from yelin.law.seal import platform_seal
from yelin.ledger import entry
from yelin.ledger.issued import Issued, Papers
from yelin.ledger.models import Leaf
from yelin.parties.actor import Actor

ACTS = ("exchange.extract", "exchange.issue_extract")
LETTERS = "PZ"


def issue(actor: Actor, extract: Extract) -> None:
    """Issue what is sought, as ``actor`` has it at this moment; the caller is the act.

    Raises ``Incomplete`` for no rows or too many, and what ``handing.rows`` raises.
    """
    sought = Sought(**extract.sought)
    resource, body = extract.entry, extract.seat.body
    handed = handing.rows(actor, resource, sought.question(), call=Call(sought.purpose))
    if wrong := list(page_faults(handed.page)):
        raise Incomplete(wrong)
    now, release = clock.now(), handed.release
    extract.seal = Seal.objects.in_use(now).filter(body=body).first()
    seal = _seal_of(extract)
    extract.number = NumberCounter.next_number(LETTERS, clock.today())
    extract.issued_at, extract.release, extract.compared = now, release, release.number
    extract.rows, extract.certificate = len(handed.page.rows), seal.fingerprint
    extract.says = said(
        number=extract.number,
        at=now.astimezone(clock.SHANGHAI),
        issuer={"name": body.name, "code": body.credit_code},
        seal={
            "of": "body" if extract.seal else "platform",
            "name": seals.name_of(seal.chain[0]),
            "certificate": seal.fingerprint.hex(),
        },
        sought=sought,
        resource={
            "code": resource.code or "",
            "title": resource.title,
            "provider": resource.provider.name,
        },
        release={"number": release.number, "manifest": release.digest_text},
        table=table_of(handed.page) | _doubted(handed.notes.marks),
    )
    extract.digest = entry.commit(extract.says, bytes(extract.salt))
    extract.take_code(extract.number)
    extract.save()


def _doubted(marks: Sequence[Mark]) -> dict[str, list[dict[str, Any]]]:
    """Return what of the extract is under check, and which of its rows; none named means all."""
    said = [
        {
            "doubt": mark.doubt,
            "since": mark.since.astimezone(clock.SHANGHAI).isoformat(timespec="seconds"),
            "items": list(mark.items),
            "rows": [row + 1 for row in mark.rows or ()],
        }
        for mark in marks
    ]
    return {"under_check": said} if said else {}


def papers(extract: Extract) -> Papers:
    """Return the extract for people and for programs; the first who asks has them made.

    Raises ``NotSigned``; ``OutOfTurn`` for one that was not issued, or was revoked.
    """
    with transaction.atomic():
        found = Extract.objects.select_related("seal__sealed_by", "sealed_by").select_for_update(
            of=("self",)
        ).get(pk=extract.pk)  # fmt: skip
        if found.issued_at is None or found.revoked_at is not None:
            raise OutOfTurn("Only what was issued, and holds, is handed out.")
        if found.paper is None or found.statement is None:
            return _write(found)
        key = found.sealed_by
        return Papers(
            key.unseal(bytes(found.paper), found.written("paper")),
            key.unseal(bytes(found.statement), found.written("statement")),
        )


def _write(extract: Extract) -> Papers:
    leaf = Leaf.objects.filter(
        subject=extract.pk, act__in=ACTS, refused=False, payload__facts__issued=True
    ).get()
    issued = Issued("extract", extract.number or "", extract.says, bytes(extract.salt))
    made = issued.papers(leaf, _seal_of(extract), partial(paper.typeset_of, extract))
    key = extract.sealed_by
    extract.paper = key.seal(made.pdf, extract.written("paper"))
    extract.statement = key.seal(made.jws, extract.written("statement"))
    extract.paper_digest, extract.statement_digest = _digest(made.pdf), _digest(made.jws)
    extract.save(update_fields=["paper", "statement", "paper_digest", "statement_digest"])
    return made


def _seal_of(extract: Extract) -> seals.Seal:
    return extract.seal.opened() if extract.seal else platform_seal()


def _digest(blob: bytes) -> bytes:
    return sha256(blob).digest()
