"""Which case is meant by what a user types: its number, in any of its spellings, or its file's name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz import fuzz, process
from sqlalchemy import Connection, select

from imr_archive.archive.models import Case, Letter
from imr_archive.errors import UnknownNameError

NEAR_MATCHES = 3
"""How many names a message suggests."""

NEAR_ENOUGH = 75
"""How alike, out of 100, a name must be to be suggested."""

_LEAST_DIGITS = 4
"""Digits that tell a case whose number ends so; the part behind the year has six or seven."""

_CASE_NUMBER = re.compile(r"(?:CM|IMR)?\W*(\d\d)\W*(\d{6,7})", re.IGNORECASE)


def locate_case(connection: Connection, name: str) -> int:
    """The id of the case that `name` names; UnknownNameError with the nearest names where there is none."""
    wanted = name.strip()
    for found in (_by_number(connection, wanted), _by_source(connection, wanted)):
        if found is not None:
            return found
    raise UnknownNameError(_no_such_case(connection, wanted))


def _by_number(connection: Connection, wanted: str) -> int | None:
    query = select(Case.id).where(Case.known_by.in_(spellings(wanted))).order_by(Case.id)
    return connection.execute(query).scalars().first()


def spellings(wanted: str) -> list[str]:
    """How `cases.known_by` may write the number that a user typed, such as 160230548 for CM16-0230548."""
    plain = " ".join(wanted.upper().split())
    number = _CASE_NUMBER.fullmatch(plain)
    if not number:
        return [plain]
    year, rest = number.groups()
    return list(dict.fromkeys([plain, f"CM{year}-{rest}", f"IMR {year}-{rest}", f"{year}-{rest}"]))


def _by_source(connection: Connection, wanted: str) -> int | None:
    """The case whose letter came from a file of that name, with or without its suffix; the newest."""
    exact = select(Letter.case_id).where(Letter.source == wanted).order_by(Letter.id.desc())
    found = connection.execute(exact).scalars().first()
    if found is not None:
        return found
    # "." is followed by "/" in the order of characters: all names that begin with `wanted.` lie between.
    stem = select(Letter.case_id).where(Letter.source > f"{wanted}.", Letter.source < f"{wanted}/")
    return connection.execute(stem.order_by(Letter.id.desc())).scalars().first()


def _no_such_case(connection: Connection, wanted: str) -> str:
    if wanted.isdecimal() and len(wanted) >= _LEAST_DIGITS:
        ends_so = select(Case.case_number).where(Case.case_number.endswith(wanted)).order_by(Case.case_number)
        whole = connection.execute(ends_so.limit(NEAR_MATCHES)).scalars().all()
        if whole:
            return f"no case {wanted!r} in this archive: did you mean {', '.join(map(str, whole))}?"
    near = process.extract(
        wanted.upper(),
        _names(connection),
        scorer=fuzz.ratio,
        processor=str.upper,
        limit=NEAR_MATCHES,
        score_cutoff=NEAR_ENOUGH,
    )
    suggestion = ": did you mean " + ", ".join(match[0] for match in near) + "?" if near else ""
    return f"no case {wanted!r} in this archive{suggestion}"


def _names(connection: Connection) -> Iterator[str]:
    """The number of every case, and the file's name where a letter prints none."""
    numbers = select(Case.case_number).where(Case.case_number.is_not(None)).order_by(Case.case_number)
    yield from (number for number in connection.execute(numbers).scalars() if number)
    sources = select(Letter.source).join(Case).where(Case.case_number.is_(None)).order_by(Letter.id)
    yield from connection.execute(sources).scalars()
