"""What may be done in the registers, each family in its own module."""

from yelin.registers.acts import plans, process_rules, standards, systems

__all__ = ["plans", "process_rules", "standards", "systems"]
