"""What a body's successor takes over of this room: its notices."""

from yelin.parties import succession
from yelin.privacy.models import CollectionNotice

succession.moves(CollectionNotice, "body")
