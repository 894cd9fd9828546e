"""Letters that are read again, gathered into the cases that they now name.

A letter may name another case than it did: its number was read for the first time, or otherwise. So letters
are gathered anew by what they say. A case whose number stands keeps its row; a number that no case had takes
the row of the case that its first letter left, or a new one; a case that no letter names any longer goes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from imr_archive.archive.batch import supersedes
from imr_archive.archive.facts import Placed
from imr_archive.archive.prepared import PreparedLetter
from imr_archive.archive.reused_numbers import Content, note_reuse
from imr_archive.archive.text_dictionaries import Dictionaries
from imr_archive.archive.texts import FindDictionary, decompress, no_dictionary


@dataclass(frozen=True)
class StoredLetter:
    """A letter as its row holds it."""

    letter_id: int
    case_id: int
    version: int
    is_current: bool
    source: str
    part: int
    parser_version: str
    text_sha256: str
    packed_text: bytes
    find_dictionary: FindDictionary = no_dictionary

    def text(self) -> str:
        """Its text; raises ValueError where it is damaged."""
        return decompress(self.packed_text, self.find_dictionary)


@dataclass(frozen=True)
class Reread:
    """A stored letter and what it says when it is read again.

    several: its text holds more than one letter, of which this is the first.
    """

    stored: StoredLetter
    letter: PreparedLetter
    several: bool = False


Read = Callable[[StoredLetter], Reread]


@dataclass
class Regrouped:
    """Cases as their letters tell them now.

    known_by: what each of the cases that were gathered was known by. cases: the letters of each case that
    keeps a row, in order of version. new: those of cases that have none yet. gone: cases without letters.
    """

    rereads: list[Reread]
    known_by: Mapping[int, str]
    cases: dict[int, list[Placed]] = field(default_factory=dict)
    new: list[list[Placed]] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)


def regroup(cursor: sqlite3.Cursor, case_ids: Sequence[int], read: Read) -> Regrouped:
    """Read the letters of these cases again, and of all cases that they now name, and gather them anew.

    Raises what `read` raises; nothing is written.
    """
    owners, rereads = _gather(cursor, case_ids, read)
    regrouped = Regrouped(rereads, {case_id: known_by for known_by, case_id in owners.items()})
    letters: dict[str, list[Reread]] = {}
    for reread in sorted(rereads, key=lambda one: one.stored.letter_id):
        letters.setdefault(reread.letter.known_by, []).append(reread)
    free = {case_id for known_by, case_id in owners.items() if known_by not in letters}
    for known_by, group in letters.items():
        case_id = owners.get(known_by)
        if case_id is None and group[0].stored.case_id in free:
            case_id = group[0].stored.case_id
            free.remove(case_id)
        if case_id is None:
            regrouped.new.append(placed(group))
        else:
            regrouped.cases[case_id] = placed(group)
    regrouped.gone = sorted(free)
    return regrouped


def _gather(
    cursor: sqlite3.Cursor, case_ids: Sequence[int], read: Read
) -> tuple[dict[str, int], list[Reread]]:
    """The cases by what they are known by, with those that their letters now name, and all their letters."""
    owners: dict[str, int] = {}
    rereads: list[Reread] = []
    find = Dictionaries(cursor.connection).find
    pending: Iterable[int] = case_ids
    while ids := ", ".join(str(int(case_id)) for case_id in pending):
        cases = cursor.execute(f"SELECT known_by, id FROM cases WHERE id IN ({ids})").fetchall()
        owners.update(cases)
        rows = cursor.execute(
            "SELECT id, case_id, version, is_current, source, part, parser_version, text_sha256, packed_text "
            f"FROM letters WHERE case_id IN ({ids}) ORDER BY id"
        ).fetchall()
        found = [read(replace(StoredLetter(*row), find_dictionary=find)) for row in rows]
        rereads += found
        unmet = {reread.letter.known_by for reread in found} - owners.keys()
        marks = ", ".join("?" for _ in unmet)
        others = cursor.execute(f"SELECT id FROM cases WHERE known_by IN ({marks})", tuple(unmet)).fetchall()
        pending = [case_id for (case_id,) in others]
    return owners, rereads


def placed(group: Sequence[Reread]) -> list[Placed]:
    """The letters of a case, in the order in which they were first read, with one of them current."""
    current = group[0]
    noted = [current]
    for reread in group[1:]:
        letter = note_reuse(reread.letter, Content.of_record(current.letter.record))
        noted.append(replace(reread, letter=letter))
        decided = current.letter.record.decision_date
        if supersedes(letter.record.decision_date, decided.isoformat() if decided else None):
            current = noted[-1]
    return [
        Placed(reread.stored.letter_id, version, reread is current, reread.stored.source, reread.letter)
        for version, reread in enumerate(noted, 1)
    ]
