"""The account of a reparse: what was read again, what changed field by field, what stays as it was."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from imr_archive.archive.differences import Difference, FieldChanges
from imr_archive.archive.regroup import Regrouped

MOST_NAMED = 20
"""Letters that a report names where something is to be said of each."""


class CaseChange(msgspec.Struct, frozen=True):
    """What is not as it was in one case; case_id is None for one that is new, `is_gone` for one that goes."""

    name: str
    case_id: int | None
    is_gone: bool
    differences: tuple[Difference, ...]


class Failure(msgspec.Struct, frozen=True):
    """A case that could not be read again and stays as it was. reason: a key of `prepared.REASONS`."""

    case: str
    reason: str
    message: str


class ReparseReport(msgspec.Struct, kw_only=True):
    """What a reparse changed, field by field.

    letters, cases: how many were read again; changed_cases: those of which any row is not as it was (one
    that letters of a later batch join counts again). read_before_by: letters by the version of the parser
    that had read them. fields: changes by the field's path. failures: how many cases stay as they were, of
    which `failed` names the first. several: letters whose text now reads as more than one letter, of which
    `several_in` names the first; the others of such a text come when its file is ingested again. resumed: the
    run went on where another had stopped. stopped: it was asked to end before it had read all; the same call
    goes on from there.
    """

    parser_version: str
    dry_run: bool = False
    resumed: bool = False
    stopped: bool = False
    letters: int = 0
    cases: int = 0
    changed_cases: int = 0
    read_before_by: dict[str, int] = {}
    fields: dict[str, FieldChanges] = {}
    failures: int = 0
    failed: list[Failure] = []
    several: int = 0
    several_in: list[str] = []
    seconds: float = 0.0

    def to_dict(self) -> dict[str, object]:
        """The report as plain JSON types."""
        plain: dict[str, object] = msgspec.to_builtins(self)
        return plain

    def count(self, ids: Sequence[int], regrouped: Regrouped, changes: Sequence[CaseChange]) -> None:
        """Add what the batch of the cases `ids` read and found changed.

        Cases of earlier batches that letters of this one join were counted in their turn.
        """
        first = min(ids, default=0)
        self.cases += sum(case_id >= first for case_id in regrouped.known_by)
        for reread in regrouped.rereads:
            if reread.stored.case_id < first:
                continue
            self.letters += 1
            version = reread.stored.parser_version
            self.read_before_by[version] = self.read_before_by.get(version, 0) + 1
            if reread.several:
                self.several += 1
                self.several_in += [reread.stored.source][: MOST_NAMED - len(self.several_in)]
        for change in changes:
            self.changed_cases += 1
            for difference in change.differences:
                self.fields.setdefault(difference.field, FieldChanges()).count(change.name, difference)

    def fail(self, failure: Failure) -> None:
        """Add a case that stays as it was."""
        self.failures += 1
        self.failed += [failure][: MOST_NAMED - len(self.failed)]
