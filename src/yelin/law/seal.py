"""The seal under which the platform issues what no body seals itself."""

from yelin.keys import seals
from yelin.law import clock, packs


def platform_seal() -> seals.Seal:
    """Return the seal of the platform; the first who asks makes it."""
    return seals.platform(f"{packs.active().province.zh}公共数据平台", clock.now())
