"""What a body's successor takes over of this room: the catalogs that it reads."""

from yelin.harvesting.models import Source
from yelin.parties import succession

succession.moves(Source, "body")
