"""What may be done with data standards, their data elements and code lists."""

from datetime import date

from yelin.acts.frame import act
from yelin.law import clock, duties
from yelin.law.refusals import Fault, Incomplete, OutOfTurn
from yelin.parties.actor import OUTSIDE, Actor
from yelin.parties.models import Body
from yelin.registers import reads, rules
from yelin.registers.content import CodedValue, ItemType
from yelin.registers.models import CodeList, DataElement, DataStandard, StandardState

NUMBER_TAKEN = {
    "registers_datastandard_number_key": Fault(
        "number", "A standard of this number stands here already.", duties.STANDARDS_MAKE
    )
}
IDENTIFIER_TAKEN = {
    name: Fault(
        "identifier", "The standard already has one of this identifier.", duties.STANDARDS_MAKE
    )
    for name in ("registers_element_once", "registers_code_list_once")
}


@act(
    "registers.propose_standard",
    duty=duties.STANDARDS_MAKE,
    subject="body",
    surface=OUTSIDE,
    makes=True,
    clashes=NUMBER_TAKEN,
)
def propose_standard(
    *,
    actor: Actor,
    body: Body,
    number: str,
    title: str,
    title_en: str = "",
    source: str,
) -> DataStandard:
    """Propose a local standard, or enter a national one that is to be used (数据标准).

    Raises ``Incomplete``.
    """
    del actor
    number = number.strip()
    rules.require_none(rules.standard_faults(number, title, source))
    return DataStandard.objects.create(
        body=body,
        number=number,
        title=title.strip(),
        title_en=title_en.strip(),
        source=source.strip(),
    )


@act("registers.join_standard", duty=duties.STANDARDS_MAKE, subject="standard", surface=OUTSIDE)
def join_standard(*, actor: Actor, standard: DataStandard) -> DataStandard:
    """Agree to a proposed standard for the actor's body (会同制定). Raises ``OutOfTurn``."""
    _require_proposed(standard)
    standard.joined_by.add(Body.objects.get(pk=actor.body_id))
    return standard


@act("registers.adopt_standard", duty=duties.STANDARDS_MAKE, subject="standard", surface=OUTSIDE)
def adopt_standard(*, actor: Actor, standard: DataStandard, in_force_from: date) -> DataStandard:
    """Let a standard hold from a day on; a local one once all have joined whom the law names.

    Raises ``Incomplete``, or ``OutOfTurn`` for what is not proposed.
    """
    del actor
    _require_proposed(standard)
    wanted = reads.joining_kinds() if rules.is_ours(standard.number) else frozenset()
    if reads.lacking(wanted, standard.joined_by.all()):
        says = "The bodies that the law names have not all joined yet."
        raise Incomplete.at("standard", says, duties.STANDARDS_MAKE)
    standard.state = StandardState.IN_FORCE
    standard.in_force_from = in_force_from
    standard.save()
    return standard


@act("registers.withdraw_standard", duty=duties.STANDARDS_MAKE, subject="standard", surface=OUTSIDE)
def withdraw_standard(*, actor: Actor, standard: DataStandard, in_force_to: date) -> DataStandard:
    """End a standard; what points to it keeps doing so. Raises ``Incomplete`` or ``OutOfTurn``."""
    del actor
    if standard.state != StandardState.IN_FORCE or standard.in_force_from is None:
        raise OutOfTurn("This standard is not in force.")
    if in_force_to < standard.in_force_from:
        says = "A standard does not end before it began."
        raise Incomplete.at("in_force_to", says, duties.STANDARDS_MAKE)
    standard.state = StandardState.WITHDRAWN
    standard.in_force_to = in_force_to
    standard.save()
    return standard


def _require_proposed(standard: DataStandard) -> None:
    if not standard.is_proposed:
        raise OutOfTurn("This standard is not a proposal any more: a new edition changes it.")


@act(
    "registers.add_code_list",
    duty=duties.STANDARDS_MAKE,
    subject="standard",
    surface=OUTSIDE,
    makes=True,
    clashes=IDENTIFIER_TAKEN,
)
def add_code_list(
    *,
    actor: Actor,
    standard: DataStandard,
    identifier: str,
    name: str,
    name_en: str = "",
    values: list[CodedValue],
) -> CodeList:
    """Lay down a code list in a proposed standard (代码集).

    Raises ``Incomplete`` or ``OutOfTurn``.
    """
    del actor
    _require_proposed(standard)
    rules.require_none(
        [
            *rules.element_faults(identifier, name, ItemType.TEXT, ""),
            *rules.value_faults(values),
        ]
    )
    code_list = CodeList.objects.create(
        standard=standard,
        identifier=identifier.strip(),
        name=name.strip(),
        name_en=name_en.strip(),
    )
    code_list.say(values, clock.now())
    return code_list


@act("registers.revise_code_list", duty=duties.STANDARDS_MAKE, subject="code_list", surface=OUTSIDE)
def revise_code_list(*, actor: Actor, code_list: CodeList, values: list[CodedValue]) -> CodeList:
    """Give a code list its next version, as lists of divisions get one each year.

    Raises ``Incomplete``, or ``OutOfTurn`` where the standard has ended.
    """
    del actor
    if code_list.standard.state == StandardState.WITHDRAWN:
        raise OutOfTurn("This standard is not in force.")
    rules.require_none(rules.value_faults(values))
    code_list.say(values, clock.now())
    return code_list


@act(
    "registers.define_element",
    duty=duties.STANDARDS_MAKE,
    subject="standard",
    surface=OUTSIDE,
    makes=True,
    clashes=IDENTIFIER_TAKEN,
)
def define_element(  # noqa: PLR0913 - what the national guide asks of a data element
    *,
    actor: Actor,
    standard: DataStandard,
    identifier: str,
    name: str,
    name_en: str = "",
    definition: str = "",
    type: ItemType,  # noqa: A002 - the guide's word
    length: str = "",
    domain: str = "",
    code_list: CodeList | None = None,
) -> DataElement:
    """Define a data element in a proposed standard (数据元).

    Raises ``Incomplete`` or ``OutOfTurn``.
    """
    del actor
    _require_proposed(standard)
    rules.require_none(rules.element_faults(identifier, name, type, length))
    if code_list and code_list.standard_id != standard.pk and code_list.standard.is_proposed:
        says = "Take a code list of this standard, or of one that is in force."
        raise Incomplete.at("code_list", says, duties.STANDARDS_MAKE)
    return DataElement.objects.create(
        standard=standard,
        identifier=identifier.strip(),
        name=name.strip(),
        name_en=name_en.strip(),
        definition=definition.strip(),
        type=type,
        length=length,
        domain=domain.strip(),
        code_list=code_list,
    )
