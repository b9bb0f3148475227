"""What a body's successor takes over of the bench: hierarchies; works go with their entries."""

from yelin.parties import succession
from yelin.privacy.workbench.models import BroughtHierarchy

succession.moves(BroughtHierarchy, "body")
