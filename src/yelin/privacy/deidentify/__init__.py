"""Make rows of which nobody can be told (去标识化), by the fewest changes; and measure the risk.

Modules stand in the order in which a table passes: ``roles`` (what each column is), ``hierarchy``
with ``generated`` (to what a value may be made coarser), ``coded`` (values become small numbers),
``classes`` (rows that look alike), ``guards`` (what a class must hold), ``costs`` (what a choice
loses), ``optimum`` (the choice that loses least), ``starred`` (single cells go instead of rows),
``grouped`` (numbers that are near become one), ``becoming`` (that in SQL), ``released`` (the rows
are written). Then ``measured`` and ``reread`` measure the same bytes, each by its own code,
``assessed`` says what that comes to, and ``attacked`` tries what somebody gains by them who knows
the source.
"""
