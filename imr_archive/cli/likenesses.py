"""How decisions that are alike are printed: the nearest, and the two outcomes side by side."""

from __future__ import annotations

from collections.abc import Sequence

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from imr_archive.cli.output import stdout
from imr_archive.cli.records import outcome_text
from imr_archive.query.dimensions import shown_guideline
from imr_archive.query.similar.results import (
    PAIRED,
    Alike,
    Contrast,
    Opposites,
    Pair,
    Similar,
    SimilarTo,
    asked_for,
    one_line,
)

SIMILAR_COLUMNS = (
    "item",
    "request",
    "case_number",
    "source",
    "position",
    "description",
    "outcome",
    "service",
    "decision_date",
    "likeness",
    "reason",
    "specialties",
    "guidelines",
    "near_duplicates",
    "excerpt",
)
SIDES = ("upheld", "overturned")
SAME_BY = {
    "service": "the same service, {}",
    "subcategory": "the same kind of service, {}",
    "heading": "nearly the same words (the service is not in the vocabulary)",
}
DIMENSIONS = {
    "reason": "Reason",
    "guidelines": "Reviewer's guideline",
    "sections": "Section",
    "specialties": "Reviewer",
    "diagnoses": "Diagnosis",
}
_GUIDELINES = frozenset(("guidelines", "ur_guidelines"))
LIKENESS_OF_PAIRS = (
    "side by side, the likeness leaves out the reason that decided, so it may differ from above"
)
NOTHING_ASKED = (
    "no request was found in the text: give the denial or the request itself, such as "
    '"Norco 10/325mg #60 is non-certified"'
)
NOTHING_ALIKE = (
    "no decision is like this one: name the treatment as a letter would, or try `imr-archive search WORDS`"
)


def flat(found: Similar) -> list[dict[str, object]]:
    """The nearest decisions of all requests, a row each; lists joined by semicolons."""
    return [
        {
            **{key: "; ".join(value) if isinstance(value, list) else value for key, value in row.items()},
            "item": group.request.position,
            "request": one_line(group.request.heading),
        }
        for group in found.groups
        for row in (one.to_dict() for one in group.rows)
    ]


def print_similar(found: Similar) -> None:
    """The answer for each request, one below the other."""
    if not found.groups:
        stdout.print(NOTHING_ASKED)
    for number, group in enumerate(found.groups, 1):
        if number > 1:
            stdout.print()
        _print_request(group, number, len(found.groups))
        if not group.rows and group.opposites is None:
            stdout.print(NOTHING_ALIKE)
        service = group.request.service
        if service and group.rows and not any("service" in row.agrees for row in group.rows):
            stdout.print(
                Text(f"none of these is on {service}: they are alike in other things", style="yellow")
            )
        for place, row in enumerate(group.rows, 1):
            _print_alike(place, row)
        if group.opposites is not None:
            _print_opposites(group.opposites)


def _print_request(group: SimilarTo, number: int, of: int) -> None:
    request = group.request
    place = f"{number} of {of}  " if of > 1 else ""
    stdout.print(Text.assemble((place, "dim"), (one_line(request.heading), "bold")))
    kind = " / ".join(filter(None, (request.category, request.subcategory, request.service)))
    read = [kind or "service not in the vocabulary: compared by its words", asked_for(request)]
    read += [", ".join(request.diagnoses), _plain(request.reason)]
    stdout.print(Text.assemble(("reading: ", "dim"), one_line(" · ".join(filter(None, read)))))
    if request.outcome:
        stdout.print(Text.assemble(("decided: ", "dim"), outcome_text(request.outcome)))


def _print_alike(place: int, row: Alike) -> None:
    """A decision as a block: what became of it and how alike it is, its heading, what it says."""
    about = " · ".join(filter(None, (f"likeness {row.likeness:.2f}", row.decision_date)))
    stdout.print()
    stdout.print(
        Text.assemble(f"{place:>3}  ", outcome_text(row.outcome), "  ", (_name(row), "bold"), "  ", about)
    )
    lines = [Text(row.description)]
    if row.excerpt:
        lines.append(Text(row.excerpt, style="italic"))
    if row.agrees:
        agrees = ", ".join(_plain(name) for name in row.agrees)
        lines.append(Text.assemble(("the same: ", "dim"), agrees))
    if row.words:
        lines.append(Text.assemble(("in common: ", "dim"), ", ".join(row.words)))
    if row.near_duplicates:
        others = "others have" if row.near_duplicates > 1 else "other has"
        lines.append(Text(f"{row.near_duplicates:,} {others} nearly the same rationale", style="dim"))
    for line in lines:
        stdout.print(Padding(line, (0, 0, 0, 5)))


def _print_opposites(both: Opposites) -> None:
    stdout.print()
    same_by = SAME_BY[both.same_by].format(both.named)
    stdout.print(Text.assemble(("Opposite outcomes ", "bold"), f"on {same_by}"))
    missing = [side for side in SIDES if not getattr(both, side)]
    if missing:
        stdout.print(Text(f"none of those compared was {missing[0]}", style="yellow"))
    if both.contrasts or both.amounts:
        stdout.print(_contrasts(both))
    if both.pairs:
        stdout.print(Text(LIKENESS_OF_PAIRS, style="dim"))
    for number, pair in enumerate(both.pairs, 1):
        stdout.print(_side_by_side(pair, number))


def _contrasts(both: Opposites) -> Table:
    """How many of the closest of each outcome have what the other side has less often."""
    made = Table(header_style="bold", title="Where the closest of each differ most", title_justify="left")
    made.add_column("")
    made.add_column("", overflow="fold")
    for side in SIDES:
        made.add_column(Text(f"{side} ({getattr(both, side)})"), justify="right", no_wrap=True)
    shown = ""
    for one in both.contrasts:
        heading = DIMENSIONS[one.dimension] if one.dimension != shown else ""
        shown = one.dimension
        made.add_row(Text(heading, style="dim"), Text(_value(one)), str(one.upheld), str(one.overturned))
    for amount in both.amounts:
        label, value = Text("Median", style="dim"), Text(amount.unit)
        made.add_row(label, value, f"{amount.upheld:g}", f"{amount.overturned:g}")
    return made


def _value(one: Contrast) -> str:
    if one.dimension in _GUIDELINES:
        return shown_guideline(one.value)
    return _plain(one.value) if one.dimension == "reason" else one.value


def _side_by_side(pair: Pair, number: int) -> Table:
    """An upheld decision beside an overturned one; what differs is marked, what is the same is dim."""
    made = Table(show_lines=False, header_style="bold", expand=False)
    made.add_column(Text(f"#{number}"), style="dim", no_wrap=True)
    for side in SIDES:
        made.add_column(outcome_text(side), ratio=1, overflow="fold")
    two: Sequence[Alike | None] = (pair.upheld, pair.overturned)
    made.add_row("", *(Text(_title(one)) for one in two))
    made.add_row("", *(Text(one.description if one else "", style="bold") for one in two))
    differs = pair.differs
    for name, label in PAIRED:
        shown = [_shown(one, name) for one in two]
        if any(shown):
            different = name in differs and all(two)
            style = "" if different else "dim"
            mark = "≠" if different else "="
            mark = mark if all(two) else " "
            made.add_row(f"{mark} {label}", *(Text(value or "–", style=style) for value in shown))
    made.add_row("  Says", *(Text(one.excerpt if one else "", style="italic") for one in two))
    return made


def _title(one: Alike | None) -> str:
    if one is None:
        return "none"
    return " · ".join(filter(None, (_name(one), one.decision_date, f"likeness {one.likeness:.2f}")))


def _shown(one: Alike | None, name: str) -> str:
    if one is None:
        return ""
    value = getattr(one, name)
    if isinstance(value, tuple):
        return "; ".join(map(shown_guideline, value) if name in _GUIDELINES else value)
    return _plain(value) if name == "reason" else value or ""


def _name(row: Alike) -> str:
    return f"{row.case_number or row.source or 'no case number'} item {row.position}"


def _plain(code: str | None) -> str:
    """A code as words."""
    return (code or "").replace("_", " ")
