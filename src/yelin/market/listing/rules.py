"""What reviewers look at, and from where to where a listing goes, as pure functions."""

from yelin.market.listing.models import Level, State

# What the technical review finds in order, then the legal one, point by point, by code.
CHECKLIST: dict[Level, tuple[str, ...]] = {
    Level.TECHNICAL: ("description", "sources", "sample", "quality", "delivery"),
    Level.LEGAL: ("parties", "lawful_source", "tradable", "personal", "circulation"),
}
# In which state each review is due, and what it leads to.
DUE: dict[State, tuple[Level, State]] = {
    State.SUBMITTED: (Level.TECHNICAL, State.EXAMINED),
    State.EXAMINED: (Level.LEGAL, State.LISTED),
}
