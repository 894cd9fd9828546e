"""Queries: `scan` and `read` make a plan of a phrase; `ask`, `search` and `rates` answer it."""

from imr_archive.query.answer import Answer
from imr_archive.query.asking import ask, lifts
from imr_archive.query.comparison import Comparison, Difference, against_others, compare
from imr_archive.query.dimensions import DIMENSIONS, Dimension
from imr_archive.query.facets import FACETS, Facet, FacetValue, facets
from imr_archive.query.filters.applied import Applied
from imr_archive.query.filters.registry import FILTERS, Filter
from imr_archive.query.language.arms import Arm
from imr_archive.query.language.reading import read
from imr_archive.query.language.scan import Token, scan
from imr_archive.query.letters import LetterHit, LetterHits
from imr_archive.query.lift import Lift, LiftRow, lift
from imr_archive.query.plan import Plan
from imr_archive.query.rates import rates
from imr_archive.query.results import Hit, Hits, RateRow, Rates
from imr_archive.query.search import search, search_letters
from imr_archive.query.snippets import MARKS
from imr_archive.query.sql import Statement

__all__ = [
    "DIMENSIONS",
    "FACETS",
    "FILTERS",
    "MARKS",
    "Answer",
    "Applied",
    "Arm",
    "Comparison",
    "Difference",
    "Dimension",
    "Facet",
    "FacetValue",
    "Filter",
    "Hit",
    "Hits",
    "LetterHit",
    "LetterHits",
    "Lift",
    "LiftRow",
    "Plan",
    "RateRow",
    "Rates",
    "Statement",
    "Token",
    "against_others",
    "ask",
    "compare",
    "facets",
    "lift",
    "lifts",
    "rates",
    "read",
    "scan",
    "search",
    "search_letters",
]
