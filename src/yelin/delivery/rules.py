"""Whom a leaked file names: of each recipient how unlikely it is that its copy was not the source.

Every recipient's copies lack rows that a keyed digest chooses (``warehouse.thinned``), each row by
itself with the probability of the share. A file made without the copy of somebody was chosen
without that key, so how many of its rows that copy lacks is binomially distributed, whatever was
cut away, shuffled or written otherwise, and whoever chose it. So few of them that chance hardly
gives that are evidence against the null hypothesis, and nothing else is: a row altered into another
one costs strength, and accuses nobody. The level is divided by the number of hypotheses (Bonferroni
1936; Dunn, Journal of the American Statistical Association 56, 1961), so that *anybody* innocent is
named in at most ``FALSE`` of all examinations. Codes of this kind are traitor tracing (Boneh and
Shaw, IEEE Transactions on Information Theory 44, 1998; Tardos, Journal of the ACM 55, 2008).

Two who put their copies together have every row that either has, and so nearly all. What both lack
is still lacking: pairs are held to that, where neither of them is named alone. Of three nobody is
named, and of two only by a file of many rows. Whoever keeps only what several copies share leaves
out what each of them lacks, and all of them are named. It is the copy that is named; how it came
away is for people to find out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from uuid import UUID

from scipy.special import bdtr

FALSE = 1e-4
"""In at most this share of all examinations anybody innocent is named."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What a file says of the copies of one recipient, which lack this ``share`` of all rows.

    ``lacked`` of its rows are among those.
    """

    whose: UUID
    share: Decimal
    lacked: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """How likely a file would have so few of the rows that these copies lack, were they innocent.

    ``lacked`` are there, where chance would have put ``expected``. ``chance`` is for this
    hypothesis alone, ``corrected`` for as many as there were.
    """

    whose: tuple[UUID, ...]
    lacked: int
    expected: float
    chance: float
    corrected: float

    @property
    def names(self) -> bool:
        """Whether it is enough to say that the file was made of these copies."""
        return self.corrected <= FALSE / 2


def weigh(
    rows: int, copies: Sequence[Copy], pairs: Mapping[frozenset[UUID], int]
) -> tuple[Evidence, ...]:
    """Return the evidence of a file with so many distinct ``rows``, the strongest first.

    ``pairs`` tells how many of them two copies both lack, none where it is not named. Single copies
    and pairs have half of ``FALSE`` each; of pairs only those are told that are named.
    """
    alone = [
        _evidence((each.whose,), rows, each.lacked, float(each.share), len(copies))
        for each in copies
    ]
    named = {each.whose[0] for each in alone if each.names}
    others = [each for each in copies if each.whose not in named]
    hypotheses = len(copies) * (len(copies) - 1) // 2
    most = max((float(each.share) for each in others), default=0.0)
    # A file of few rows names no pair, even where it has none that both lack.
    enough = _evidence((), rows, 0, most**2, hypotheses).names
    several = [
        _evidence(
            (one.whose, other.whose),
            rows,
            pairs.get(frozenset({one.whose, other.whose}), 0),
            float(one.share * other.share),
            hypotheses,
        )
        for one, other in (combinations(others, 2) if enough else ())
    ]
    told = [*alone, *(each for each in several if each.names)]
    return tuple(sorted(told, key=lambda each: (each.corrected, each.chance, each.lacked)))


def _evidence(
    whose: tuple[UUID, ...], rows: int, lacked: int, share: float, hypotheses: int
) -> Evidence:
    chance = float(bdtr(lacked, rows, share)) if rows else 1.0
    return Evidence(whose, lacked, rows * share, chance, min(1.0, chance * hypotheses))
