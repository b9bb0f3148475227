"""The one way by which data leaves: decide, count, open the warehouse, hand out."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from yelin import gate
from yelin.catalog.models import Entry
from yelin.delivery import meter
from yelin.law.refusals import OutOfTurn
from yelin.parties.actor import Actor
from yelin.warehouse import opened
from yelin.warehouse.models import Release
from yelin.warehouse.query import Page, Question
