"""A memo as BibTeX: one entry for each decision, in plain ASCII."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence

from imr_archive.export.memo.latex import latex
from imr_archive.export.memo.record import CitedDecision, Memo

AUTHOR = "California Division of Workers' Compensation, Independent Medical Review"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""The names of the months that every BibTeX style defines."""

_NOT_IN_A_KEY = re.compile(r"[^A-Za-z0-9]+")


def write_bibtex(memo: Memo) -> bytes:
    """An entry of type `misc` for each decision; BibTeX leaves out what stands between entries."""
    above = (f"{label}: {_comment(value)}" for label, value in memo.facts)
    entries = map(_entry, _keys(memo.decisions), memo.decisions)
    return ("\n".join([*above, "", *entries])).encode("ascii")


def _comment(value: str) -> str:
    """A line between entries; an @ would begin one."""
    return latex(value).replace("@", "(at)")


def _keys(decisions: Sequence[CitedDecision]) -> Iterator[str]:
    """A key for each decision, none twice, such as `imr-CM16-0213037-2` for a case's second item."""
    taken: set[str] = set()
    for one in decisions:
        plain = f"imr-{_NOT_IN_A_KEY.sub('-', one.name).strip('-') or 'case'}-{one.position}"
        key, number = plain, 1
        # Some programs that read BibTeX do not tell capitals from small letters.
        while key.casefold() in taken:
            number += 1
            key = f"{plain}-{number}"
        taken.add(key.casefold())
        yield key


def _entry(key: str, one: CitedDecision) -> str:
    lines = "".join(f"  {name} = {value},\n" for name, value in _fields(one))
    return f"@misc{{{key},\n{lines}}}\n"


def _fields(one: CitedDecision) -> Iterator[tuple[str, str]]:
    """The fields; names and titles in two pairs of braces keep their commas and capitals."""
    yield "author", f"{{{{{latex(AUTHOR)}}}}}"
    yield (
        "title",
        f"{{{{{latex(f'Final Determination {one.name}, item {one.position}: {one.description}')}}}}}",
    )
    if one.decision_date:
        decided = datetime.date.fromisoformat(one.decision_date)
        yield "year", f"{{{decided.year}}}"
        yield "month", MONTHS[decided.month - 1]
        yield "date", f"{{{decided.isoformat()}}}"
    yield "note", f"{{{latex(_note(one))}}}"
    if one.quotation is not None:
        yield "annote", f"{{``{latex(one.quotation.marked)}''}}"


def _note(one: CitedDecision) -> str:
    reviewer = f"; reviewer: {', '.join(one.specialties)}" if one.specialties else ""
    side = f" (compared: {', '.join(one.arms)})" if one.arms else ""
    return f"{one.outcome.capitalize()}{side}{reviewer}; {one.authorities}"
