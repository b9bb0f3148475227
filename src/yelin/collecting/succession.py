"""What a body's successor takes over of this room: its forms and the answers it owes."""

from yelin.collecting.models import CollectionForm, Repeat
from yelin.parties import succession

succession.moves(CollectionForm, "body")
succession.moves(Repeat, "body")
