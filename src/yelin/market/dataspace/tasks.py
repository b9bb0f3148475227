"""Connectors are called back by workers, so that no act waits for one."""

from uuid import UUID

from procrastinate.contrib.django import app

from yelin.market.contract import callbacks
from yelin.market.dataspace import calling


@app.task(name=callbacks.CALL, queue="sending")
def call_back(*, of: str) -> None:
    """Tell a connector how a negotiation or transfer stands, and again where it was not taken."""
    pk = UUID(of)
    wait = calling.call_next(pk)
    if wait is not None:
        callbacks.later(pk, wait)
