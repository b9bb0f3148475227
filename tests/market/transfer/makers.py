"""Transfers for tests: of a filed trade, asked for and begun by the acts and tasks of anybody."""

from itertools import count

from tests.market.filing.makers import make_filed
from tests.parties.makers import make_representative

from yelin.market.contract.models import Contract
from yelin.market.transfer import acts, tasks
from yelin.market.transfer.models import Transfer

_names = count(1)


def fresh_name() -> str:
    return f"urn:uuid:32541fe6-c580-409e-85a8-{next(_names):012x}"


def program(body):
    """Return whoever acts for an enterprise by a program."""
    return make_representative(body).by_token()


def make_running(folder, listing=None, **over) -> Contract:
    """Make a contract in force, of which a table is taken."""
    made = make_filed(folder, listing, **over).contract
    return Contract.objects.select_related("thing", *Contract.ALONG).get(pk=made.pk)


def ask(contract, actor=None, **over) -> Transfer:
    said = {"known_as": fresh_name()} | over
    actor = actor or program(contract.consumer)
    return acts.request(actor=actor, contract=contract, **said)


def again(one):
    """Return a transfer or contract as it stands now, as the edges read it."""
    return type(one).objects.select_related("thing", *one.ALONG).get(pk=one.pk)


def make_started(contract, **over) -> Transfer:
    asked = ask(contract, **over)
    tasks.begin_transfer(of=str(asked.pk))
    return again(asked)
