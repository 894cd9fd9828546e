"""Queries: `scan` and `read` make a plan of a phrase; `ask`, `search` and `rates` answer it."""

from imr_archive.query.applied import Applied
from imr_archive.query.asking import ask
from imr_archive.query.dimensions import DIMENSIONS, Dimension
from imr_archive.query.filters import FILTERS, Filter
from imr_archive.query.plan import Plan
from imr_archive.query.rates import rates
from imr_archive.query.reading import read
from imr_archive.query.results import Answer, Hit, Hits, RateRow, Rates
from imr_archive.query.scan import Token, scan
from imr_archive.query.search import search
from imr_archive.query.snippets import MARKS

__all__ = [
    "DIMENSIONS",
    "FILTERS",
    "MARKS",
    "Answer",
    "Applied",
    "Dimension",
    "Filter",
    "Hit",
    "Hits",
    "Plan",
    "RateRow",
    "Rates",
    "Token",
    "ask",
    "rates",
    "read",
    "scan",
    "search",
]
