"""Filters on the case: its reviewer, its patient, its dates and the file that its letter came from."""

from __future__ import annotations

import re

from imr_archive.query.filters.kind import ANY_CASE, Filter, Takes
from imr_archive.vocabulary.terms import specialty, state

_LETTER_OUTCOMES = {
    "upheld": "upheld", "uphold": "upheld", "overturned": "overturned", "overturn": "overturned",
    "partially overturned": "partially_overturned", "partial": "partially_overturned",
    "partially upheld": "partially_overturned", "partial overturn": "partially_overturned",
}  # fmt: skip
_SEXES = {
    "male": "male", "m": "male", "man": "male", "men": "male",
    "female": "female", "f": "female", "woman": "female", "women": "female",
}  # fmt: skip
_PRIORITIES = {"standard": "standard", "expedited": "expedited", "urgent": "expedited"}
_CASE_NUMBER = re.compile(r"^\W*(?P<kind>CM|IMR)\W*(?P<year>\d\d)\W*(?P<number>\d+)\W*$", re.IGNORECASE)

_CURRENT_LETTER = "i.case_id IN (SELECT case_id FROM letters WHERE is_current AND id {})"


def _canonical_specialty(name: str) -> str:
    """The vocabulary's name of a specialty, also from the adjective alone (`orthopedic`)."""
    candidates = (name, f"{name} surgery", f"{name} medicine", f"{name} surgeon")
    return next((found.name for one in candidates if (found := specialty(one)).recognised), name)


def _canonical_state(name: str) -> str:
    return state(name).name


def canonical_case_number(typed: str) -> str:
    """A case number in the way in which letters print it: `CM16-0213037`, `IMR 13-000004`."""
    match = _CASE_NUMBER.match(typed)
    if match is None:
        return typed.upper()
    kind = "CM" if match["kind"].upper() == "CM" else "IMR "
    return f"{kind}{match['year']}-{match['number']}"


def _dates(name: str, date: str, help_text: str, english: str, *aliases: str) -> Filter:
    """A filter on a date of the case."""
    return Filter(
        name=name,
        aliases=aliases,
        takes=Takes.DATES,
        help=help_text,
        english=english,
        bounds=(f"{date} >= {{low}}", f"{date} <= {{high}}"),
        number=name,
        open_ends=("{} or later", "{} or earlier"),
        joins=("c",),
    )


CASE_FILTERS: tuple[Filter, ...] = (
    Filter(
        name="letter_outcome",
        aliases=("case outcome",),
        takes=Takes.CHOICE,
        help="outcome of the whole letter: upheld, overturned or partially overturned",
        english="whole letter {values}",
        sql="c.outcome IN ({values})",
        joins=("c",),
        choices=_LETTER_OUTCOMES,
        column="letter_outcome",
    ),
    Filter(
        name="specialty",
        aliases=("reviewer specialty", "speciality"),
        takes=Takes.NAMES,
        help="specialty of the reviewer",
        english="reviewer specialty {values}",
        sql=(
            "c.reviewer_id IN (SELECT rs.reviewer_id FROM reviewer_specialties AS rs"
            " JOIN specialties AS sp ON sp.id = rs.specialty_id WHERE sp.name COLLATE NOCASE IN ({values}))"
        ),
        joins=("c",),
        canonical=_canonical_specialty,
        known_values="SELECT name FROM specialties",
        column="specialty",
        on_value=ANY_CASE,
    ),
    Filter(
        name="state",
        aliases=("licensure", "reviewer state"),
        takes=Takes.NAMES,
        help="state in which the reviewer is licensed",
        english="reviewer licensed in {values}",
        sql=(
            "c.reviewer_id IN (SELECT rst.reviewer_id FROM reviewer_states AS rst"
            " WHERE rst.state COLLATE NOCASE IN ({values}))"
        ),
        joins=("c",),
        canonical=_canonical_state,
        known_values="SELECT DISTINCT state FROM reviewer_states",
        column="state",
        on_value=ANY_CASE,
    ),
    Filter(
        name="diagnosis",
        aliases=("diagnoses", "condition"),
        takes=Takes.NAMES,
        help="diagnosis that the case summary names",
        english="diagnosis {values}",
        sql=(
            "i.case_id IN (SELECT cd.case_id FROM case_diagnoses AS cd"
            " JOIN diagnoses AS dx ON dx.id = cd.diagnosis_id WHERE dx.name COLLATE NOCASE IN ({values}))"
        ),
        known_values="SELECT name FROM diagnoses WHERE recognised",
        column="diagnosis",
        on_value=ANY_CASE,
    ),
    Filter(
        name="sex",
        aliases=("gender", "patient sex"),
        takes=Takes.CHOICE,
        help="sex of the patient: male or female",
        english="{values} patient",
        sql="c.patient_sex IN ({values})",
        joins=("c",),
        choices=_SEXES,
        column="sex",
    ),
    Filter(
        name="age",
        aliases=("patient age", "ages"),
        takes=Takes.RANGE,
        help="age of the patient in years",
        english="age {values}",
        bounds=("c.patient_age >= {low}", "c.patient_age <= {high}"),
        joins=("c",),
        number="patient_age",
    ),
    Filter(
        name="year",
        aliases=("years", "decision year"),
        takes=Takes.RANGE,
        help="year of the decision",
        english="decided in {values}",
        bounds=("c.decision_date >= {low}", "c.decision_date <= {high}"),
        bound_formats=("{:04d}-01-01", "{:04d}-12-31"),
        open_ends=("{} or later", "{} or earlier"),
        joins=("c",),
        number="decided",
    ),
    _dates("decided", "c.decision_date", "date of the decision", "decided {values}", "date", "decision date"),
    _dates("injured", "c.date_of_injury", "date of injury", "injured {values}", "injury", "date of injury"),
    Filter(
        name="priority",
        takes=Takes.CHOICE,
        help="standard or expedited",
        english="{values} review",
        sql="c.priority IN ({values})",
        joins=("c",),
        choices=_PRIORITIES,
        column="priority",
    ),
    Filter(
        name="case",
        aliases=("case number", "imr"),
        takes=Takes.NAMES,
        help="IMR case number",
        english="case {values}",
        sql="c.case_number IN ({values})",
        joins=("c",),
        canonical=canonical_case_number,
    ),
    Filter(
        name="file",
        takes=Takes.NAMES,
        help="name of the file that the letter was read from",
        english="file {values}",
        sql=(
            "i.case_id IN (SELECT letters.case_id FROM letters"
            " WHERE letters.is_current AND letters.source COLLATE NOCASE IN ({values}))"
        ),
    ),
    Filter(
        name="letter_number",
        takes=Takes.RANGE,
        help="number under which the letter was read in (letters.id), such as 1200.. for that and all later",
        english="letter read in as number {values}",
        bounds=(_CURRENT_LETTER.format(">= {low}"), _CURRENT_LETTER.format("<= {high}")),
        open_ends=("{} or later", "{} or earlier"),
    ),
)
"""What narrows by the case."""
