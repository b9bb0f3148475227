"""What a body's successor takes over: cases that it handles, reviews, asked, is heard in."""

from yelin.cases.models import Case, CaseParty, CaseStep
from yelin.parties import succession

succession.moves(Case, "handler")
succession.moves(Case, "reviewer")
succession.moves(Case, "applicant")
succession.moves(CaseStep, "handler")
succession.moves(CaseParty, "party")
