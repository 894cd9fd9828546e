"""The SQL of lifts: what is observed of each value, and what the same services lead to expect."""

from __future__ import annotations

from imr_archive.query.dimensions import dimension
from imr_archive.query.language.words import Outcome
from imr_archive.query.plan import Plan
from imr_archive.query.sql import COUNTS, Parameters, Statement, Within, matching, values_of


def by_service_sql(plan: Plan, within: Within | None = None) -> Statement:
    """The counts of each service type, as rows that are `alone`, and of each with each value."""
    parameters = Parameters(within)
    values = values_of(plan, parameters, "i.id AS id, i.service_type_id AS service, i.outcome AS outcome")
    return Statement(
        f"WITH found AS MATERIALIZED ({values}),"
        " item AS MATERIALIZED (SELECT DISTINCT id, service, outcome FROM found)"
        f" SELECT 1 AS alone, service, NULL AS value, {COUNTS} FROM item GROUP BY service"
        f" UNION ALL SELECT 0, service, value_1, {COUNTS} FROM found GROUP BY service, value_1",
        parameters.values,
    )


def lift_sql(plan: Plan, outcome: Outcome) -> Statement:
    """For each value its items, how many of them have the outcome, and how many are expected to."""
    parameters = Parameters()
    hit = f"i.outcome = {parameters.bind(outcome)} AS hit"
    values = values_of(plan, parameters, f"i.id AS id, i.service_type_id AS service, {hit}")
    return Statement(
        f"WITH found AS MATERIALIZED ({values}),"
        " item AS MATERIALIZED (SELECT DISTINCT id, service, hit FROM found),"
        " base AS MATERIALIZED (SELECT service, avg(hit) AS rate FROM item GROUP BY service)"
        " SELECT value_1 AS value, count(*) AS items, sum(hit) AS observed, sum(rate) AS expected,"
        " (SELECT count(*) FROM item) AS asked"
        " FROM found JOIN base ON base.service IS found.service WHERE value_1 IS NOT NULL GROUP BY value_1",
        parameters.values,
    )


def shares_sql(plan: Plan, outcome: Outcome) -> Statement:
    """For each value the decisions with the outcome that have it, and how many are expected to."""
    parameters = Parameters()
    (name,) = plan.dimensions
    column = dimension(name).sql
    decided = f"i.outcome = {parameters.bind(outcome)} AND {column} IS NOT NULL"
    found = f"SELECT {column} AS value {matching(plan, parameters, conditions=[decided])}"
    return Statement(
        f"WITH found AS MATERIALIZED ({found}),"
        f" usual AS MATERIALIZED (SELECT {column} AS value, count(*) AS items FROM disputed_items AS i"
        f" WHERE {decided} GROUP BY 1),"
        " asked AS MATERIALIZED (SELECT count(*) AS items FROM found)"
        " SELECT found.value, asked.items AS items, count(*) AS observed,"
        " 1.0 * asked.items * usual.items / (SELECT sum(items) FROM usual) AS expected, asked.items AS asked"
        " FROM found JOIN usual USING (value) CROSS JOIN asked GROUP BY found.value",
        parameters.values,
    )
