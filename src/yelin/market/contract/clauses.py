"""The model contracts (示范文本): what each kind says beside its terms, in words of ours."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy

from yelin.market.contract.terms import Kind
from yelin.market.contract.wording import Label

COMMON: Mapping[str, tuple[Label, ...]] = {
    "matter": (
        gettext_lazy(
            "The provider warrants that the data comes from lawful sources and that it may give "
            "the rights below."
        ),
    ),
    "quality": (
        gettext_lazy(
            "The consumer inspects the data in the days named and says what is wrong with it in "
            "writing. What is neither objected to nor refused in these days counts as accepted; to "
            "use the data for inspection alone does not."
        ),
    ),
    "price": (
        gettext_lazy(
            "Payment passes outside the platform, which keeps invoices and records of settlement."
        ),
    ),
    "delivery": (
        gettext_lazy("What is handed over is recorded in the platform's ledger for both sides."),
    ),
    "use": (
        gettext_lazy(
            "The consumer uses the data for these purposes alone. What is not allowed here is not "
            "allowed."
        ),
    ),
    "security": (
        gettext_lazy(
            "Each side keeps the data by measures fit for its grade, and tells the other side at "
            "once of any leak."
        ),
    ),
    "personal": (
        gettext_lazy(
            "Nobody tries to find out whom the data is about. Rights that persons have by law are "
            "answered by the side that they turn to, with the other's help."
        ),
    ),
    "ending": (
        gettext_lazy(
            "At the end the consumer deletes the data and all copies of it and proves it, except "
            "for what a law orders to be kept."
        ),
    ),
    "disputes": (gettext_lazy("Both sides try first to settle a dispute by talking."),),
}
OWN: Mapping[Kind, Mapping[str, tuple[Label, ...]]] = {
    Kind.PROVISION: {
        "rights": (
            gettext_lazy(
                "The provider keeps its own rights in the data. What the consumer makes of the "
                "data within its purposes is the consumer's."
            ),
        ),
    },
    Kind.PROCESSING: {
        "rights": (
            gettext_lazy(
                "Whoever processes the data does so as ordered, for no purpose of its own, and "
                "hands it to nobody else without written consent."
            ),
            gettext_lazy("What comes of the processing is the ordering side's."),
        ),
        "ending": (
            gettext_lazy("Results are returned before the data is deleted; nothing is kept back."),
        ),
    },
    Kind.DEVELOPMENT: {
        "rights": (
            gettext_lazy(
                "Each side keeps its rights in what it brings. What is developed together is "
                "shared by what each has put in, unless the terms say otherwise."
            ),
        ),
        "use": (gettext_lazy("What is brought in by one side is used for the joint work alone."),),
    },
    Kind.BROKERAGE: {
        "matter": (
            gettext_lazy(
                "The broker has the source of the data explained, verifies who both sides are, and "
                "keeps records of its review and of the trade."
            ),
        ),
        "price": (
            gettext_lazy("The broker is owed nothing for a contract that does not come about."),
        ),
        "security": (
            gettext_lazy("The broker uses nothing that it learns on the way for itself."),
        ),
    },
}
CLOSING: tuple[Label, ...] = (
    gettext_lazy(
        "Whoever breaks this contract makes good what the other side loses by it. Beside that the "
        "law holds."
    ),
    gettext_lazy(
        "Each side signs this document with its own electronic signature. It is made when both "
        "have signed, and is in force from the first day of its period, after filing where filing "
        "is asked for. Nothing in it is changed but by a new contract."
    ),
    gettext_lazy("Where the Chinese text and a translation differ, the Chinese text holds."),
)


def of(kind: Kind, section: str) -> list[str]:
    """Return what a model contract says in a section beside its terms."""
    own = OWN[kind].get(section, ())
    return [str(each) for each in (*COMMON.get(section, ()), *own)]
