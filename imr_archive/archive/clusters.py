"""Clusters of nearly the same rationale: text that reviewers use again, found to be folded up.

Rationales are compared in the order of their items. The first of its like leads: one with at least `ALIKE`
of its shingles in common with a leader joins it, any other leads in its turn. So a cluster's number is its
leader's row number, no later rationale changes it, and comparing new ones alone gives what comparing all of
them would. Leaders are looked up by the hashes of the bands of their own MinHash and of their followers', and
what is found so is compared shingle by shingle: chance can miss a pair, but joins none that is not alike.

The work is done batch by batch. Hashes of a batch are looked up and added in their own order, which is that
of the table: in the order of the items, every batch would read and write all of it many times over.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from imr_archive.archive.connection import ArchiveDatabase
from imr_archive.archive.likeness import METHOD, band_hashes, likeness, shingles
from imr_archive.archive.rationale_marks import count_uncompared
from imr_archive.archive.running import never
from imr_archive.archive.store import sqlite_cursor
from imr_archive.archive.writer_lock import hold_archive

ALIKE = 0.5
"""The share of shingles in common with its leader from which on a rationale joins a cluster.

Half of the runs of three words stay when one word in nine is changed. Two variants of one text may each
differ from a third, which came first and leads: pairs that have 0.85 and more in common are together only
where the leader may differ more than they do. Rationales that were written apart have a tenth in common.
"""

BATCH = 50_000
"""Items in one round: some 150 MB of memory."""

_MOST_COMPARED = 8
"""Leaders that a rationale is compared with, those first that share most hashes."""

_MOST_IN_BUCKET = 64
"""Leaders found by one hash; with the hashes of a standing phrase, more of them would say nothing."""

_KEPT_LEADERS = 4_096
"""Leaders whose shingles are kept in memory, for the next that is like them."""

Texts = dict[int, str]


class ClusterSummary(msgspec.Struct, kw_only=True):
    """What comparing did.

    compared: rationales compared in this run. clusters, clustered: how many clusters the archive has now, and
    how many items are in them. stopped: the run was asked to end before all were compared.
    """

    compared: int = 0
    clusters: int = 0
    clustered: int = 0
    stopped: bool = False


class Progress(Protocol):
    """Is told how many rationales are compared, of how many."""

    def __call__(self, done: int, total: int) -> None:
        """Some more are done."""


def _silent(done: int, total: int) -> None:
    """Say nothing."""


def cluster_rationales(
    database: ArchiveDatabase,
    *,
    restart: bool = False,
    batch: int = BATCH,
    wait: float = 0.0,
    progress: Progress = _silent,
    stop: Callable[[], bool] = never,
) -> ClusterSummary:
    """Compare the rationales that are new or changed since the last call, and number the clusters.

    restart: compare all anew. batch: items in one transaction. wait: seconds to wait for another process that
    is writing. stop: is asked after each batch. Raises ArchiveLockedError where another process is writing
    letters; an ArchiveError where the database fails: all batches before are kept.
    """
    summary = ClusterSummary()
    with hold_archive(database.path, wait=wait):
        with database.write() as connection:
            cursor = sqlite_cursor(connection)
            _begin(cursor, restart=restart)
            total = count_uncompared(cursor)
        comparison = _Comparison()
        while items := _next_items(database, batch):
            summary.compared += _compare_batch(database, comparison, items)
            progress(summary.compared, total)
            if stop():
                summary.stopped = True
                break
        with database.write() as connection:
            _end(sqlite_cursor(connection), summary)
    return summary


def _begin(cursor: sqlite3.Cursor, *, restart: bool) -> None:
    """Make sure that what was compared was compared by today's method, and let go of changed leaders."""
    known = cursor.execute("SELECT method FROM rationale_comparison").fetchall()
    if restart or known != [(METHOD,)]:
        for statement in (
            "UPDATE disputed_items SET rationale_cluster = NULL WHERE rationale_cluster IS NOT NULL",
            "DELETE FROM rationale_bands",
            "DELETE FROM changed_rationales",
            "DELETE FROM rationale_comparison",
        ):
            cursor.execute(statement)
        cursor.execute("INSERT INTO rationale_comparison (method, last_item_id) VALUES (?, 0)", (METHOD,))
    leaderless = "rationale_cluster IN (SELECT item_id FROM changed_rationales)"
    cursor.execute(
        f"INSERT OR IGNORE INTO changed_rationales (item_id) SELECT id FROM disputed_items WHERE {leaderless}"
    )
    cursor.execute(f"UPDATE disputed_items SET rationale_cluster = NULL WHERE {leaderless}")


def _end(cursor: sqlite3.Cursor, summary: ClusterSummary) -> None:
    """Take its number from a leader whom all others have left, and count."""
    cursor.execute(
        "UPDATE disputed_items SET rationale_cluster = NULL WHERE id IN (SELECT rationale_cluster "
        "FROM disputed_items WHERE rationale_cluster IS NOT NULL GROUP BY 1 HAVING count(*) = 1)"
    )
    summary.clusters, summary.clustered = cursor.execute(
        "SELECT count(DISTINCT rationale_cluster), count(rationale_cluster) FROM disputed_items "
        "WHERE rationale_cluster IS NOT NULL"
    ).fetchone()


@dataclass(frozen=True)
class _Items:
    """The items of one batch: changed ones that were compared before, or the next new ones."""

    ids: Sequence[int]
    texts: Texts
    changed: bool


def _next_items(database: ArchiveDatabase, batch: int) -> _Items | None:
    """The items to be compared next, None where there are none."""
    with database.read() as connection:
        cursor = sqlite_cursor(connection)
        changed = cursor.execute(
            "SELECT item_id FROM changed_rationales ORDER BY item_id LIMIT ?", (batch,)
        ).fetchall()
        if changed:
            ids = [item_id for (item_id,) in changed]
            return _Items(ids, _texts(cursor, ids), changed=True)
        rows = cursor.execute(
            "SELECT id, rationale FROM disputed_items "
            "WHERE id > (SELECT last_item_id FROM rationale_comparison) ORDER BY id LIMIT ?",
            (batch,),
        ).fetchall()
    if not rows:
        return None
    return _Items([row[0] for row in rows], {row[0]: row[1] for row in rows if row[1]}, changed=False)


def _texts(cursor: sqlite3.Cursor, ids: Sequence[int]) -> Texts:
    rows = cursor.execute(
        "SELECT id, rationale FROM disputed_items "
        "WHERE id IN (SELECT value FROM json_each(?)) AND rationale IS NOT NULL ORDER BY id",
        (json.dumps(ids),),
    )
    return dict(rows.fetchall())


def _compare_batch(database: ArchiveDatabase, comparison: _Comparison, items: _Items) -> int:
    """Compare one batch and write what came of it, in one short transaction; how many had a rationale."""
    with database.read() as connection:
        found = comparison.compare(sqlite_cursor(connection), items.texts)
    with database.write() as connection:
        cursor = sqlite_cursor(connection)
        _write(cursor, found)
        if items.changed:
            cursor.execute(
                "DELETE FROM changed_rationales WHERE item_id IN (SELECT value FROM json_each(?))",
                (json.dumps(items.ids),),
            )
        else:
            cursor.execute("UPDATE rationale_comparison SET last_item_id = ?", (items.ids[-1],))
    return len(items.texts)


@dataclass
class _Found:
    """What came of a batch: who leads whom, and the hashes of new leaders."""

    leader_of: dict[int, int] = field(default_factory=dict)
    bands: list[tuple[int, int]] = field(default_factory=list)


def _write(cursor: sqlite3.Cursor, found: _Found) -> None:
    cluster = dict(found.leader_of) | {leader: leader for leader in found.leader_of.values()}
    cursor.executemany(
        "UPDATE disputed_items SET rationale_cluster = ?1 WHERE id = ?2 AND rationale_cluster IS NOT ?1",
        [(leader, item_id) for item_id, leader in sorted(cluster.items())],
    )
    cursor.executemany(
        "INSERT OR IGNORE INTO rationale_bands (band_hash, item_id) VALUES (?, ?)", sorted(found.bands)
    )


class _Comparison:
    """Compares rationales with the leaders there are; it remembers the shingles of those met last."""

    def __init__(self) -> None:
        self._kept: dict[int, frozenset[str]] = {}

    def compare(self, cursor: sqlite3.Cursor, texts: Texts) -> _Found:
        """Find the leader of each of these rationales, in the order of their items."""
        self._kept.clear()
        hashes = {item_id: band_hashes(parts) for item_id, parts in _cut(texts)}
        wanted = sorted({number for bands in hashes.values() for number in bands})
        # What is stored of an item that is being compared is of a rationale that it had before.
        buckets = _Buckets(row for row in _stored(cursor, wanted) if row[1] not in texts)
        found = _Found()
        for item_id, bands in hashes.items():
            nearest = self._nearest(cursor, item_id, buckets.leaders(bands), texts)
            if nearest is not None:
                found.leader_of[item_id] = nearest
            found.bands += buckets.add(item_id if nearest is None else nearest, bands)
        return found

    def _nearest(
        self, cursor: sqlite3.Cursor, item_id: int, leaders: Sequence[int], texts: Texts
    ) -> int | None:
        """The leader that the rationale is most like, of those that it is like at all."""
        if not leaders:
            return None
        own = shingles(texts[item_id])
        best, nearest = 0.0, None
        for leader in leaders[:_MOST_COMPARED]:
            alike = likeness(own, self._shingles(cursor, leader, texts))
            if alike > best:
                best, nearest = alike, leader
            if best == 1.0:
                break
        return nearest if best >= ALIKE else None

    def _shingles(self, cursor: sqlite3.Cursor, leader: int, texts: Texts) -> frozenset[str]:
        kept = self._kept.get(leader)
        if kept is None:
            text = texts.get(leader) or _text_of_leader(cursor, leader)
            kept = shingles(text)
            if len(self._kept) >= _KEPT_LEADERS:
                self._kept.clear()
            self._kept[leader] = kept
        return kept


def _cut(texts: Texts) -> Iterator[tuple[int, frozenset[str]]]:
    """The shingles of each text that has a word, in the order of the items."""
    for item_id in sorted(texts):
        parts = shingles(texts[item_id])
        if parts:
            yield item_id, parts


def _text_of_leader(cursor: sqlite3.Cursor, item_id: int) -> str:
    """The rationale of an item that still leads; nothing where its row was made anew since."""
    row = cursor.execute(
        "SELECT rationale FROM disputed_items WHERE id = ?1 AND ifnull(rationale_cluster, ?1) = ?1 "
        "AND ?1 NOT IN (SELECT item_id FROM changed_rationales)",
        (item_id,),
    ).fetchone()
    return row[0] or "" if row else ""


def _stored(cursor: sqlite3.Cursor, hashes: Sequence[int]) -> Iterable[tuple[int, int]]:
    """The leaders that are stored under these hashes, which come in order: (hash, item)."""
    return cursor.execute(
        "SELECT band_hash, item_id FROM json_each(?) CROSS JOIN rationale_bands ON band_hash = value",
        (json.dumps(hashes),),
    )


class _Buckets:
    """Leaders by hash."""

    def __init__(self, stored: Iterable[tuple[int, int]]) -> None:
        self._leaders: dict[int, list[int]] = {}
        for number, leader in stored:
            self._leaders.setdefault(number, []).append(leader)

    def leaders(self, bands: Sequence[int]) -> list[int]:
        """The leaders that share a hash, those first that share most."""
        shared = Counter(leader for number in bands for leader in self._leaders.get(number, ()))
        return sorted(shared, key=lambda leader: (-shared[leader], leader))

    def add(self, leader: int, bands: Sequence[int]) -> list[tuple[int, int]]:
        """Let a leader be found by these hashes, its own or a follower's; gives what is to be stored."""
        added = []
        for number in bands:
            bucket = self._leaders.setdefault(number, [])
            if len(bucket) < _MOST_IN_BUCKET and leader not in bucket:
                bucket.append(leader)
                added.append((number, leader))
        return added
