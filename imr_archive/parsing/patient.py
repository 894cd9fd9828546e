"""Fifth stage: the patient's age and sex, from the clinical case summary alone.

Nothing is inferred: the age is the one that the summary states of the patient, the sex what a noun says or
pronouns say unanimously.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from .clean import LetterText, occurrences
from .findings import Notes
from .record import Sex

UNITS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TEENS = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
NUMBERS = {word: number for number, word in enumerate(UNITS, 1)}
NUMBERS |= {word: number for number, word in enumerate(TEENS, 10)}
NUMBERS |= {word: 10 * number for number, word in enumerate(TENS, 2)}
NUMBERS |= {f"{ten}-{unit}": NUMBERS[ten] + NUMBERS[unit] for ten in TENS for unit in UNITS}
NUMBER = rf"(?P<age>\d{{1,3}}|(?:{'|'.join(TENS)})(?:[\s-]+(?:{'|'.join(UNITS)}))?|{'|'.join(TEENS)})"


class AgeForm(NamedTuple):
    """One way to state an age: `hint` is searched for first, `pattern` then in the words around it."""

    hint: str
    pattern: re.Pattern[str]


AGE_FORMS = tuple(
    AgeForm(hint, re.compile(rf"(?<![\w./-]){pattern}"))
    for hint, pattern in (
        ("old", rf"{NUMBER}[\s-]*(?:years?|yrs?\.?|y\.)[\s-]*olds?\b"),  # 48-year-old, 65 years old
        ("y/o", rf"{NUMBER}[\s-]*y/o\b"),  # 48 y/o
        ("yo", rf"{NUMBER}[\s-]*yo\b"),  # 48 yo, 48yo
        ("y.o", rf"{NUMBER}[\s-]*y\.o\b\.?"),  # 48 y.o.
        ("of age", rf"{NUMBER}[\s-]*(?:years?|yrs?\.?)\s+of\s+age\b"),  # 48 years of age
        ("aged", rf"aged\s+{NUMBER}\b(?!\s*(?:%|mg))"),  # aged 48
        ("age", rf"age\s*(?:is|:)\s*{NUMBER}\b"),  # Age: 48
    )
)
"""The plainest wording first; each with an example."""

BEFORE_HINT, AFTER_HINT = 45, 14
NOT_OF_PATIENT = re.compile(
    r"[\s-]{0,9}(?:(?!filed|sustained|had|has|with|and|who)\w+\s+){0,2}(?:injur(?:y|ies)|claim|sons?|daughters?|child(?:ren)?|wife|husband|mother|father|"
    r"brother|sister|spouse|parents?|grand\w+|infant|baby|fracture|surgery|scar|report|study|mri|vehicle|car)\b"
    r"(?!\s+\w+(?:er|or|ist|man|woman)\b)"
)
"""What else may be so old: a child, a claim, a scar; but a 51-year-old car washer is the patient."""
NOT_NOW = re.compile(r"\b(?:since|when|at|until|by)\s+(?:he\s+was\s+|she\s+was\s+|the\s+)?(?:age\s+)?\Z")

SEX_NOUN = r"(?P<noun>male|female|man|woman|gentleman|lady)"
PERSON = r"(?:patient|worker|employee|claimant|applicant|individual|person|injured|beneficiary|member)"
AFTER_AGE = re.compile(
    rf"-?(?:[\s,()]*(?!who\b|with\b|that\b|and\b)[\w/-]+(?=[\s,()])){{0,7}}?[\s,()]*{SEX_NOUN}\b"
)
BEFORE_AGE = re.compile(
    rf"\b(?:an?|the|this)\s+(?:[\w-]+\s+){{0,3}}?{SEX_NOUN}[\s,(]{{1,4}}(?:(?:who\s+)?is\s+)?(?:now\s+)?\Z"
)
SHORT_SEX = re.compile(r"[\s,-]{1,9}(?P<noun>m|f)\b(?![/.'])")
NO_CONDITION = r"(?!\s+(?:erectile|pattern|hypogonadism))"
SEX_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{SEX_NOUN}\s+{PERSON}\b",
        rf"\b{PERSON}(?:\s*\([^)]{{1,12}}\))?,?\s+(?:is|was)\s+(?:an?\s+)?(?:[\w/-]+\s+){{0,6}}?{SEX_NOUN}\b{NO_CONDITION}",
        rf"\bthis\s+(?:[\w/-]+,?\s+){{0,4}}?{SEX_NOUN}\b",
        rf"\b(?:sex|gender)\s*:?\s+{SEX_NOUN}\b",
    )
)
FEMALE = frozenset(["female", "woman", "lady", "f", "she", "her", "hers", "herself"])
PRONOUN = re.compile(r"(?<![/\w])(?:he|she|his|hers?|him|himself|herself)\b(?!/)")
EITHER = re.compile(
    r"\b(?:he|his|him|himself)\s?(?:/|or)\s?(?:she|hers?|herself)\b|\bs/he\b|\b(?:she|her)\s?/\s?(?:he|his|him)\b"
)
OTHER_PERSON = re.compile(
    r"\b(?:dr\.|doctor|physician|provider|surgeon|psychologist|therapist|chiropractor|wife|husband|mother|father|"
    r"son|daughter|brother|sister|supervisor|boss|spouse|girlfriend|boyfriend|partner|coworker|co-worker|attorney)"
)
PATIENT = re.compile(rf"\b{PERSON}\b")
SENTENCE_END = re.compile(r"(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)[.!?;]\s*(?=[A-Z\"“(])")


class Patient(NamedTuple):
    """Age in years and sex, as far as the summary states them."""

    age: int | None
    sex: Sex | None


def read_patient(letter: LetterText, start: int, end: int, notes: Notes) -> Patient:
    """Age and sex as `text[start:end]`, the clinical case summary, states them of the patient."""
    age = _age(letter.lower, start, end)
    years = None
    if age:
        years = _number(age["age"])
        notes.found("patient_age", *age.span(), "age phrase", letter.joined(*age.span()))
    noun = _sex_noun(letter.lower, start, end, age)
    if noun:
        span = noun.span("noun")
        notes.found("patient_sex", *span, "noun", letter.text[slice(*span)])
        return Patient(years, "female" if noun["noun"] in FEMALE else "male")
    pronoun = _pronoun(letter, start, end)
    if pronoun:
        notes.found("patient_sex", *pronoun.span(), "pronoun", letter.text[slice(*pronoun.span())])
        return Patient(years, "female" if pronoun[0] in FEMALE else "male")
    return Patient(years, None)


def _age(lower: str, start: int, end: int) -> re.Match[str] | None:
    """The first age that is said of the patient, the plainest wording first."""
    for hint, pattern in AGE_FORMS:
        for at in occurrences(lower, hint, start, end):
            if at and lower[at - 1].isalpha() and lower[at - 1] != "s":
                continue
            match = pattern.search(lower, max(start, at - BEFORE_HINT), min(end, at + AFTER_HINT))
            if match and _said_of_patient(lower, match, start, end):
                return match
    return None


def _said_of_patient(lower: str, age: re.Match[str], start: int, end: int) -> bool:
    """Whether an age is the patient's at the time of the review, not a relative's or an injury's."""
    if NOT_OF_PATIENT.match(lower, age.end(), min(end, age.end() + 60)):
        return False
    if NOT_NOW.search(lower, max(start, age.start() - 30), age.start()):
        return False
    return 0 < _number(age["age"]) < 120


def _number(printed: str) -> int:
    return int(printed) if printed.isdecimal() else NUMBERS["-".join(printed.replace("-", " ").split())]


def _sex_noun(lower: str, start: int, end: int, age: re.Match[str] | None) -> re.Match[str] | None:
    """The noun that says the patient's sex: beside the age, else beside a word for the patient."""
    if age:
        near = AFTER_AGE.match(lower, age.end(), min(end, age.end() + 110))
        near = near or SHORT_SEX.match(lower, age.end(), end)
        near = near or BEFORE_AGE.search(lower, max(start, age.start() - 60), age.start())
        if near:
            return near
    if not any(lower.find(noun, start, end) >= 0 for noun in ("male", "man", "lady")):
        return None
    for pattern in SEX_PATTERNS:
        match = pattern.search(lower, start, end)
        if match:
            return match
    return None


def _pronoun(letter: LetterText, start: int, end: int) -> re.Match[str] | None:
    """A pronoun that shows the patient's sex: all that can mean the patient must agree."""
    masked = EITHER.sub(lambda match: " " * len(match[0]), letter.lower[start:end])
    lower = letter.lower[:start] + masked + letter.lower[end:]
    found: list[re.Match[str]] = []
    edges = [start, *(match.end() for match in SENTENCE_END.finditer(letter.text, start, end)), end]
    for first, last in pairwise(edges):
        pronouns = list(PRONOUN.finditer(lower, first, last))
        if pronouns and _means_patient(lower, first, pronouns[0].start()):
            found += pronouns
    sexes = {match[0] in FEMALE for match in found}
    return found[0] if len(sexes) == 1 else None


def _means_patient(lower: str, start: int, pronoun: int) -> bool:
    """Whether no other person than the patient is named in the sentence before the pronoun."""
    other = OTHER_PERSON.search(lower, start, pronoun)
    return other is None or bool(PATIENT.search(lower, other.end(), pronoun))
