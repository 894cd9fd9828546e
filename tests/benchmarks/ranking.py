"""How good the order of hits is: nDCG@10 of our bounded ranking beside exhaustive BM25, on generated letters.

    python tests/benchmarks/ranking.py --archive letters-20000-seed-1.db --seed 1 [--each]

`tests/benchmarks/queries.py --letters 20000 --keep FOLDER` makes such an archive. What is relevant comes from
the truth of the letters (see speed/relevance.py), made anew here by the seed. Exhaustive BM25 is FTS5's rank
over every match: with the words as typed, with the synonyms that ours has, and these with the heading
weighing as much as in ours. Ours without bounds scores every match by the same formula: the difference is
what the bounds cost.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean
from unittest.mock import patch

from speed.measured import opened
from speed.plain_fts import expression
from speed.relevance import DEPTH, ndcg, truths, wanted
from speed.reporting import table
from sqlalchemy import Connection, text

from imr_archive.query.item_ids import tier_ids
from imr_archive.query.language.reading import read
from imr_archive.query.plan import Plan
from imr_archive.query.ranking import best_first as ranking
from imr_archive.query.ranking.index import FullTextIndex
from imr_archive.query.sql import HEADING_WEIGHT

Ranker = Callable[[Connection, Plan], list[int]]


def ours(connection: Connection, plan: Plan) -> list[int]:
    tiers = tier_ids(connection, plan)
    return ranking.page_of_hits(connection, plan, tiers, FullTextIndex(connection), limit=DEPTH)


def without_bounds(connection: Connection, plan: Plan) -> list[int]:
    with unbounded():
        return ours(connection, plan)


@contextmanager
def unbounded() -> Iterator[None]:
    with patch.object(ranking, "CANDIDATES", sys.maxsize), patch.object(ranking, "READ", sys.maxsize):
        yield


def fts5(weight: float, *, synonyms: bool) -> Ranker:
    def best(connection: Connection, plan: Plan) -> list[int]:
        asked = {"words": expression(plan.alternatives, synonyms=synonyms), "weight": weight, "most": DEPTH}
        sql = (
            "SELECT rowid FROM disputed_items_fts WHERE disputed_items_fts MATCH :words"
            " ORDER BY bm25(disputed_items_fts, :weight, 1.0) LIMIT :most"
        )
        return list(connection.execute(text(sql), asked).scalars())

    return best


RANKERS: dict[str, Ranker] = {
    "ours": ours,
    "ours without bounds": without_bounds,
    "FTS5, words as typed": fts5(1.0, synonyms=False),
    "FTS5, same words": fts5(1.0, synonyms=True),
    f"FTS5, same words, heading {HEADING_WEIGHT:g}:1": fts5(HEADING_WEIGHT, synonyms=True),
}


def main() -> int:
    command = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    command.add_argument("--archive", type=Path, required=True, help="an archive of generated letters")
    command.add_argument("--seed", type=int, default=1, help="the seed of its letters (default: 1)")
    command.add_argument("--each", action="store_true", help="print the figures of each question too")
    chosen = command.parse_args()
    with opened(chosen.archive) as connection:
        try:
            truth = truths(connection, chosen.seed)
        except LookupError as error:
            command.error(str(error))
        found = [
            (one.words, [ndcg(rank(connection, plan), grades) for rank in RANKERS.values()])
            for one in wanted()
            if (grades := one.grades(truth)) and (plan := read(one.words).as_hits())
        ]
    if chosen.each:
        rows = [(words, *(f"{figure:.3f}" for figure in figures)) for words, figures in found]
        print(table(("question", *RANKERS), rows, right=range(1, 1 + len(RANKERS))) + "\n")
    means = [fmean(figures) for figures in zip(*(figures for _, figures in found), strict=True)]
    rows = [(name, f"{mean:.4f}") for name, mean in zip(RANKERS, means, strict=True)]
    print(table(("ranking", f"nDCG@{DEPTH} of {len(found)} questions"), rows, right=(1,)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
