"""The items that a plan finds, as sets of their row numbers: all, or parted by how well they match."""

from __future__ import annotations

from pyroaring import BitMap
from sqlalchemy import Connection

from imr_archive.query.evaluating import Evaluator, Tiers
from imr_archive.query.plan import Plan


def matching_ids(connection: Connection, plan: Plan) -> BitMap:
    """The items that match, exactly."""
    return Evaluator(connection).matching(plan)


def tier_ids(connection: Connection, plan: Plan) -> Tiers:
    """The items that match, by tier; without words to rank by, all of them are in the first."""
    return Evaluator(connection).tiers(plan)
