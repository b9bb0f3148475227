"""How often: by what other catalogs call it."""

from collections.abc import Mapping

from yelin.catalog.content import UpdateCycle

# By the last part of the name: of the European list, of Dublin Core's, and of ISO 8601;
# and in the words of portals.
CYCLES: Mapping[str, UpdateCycle] = {
    name: cycle
    for cycle, names in {
        UpdateCycle.REALTIME: "CONT UPDATE_CONT CONTINUOUS HOURLY PT1S PT1H REALTIME 实时",
        UpdateCycle.DAILY: "DAILY DAILY_2 P1D DIARIO DIÁRIA 每日 每天",
        UpdateCycle.WEEKLY: "WEEKLY WEEKLY_2 WEEKLY_3 SEMIWEEKLY THREETIMESAWEEK P1W P7D SEMANAL"
        " 每周",
        UpdateCycle.MONTHLY: "MONTHLY MONTHLY_2 MONTHLY_3 BIWEEKLY SEMIMONTHLY P1M P2W MENSAL 每月",
        UpdateCycle.QUARTERLY: "QUARTERLY BIMONTHLY P3M P2M TRIMESTRAL 每季度 每季",
        UpdateCycle.HALF_YEARLY: "ANNUAL_2 ANNUAL_3 SEMIANNUAL BIANNUAL THREETIMESAYEAR P6M P4M"
        " 每半年",
        UpdateCycle.YEARLY: "ANNUAL YEARLY P1Y ANUAL 每年",
        UpdateCycle.NEVER: "NEVER 不更新",
    }.items()
    for name in names.split()
}


def cycle(said: str) -> UpdateCycle:
    """Return the cycle that is called so; what nobody knows is irregular."""
    name = said.strip().upper().removeprefix("R/")
    return CYCLES.get(name, UpdateCycle.IRREGULAR)
