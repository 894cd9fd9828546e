"""One letter or case as a reader wants it on a terminal."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from rich.padding import Padding
from rich.text import Text

from imr_archive.archive.reading import CaseView, CitationView, ItemView
from imr_archive.cli.output import stdout
from imr_archive.parsing import Citation, Item, LetterRecord
from imr_archive.query.dimensions import shown_guideline

OUTCOME_STYLE = {"upheld": "red", "overturned": "green", "partially_overturned": "yellow"}
UNCERTAIN = " (uncertain)"
SIDES = {"claims_administrator": "Utilization review", "reviewer": "IMR reviewer"}


def outcome_text(outcome: str | None) -> Text:
    """An outcome in its colour."""
    return Text(
        (outcome or "no outcome").replace("_", " ").upper(), style=OUTCOME_STYLE.get(outcome or "", "dim")
    )


def print_fields(fields: Iterable[tuple[str, object]]) -> None:
    """Label and value a line; what has no value is left out."""
    for label, value in fields:
        if value not in (None, "", (), []):
            shown = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
            stdout.print(Text.assemble((f"{label:22}", "dim"), shown), soft_wrap=True)


def print_paragraph(heading: str, text: str | None) -> None:
    """A heading and a block of prose, indented."""
    if text:
        stdout.print(Text(heading, style="dim"))
        stdout.print(Padding(Text(text), (0, 0, 0, 2)))


def citation_line(cite: Citation | CitationView) -> str:
    """A citation on one line: guideline, sections, pages."""
    if isinstance(cite, CitationView):
        name = shown_guideline(cite.guideline)
    else:
        parts = ("" if cite.source == "other" else cite.source, cite.guideline, cite.year)
        name = " ".join(str(part) for part in parts if part)
    sections = f" · {'; '.join(cite.sections)}" if cite.sections else ""
    pages = f" · p. {', '.join(cite.pages)}" if cite.pages else ""
    return f"{name}{sections}{pages}"


def print_citations(citations: Sequence[Citation] | Sequence[CitationView]) -> None:
    """Both sides' citations, one below the other."""
    for side, name in SIDES.items():
        cited = [citation_line(cite) for cite in citations if cite.cited_by == side]
        stdout.print(Text.assemble(("  " + f"{name:20}", "dim"), "; ".join(cited) or "none cited"))


def _dates(view: LetterRecord | CaseView) -> list[tuple[str, datetime.date | None]]:
    return [
        ("Date of injury", view.date_of_injury),
        ("UR denial", view.ur_denial_date),
        ("Application received", view.application_received),
        ("Assigned", view.date_assigned),
        ("Decision", view.decision_date),
    ]


def _patient(view: LetterRecord | CaseView) -> str:
    age = f"{view.patient_age} years" if view.patient_age is not None else ""
    return ", ".join(part for part in (age, view.patient_sex or "") if part)


def _attributes(item: object) -> str:
    quantity, unit = getattr(item, "quantity", None), getattr(item, "quantity_unit", None)
    weeks = getattr(item, "duration_weeks", None)
    parts = [
        f"{quantity:g} {unit or ''}".strip() if quantity is not None else "",
        getattr(item, "dose", None) or "",
        getattr(item, "frequency", None) or "",
        _weeks(weeks) if weeks is not None else "",
        " ".join(
            part for part in (getattr(item, "laterality", None), getattr(item, "body_part", None)) if part
        ),
    ]
    return " · ".join(part for part in parts if part)


def _weeks(weeks: float) -> str:
    """A time in weeks to one decimal, and to none where it is as good as whole: three months are 13 weeks."""
    shown = f"{weeks:.1f}".removesuffix(".0")
    return f"{shown} {'week' if shown == '1' else 'weeks'}"


def _decided(item: Item | ItemView, *, action_certain: bool = True) -> list[tuple[str, object]]:
    """What utilization review did and why the reviewer decided so; what is not certain says so."""
    action = " ".join(filter(None, (item.ur_action, _authorized(item))))
    reason = (item.reason or "").replace("_", " ")
    return [
        ("  UR decision", action + ("" if action_certain or not action else UNCERTAIN)),
        ("  Deciding reason", reason + (UNCERTAIN if reason and item.reason_certain is False else "")),
    ]


def _authorized(item: Item | ItemView) -> str:
    return f"(authorized: {item.ur_authorized})" if item.ur_authorized else ""


def _uncertain(record: LetterRecord) -> frozenset[str]:
    """The paths of the values that the parser is not certain of."""
    return frozenset(finding.field for finding in record.findings if not finding.certain)


def print_record(record: LetterRecord) -> None:
    """A parsed letter, with what the parser could not settle."""
    name = record.case_number or "no case number"
    stdout.rule(Text.assemble((name, "bold"), f"  {record.source}  "), align="left", style="dim")
    stdout.print(outcome_text(record.outcome))
    print_fields(
        [
            *_dates(record),
            ("Priority", record.priority),
            ("Reviewer", record.reviewer.specialties),
            ("Licensed in", record.reviewer.licensure_states),
            ("Patient", _patient(record)),
            ("Diagnoses", "; ".join(record.diagnoses)),
            ("Layout", record.layout),
        ]
    )
    uncertain = _uncertain(record)
    for position, item in enumerate(record.items, 1):
        stdout.print()
        stdout.print(Text.assemble((f"{position}. {item.description}  ", "bold"), outcome_text(item.outcome)))
        kind = " / ".join(part for part in (item.category, item.subcategory, item.service) if part)
        print_fields(
            [
                ("  Service", kind or "not in the vocabulary"),
                ("  Asked for", _attributes(item)),
                *_decided(item, action_certain=f"items[{position - 1}].ur_action" not in uncertain),
            ]
        )
        print_citations(item.citations)
    for problem in record.problems:
        stdout.print(Text(f"problem: {problem.code}: {problem.message}", style="yellow"))
    stdout.print()


def print_case(case: CaseView) -> None:
    """A stored case, whole."""
    name = case.case_number or case.source
    stdout.rule(Text.assemble((name, "bold"), f"  {case.source}  "), align="left", style="dim")
    stdout.print(outcome_text(case.outcome))
    print_fields(
        [
            *_dates(case),
            ("Priority", case.priority),
            ("Reviewer", case.specialties),
            ("Licensed in", case.licensure_states),
            ("Patient", _patient(case)),
            ("Diagnoses", "; ".join(case.diagnoses)),
        ]
    )
    print_paragraph("Clinical case summary", case.summary)
    for item in case.items:
        stdout.print()
        stdout.print(
            Text.assemble((f"{item.position}. {item.description}  ", "bold"), outcome_text(item.outcome))
        )
        kind = " / ".join(part for part in (item.category, item.subcategory, item.service) if part)
        print_fields(
            [
                ("  Service", kind or "not in the vocabulary"),
                ("  Asked for", _attributes(item)),
                *_decided(item),
            ]
        )
        print_citations(item.citations)
        print_paragraph("  Rationale", item.rationale)
    for problem in case.problems:
        stdout.print(Text(f"problem: {problem.code}: {problem.message}", style="yellow"))
    if len(case.versions) > 1:
        stdout.print()
        for version in case.versions:
            mark = " (shown here)" if version.is_current else ""
            stdout.print(
                f"version {version.version}{mark}: {version.source}, read {version.ingested_at:%Y-%m-%d}"
            )
