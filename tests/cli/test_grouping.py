"""What comes while work is being done is done together with the next."""

import asyncio
import threading

import pytest

from yelin.cli.grouping import Grouped

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_comes_meanwhile_goes_together():
    turns, go_on = [], threading.Event()

    def work(asked):
        turns.append(list(asked))
        assert go_on.wait(60)
        return [each * 2 for each in asked]

    async def several():
        grouped = Grouped("turns", work)
        first = asyncio.ensure_future(grouped(1))
        while not turns:
            await asyncio.sleep(0)
        others = [asyncio.ensure_future(grouped(each)) for each in (2, 3, 4)]
        await asyncio.sleep(0)
        go_on.set()
        told = await asyncio.gather(first, *others)
        await grouped.close()
        return told

    assert asyncio.run(several()) == [2, 4, 6, 8]
    assert turns == [[1], [2, 3, 4]]


def test_one_that_cannot_be_done_harms_no_other():
    def work(asked):
        if 3 in asked:
            raise ZeroDivisionError
        return [KeyError(each) if each == 2 else each for each in asked]

    async def several():
        grouped = Grouped("turns", work)
        told = await asyncio.gather(*map(grouped, range(5)), return_exceptions=True)
        await grouped.close()
        return told

    told = asyncio.run(several())
    assert [type(each).__name__ for each in told] == [
        "int", "int", "KeyError", "ZeroDivisionError", "int",
    ]  # fmt: skip


def test_what_nobody_waits_for_any_more_is_done_before_the_end():
    done, go_on = [], threading.Event()

    def work(asked):
        assert go_on.wait(60)
        done.extend(asked)
        return list(asked)

    async def leaves():
        grouped = Grouped("turns", work)
        waiting = [asyncio.ensure_future(grouped(each)) for each in range(3)]
        await asyncio.sleep(0)
        waiting[1].cancel()
        go_on.set()
        await grouped.close()
        return await asyncio.gather(*waiting, return_exceptions=True)

    told = asyncio.run(leaves())
    assert (told[0], told[2], type(told[1])) == (0, 2, asyncio.CancelledError)
    assert sorted(done) == [0, 1, 2]
