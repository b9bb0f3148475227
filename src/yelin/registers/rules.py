"""What the law asks of plans, standards and rules: pure functions, without database or clock."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

from yelin.law import duties
from yelin.law.refusals import Fault, Incomplete
from yelin.registers.content import CodedValue, ItemType, Step

# GB/T 2261.1—2003 and DB46/T 500—2020: the mark says who made it, DB46 that Hainan did.
_NUMBER = re.compile(r"^(GB(/T|/Z)?|DB\d{2,4}(/T)?|[A-Z]{2}(/T)?) [\d.]+[—-]\d{4}$")
_LENGTH = re.compile(r"^(\d{1,5}(,\d{1,2})?)?$")


def is_ours(number: str) -> bool:
    """Whether a standard of this ``number`` is a local one (地方标准), made here and by us."""
    return number.startswith("DB")


def require_none(faults: Iterable[Fault]) -> None:
    """Raise ``Incomplete`` with all ``faults``, if there are any."""
    found = list(faults)
    if found:
        raise Incomplete(found)


def standard_faults(number: str, title: str, source: str) -> Iterator[Fault]:
    """Yield what stands against a standard."""
    if not _NUMBER.match(number):
        says = "Write the number with its year, such as GB/T 2261.1-2003."
        yield Fault("number", says, duties.STANDARDS_MAKE)
    if not title.strip():
        yield Fault("title", "Give the standard its title.", duties.STANDARDS_MAKE)
    if not source.strip():
        says = "Say where the text stands, so that others can compare."
        yield Fault("source", says, duties.STANDARDS_MAKE)


def element_faults(identifier: str, name: str, type_: str, length: str) -> Iterator[Fault]:
    """Yield what stands against a data element."""
    if not identifier.strip():
        yield Fault("identifier", "Give its identifier in the standard.", duties.STANDARDS_MAKE)
    if not name.strip():
        yield Fault("name", "Give its name in Chinese.", duties.STANDARDS_MAKE)
    if type_ not in set(ItemType):
        yield Fault("type", "Choose one of the types of the national guide.", duties.STANDARDS_MAKE)
    if not _LENGTH.match(length):
        yield Fault("length", "A number like 20, or 12,2 with decimals.", duties.STANDARDS_MAKE)


def value_faults(values: Sequence[CodedValue]) -> Iterator[Fault]:
    """Yield what stands against the values of a code list."""
    if not values:
        yield Fault("values", "A code list has at least one value.", duties.STANDARDS_MAKE)
    for code, times in Counter(value.code for value in values).items():
        if times > 1:
            says = "The code {code} stands there twice."
            yield Fault("values", says, duties.STANDARDS_MAKE, {"code": code})


def plan_faults(title: str, text: str) -> Iterator[Fault]:
    """Yield what stands against a plan that leaves the house."""
    if not title.strip():
        yield Fault("title", "Give the plan its title.")
    if not text.strip():
        yield Fault("text", "The text of the plan is missing.")


def process_rule_faults(title: str, steps: Collection[Step], address: str) -> Iterator[Fault]:
    """Yield what stands against a rule of the whole process, draft or not."""
    if not title.strip():
        yield Fault("title", "Give the rule its title.", duties.PROCESS_RULES)
    if not steps:
        says = "Choose the steps of the process that the rule is for."
        yield Fault("steps", says, duties.PROCESS_RULES)
    if address.strip() and not address.strip().startswith(("https://", "http://")):
        says = "Write the whole address, from https:// on."
        yield Fault("address", says, duties.PROCESS_RULES)


def issuing_faults(number: str, *, can_be_read: bool) -> Iterator[Fault]:
    """Yield what keeps a rule from being published."""
    if not number.strip():
        says = "Give the number of the document that issues it."
        yield Fault("number", says, duties.PROCESS_RULES)
    if not can_be_read:
        says = "Give the rule its text, the address where it stands, or attach it as a file."
        yield Fault("text", says, duties.PROCESS_RULES)


def project_faults(name: str, approval: str, approved_on: date, today: date) -> Iterator[Fault]:
    """Yield what stands against a project paid from public money."""
    if not name.strip():
        yield Fault("name", "Give the project its name.", duties.PUBLIC_MONEY)
    if not approval.strip():
        says = "Name the document that approves it, with its number."
        yield Fault("approval", says, duties.PUBLIC_MONEY)
    if approved_on > today:
        says = "It is entered once it is approved: this day has not come yet."
        yield Fault("approved_on", says, duties.PUBLIC_MONEY)


def system_faults(name: str, purpose: str) -> Iterator[Fault]:
    """Yield what stands against a government system."""
    if not name.strip():
        yield Fault("name", "Give the system its name.", duties.SYSTEMS_CONNECT)
    if not purpose.strip():
        yield Fault("purpose", "Say what the system is for.", duties.SYSTEMS_CONNECT)
