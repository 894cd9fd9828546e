"""Fifth stage: the patient's age and sex, from the clinical case summary alone.

Nothing is inferred: the age is the one that the summary states of the patient, the sex what a noun says or
pronouns say unanimously.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from imr_archive.parsing.clean import LetterText, occurrences
from imr_archive.parsing.findings import Notes
from imr_archive.parsing.record import Sex

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


BETWEEN = r"[\s\x02\xad\ufffe\u2010\u2011-]*"
"""What may stand between the words of an age; extractors print the hyphen at a line's end in several ways."""


OF_YEARS = r"(?:(?P<noun>man|woman|lady|gentleman)|male|patient|worker)"


class AgeForm(NamedTuple):
    """One way to state an age: `hint` is searched for first, `pattern` then in the words around it."""

    hint: str
    pattern: re.Pattern[str]


AGE_FORMS = tuple(
    AgeForm(hint, re.compile(rf"(?<![\w./-]){pattern}"))
    for hint, pattern in (
        ("old", rf"{NUMBER}{BETWEEN}(?:years?|yrs?\.?|y\.){BETWEEN}olds?\b"),  # 48-year-old, 65 years old
        ("y/o", rf"{NUMBER}[\s-]*y/o\b"),  # 48 y/o
        ("yo", rf"{NUMBER}[\s-]*yo\b"),  # 48 yo, 48yo
        ("y.o", rf"{NUMBER}[\s-]*y\.o\b\.?"),  # 48 y.o.
        ("of age", rf"{NUMBER}[\s-]*(?:years?|yrs?\.?)\s+of\s+age\b"),  # 48 years of age
        ("aged", rf"aged\s+{NUMBER}\b(?!\s*(?:%|mg))"),  # aged 48
        ("age", rf"age\s*(?:is|:)\s*{NUMBER}\b"),  # Age: 48
        ("age", rf"(?:(?<=,\s)|(?<=\())age\s+{NUMBER}(?=\s*[,;)])"),  # a man, age 48, ...
        ("years", rf"{OF_YEARS}\s+of\s+{NUMBER}\s+years\b"),  # a man of 48 years
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
RELATIVE_BEFORE = re.compile(
    r"\b(?:sons?|daughters?|child|wife|husband|mother|father|brother|sister|spouse)"
    r"(?:\s+(?:is|was))?[\s,(]{1,4}(?:now\s+)?(?:an?\s+)?\Z"
)
"""A relative right before an age, whose it then is: "his wife, 49 years old", "a daughter (age 30)"."""

NOT_NOW = re.compile(r"\b(?:since|when|at|until|by)\s+(?:he\s+was\s+|she\s+was\s+|the\s+)?(?:age\s+)?\Z")

SEX_NOUNS = (
    *("male", "rnale", "female", "fernale", "man", "rnan", "woman", "wornan"),
    *("gentleman", "gentlernan", "lady"),
)
"""The noun, and how OCR misreads its m."""

SEX_NOUN_ENDINGS = ("male", "rnale", "man", "rnan", "lady")
"""With which each of them ends; looked for first, for few summaries have any that is not beside the age."""

PERSONS = (
    *("patient", "worker", "employee", "claimant", "applicant", "individual", "person"),
    *("injured", "beneficiary", "member"),
)


def _beginning_word(*words: str) -> str:
    r"""A pattern of those words that are the beginnings of words.

    The first letter stands before what must not stand before it: a pattern that begins with letters is
    searched several times quicker than one that begins with `\b`.
    """
    return "|".join(rf"{word[0]}(?<!\w{word[0]}){word[1:]}" for word in words)


SEX_NOUN = rf"(?P<noun>{'|'.join(SEX_NOUNS)})"
SEX_NOUN_FIRST = rf"(?P<noun>{_beginning_word(*SEX_NOUNS)})"
PERSON = rf"(?:{'|'.join(PERSONS)})"
PERSON_FIRST = rf"(?:{_beginning_word(*PERSONS)})"
APPOSITION = re.compile(
    r"(?:m(?<![\w.]m)(?:r|rs|s|iss)\b\.?(?P<name>(?:\s+[\w\[\].'’-]{1,20}){0,3}?)"
    rf"|t(?<!\wt)(?:his|he)\s+(?:injured\s+)?{PERSON}(?:\s+\[\w{{1,20}}\])?)"
    rf"\s*[,(]\s*{NUMBER}\s*[,)](?!\s*\d)"
)
"""An age right after the patient: "Ms. Roe, 38, strained", "the worker, 45, fell", "Mr. Doe (45) fell"."""

YOUNGEST = 14
"""The age from which minors may work in California; a smaller number beside a name is none."""

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
        rf"{SEX_NOUN_FIRST}\s+{PERSON}\b",
        rf"{PERSON_FIRST}(?:\s*\([^)]{{1,12}}\))?,?\s+(?:is|was)\s+(?:an?\s+)?(?:[\w/-]+\s+){{0,6}}?{SEX_NOUN}\b{NO_CONDITION}",
        rf"this(?<=\bthis)\s+(?:[\w/-]+,?\s+){{0,4}}?{SEX_NOUN}\b",
        rf"(?:{_beginning_word('sex', 'gender')})\s*:?\s+{SEX_NOUN}\b",
    )
)
FEMALE = frozenset(["female", "woman", "lady", "f", "she", "her", "hers", "herself"])
PRONOUN = re.compile(r"(?:h(?<![/\w]h)(?:e|is|ers?|im|imself|erself)|s(?<![/\w]s)he)\b(?!/)")
EITHER = re.compile(
    r"\b(?:he|his|him|himself)\s?(?:/|or)\s?(?:she|hers?|herself)\b|\bs/he\b|\b(?:she|her)\s?/\s?(?:he|his|him)\b"
)
EITHER_HINTS = (re.compile(r"/\s?(?:s?he|hi)"), re.compile(r"or\s?(?:s?he|hi)"))
"""One of which each such pair of pronouns holds; looked for first, and one by one, which is quicker."""

TITLE = re.compile(
    r"[Mm](?<!\w[Mm])(?:(?:[Rr][Ss]?|[Ss])(?=\.\s+\S)|(?<=M)(?:(?:rs?|s)(?=\s+\S)|iss(?=\s+[A-Z\[])))"
)
"""Before the name that the state struck out, which is the patient's: doctors have a title of their own. In
capitals it needs its full stop: MS Contin is a drug, an MR arthrogram a study."""

OTHER_PERSON = re.compile(
    r"\b(?:dr\.|doctor|physician|provider|surgeon|[a-z]{3,}ologist|therapist|chiropractor|dentist|psychiatrist|"
    r"podiatrist|evaluator|examiner|practitioner|specialist|wife|husband|mother|father|"
    r"son|daughter|brother|sister|supervisor|boss|spouse|girlfriend|boyfriend|partner|coworker|co-worker|attorney)"
)
PATIENT = re.compile(rf"{PERSON_FIRST}\b")
SENTENCE_END = re.compile(r"[.!?;](?<!\bDr.)(?<!\bMr.)(?<!\bMs.)(?<!\bMrs.)\s*(?=[A-Z\"“(])")
"""The mark first: a pattern that begins with what must not stand before is tried at every character."""


class Patient(NamedTuple):
    """Age in years and sex, as far as the summary states them."""

    age: int | None
    sex: Sex | None


def read_patient(letter: LetterText, start: int, end: int, notes: Notes) -> Patient:
    """Age and sex as `text[start:end]`, the clinical case summary, states them of the patient."""
    age = _age(letter.lower, start, end) or _age_in_apposition(letter, start, end)
    years = None
    if age:
        years = _number(age["age"])
        notes.found("patient_age", *age.span(), "age phrase", letter.joined(*age.span()))
    noun = _sex_noun(letter.lower, start, end, age)
    if noun:
        span = noun.span("noun")
        notes.found("patient_sex", *span, "noun", letter.text[slice(*span)])
        return Patient(years, "female" if noun["noun"].replace("rn", "m") in FEMALE else "male")
    pronoun = _pronoun(letter, start, end)
    if pronoun:
        notes.found("patient_sex", *pronoun.span(), "pronoun", letter.text[slice(*pronoun.span())])
        return Patient(years, "female" if pronoun[0] in FEMALE else "male")
    titles = list(TITLE.finditer(letter.text, start, end))
    if titles and len({title[0].lower() == "mr" for title in titles}) == 1:
        notes.found("patient_sex", *titles[0].span(), "title", titles[0][0])
        return Patient(years, "male" if titles[0][0].lower() == "mr" else "female")
    return Patient(years, None)


def _age(lower: str, start: int, end: int) -> re.Match[str] | None:
    """The first age that is said of the patient, the plainest wording first."""
    for hint, pattern in AGE_FORMS:
        at = lower.find(hint, start, end)
        while at >= 0:
            if not (at and lower[at - 1].isalpha() and lower[at - 1] != "s"):
                match = pattern.search(lower, max(start, at - BEFORE_HINT), min(end, at + AFTER_HINT))
                if match and _said_of_patient(lower, match, start, end):
                    return match
            at = lower.find(hint, at + len(hint), end)
    return None


def _age_in_apposition(letter: LetterText, start: int, end: int) -> re.Match[str] | None:
    """The first bare number that stands as an age right after the patient."""
    for match in APPOSITION.finditer(letter.lower, start, end):
        if RELATIVE_BEFORE.search(letter.lower, max(start, match.start() - 30), match.start()):
            continue
        if match["name"] is not None:
            name = letter.text[slice(*match.span("name"))]
            titled = TITLE.match(letter.text, match.start())
            if titled is None or any(word[0].islower() for word in name.split()):
                continue
        if YOUNGEST <= _number(match["age"]) < 100:
            return match
    return None


def _said_of_patient(lower: str, age: re.Match[str], start: int, end: int) -> bool:
    """Whether an age is the patient's at the time of the review, not a relative's or an injury's."""
    if NOT_OF_PATIENT.match(lower, age.end(), min(end, age.end() + 60)):
        return False
    if RELATIVE_BEFORE.search(lower, max(start, age.start() - 30), age.start()):
        return False
    if NOT_NOW.search(lower, max(start, age.start() - 30), age.start()):
        return False
    return 0 < _number(age["age"]) < 120


def _number(printed: str) -> int:
    return int(printed) if printed.isdecimal() else NUMBERS["-".join(printed.replace("-", " ").split())]


def _sex_noun(lower: str, start: int, end: int, age: re.Match[str] | None) -> re.Match[str] | None:
    """The noun that says the patient's sex: beside the age, else beside a word for the patient."""
    if age:
        if "noun" in age.re.groupindex and age["noun"]:
            return age
        near = AFTER_AGE.match(lower, age.end(), min(end, age.end() + 110))
        near = near or SHORT_SEX.match(lower, age.end(), end)
        near = near or BEFORE_AGE.search(lower, max(start, age.start() - 60), age.start())
        if near:
            return near
    if not any(_ends_word(lower, noun, start, end) for noun in SEX_NOUN_ENDINGS):
        return None
    for pattern in SEX_PATTERNS:
        match = pattern.search(lower, start, end)
        if match:
            return match
    return None


def _ends_word(lower: str, ending: str, start: int, end: int) -> bool:
    """Whether any word of `lower[start:end]` has that ending."""
    return any(
        not lower[at + len(ending) : at + len(ending) + 1].isalnum()
        for at in occurrences(lower, ending, start, end)
    )


def _pronoun(letter: LetterText, start: int, end: int) -> re.Match[str] | None:
    """A pronoun that shows the patient's sex: all that can mean the patient must agree."""
    lower = letter.lower
    if any(hint.search(lower, start, end) for hint in EITHER_HINTS):
        masked = EITHER.sub(lambda match: " " * len(match[0]), lower[start:end])
        lower = lower[:start] + masked + lower[end:]
    sexes = {pronoun[0] in FEMALE for pronoun in PRONOUN.finditer(lower, start, end)}
    if not sexes:
        return None
    edges = [start, *(match.end() for match in SENTENCE_END.finditer(letter.text, start, end)), end]
    found = (pronoun for first, last in pairwise(edges) for pronoun in _of_patient(lower, first, last))
    earliest = next(found, None)
    if earliest is None or len(sexes) == 1:
        return earliest
    female = earliest[0] in FEMALE
    return earliest if all((pronoun[0] in FEMALE) == female for pronoun in found) else None


def _of_patient(lower: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """The pronouns of a sentence that mean the patient: those before which nobody else was named last."""
    of_patient, read = True, start
    for pronoun in PRONOUN.finditer(lower, start, end):
        of_patient = _patient_named_last(lower, read, pronoun.start(), otherwise=of_patient)
        read = pronoun.start()
        if of_patient:
            yield pronoun


def _patient_named_last(lower: str, start: int, end: int, *, otherwise: bool) -> bool:
    """Whether the patient is the last person named in `lower[start:end]`; `otherwise` where nobody is."""
    for other in OTHER_PERSON.finditer(lower, start, end):
        otherwise, start = False, other.end()
    return otherwise or PATIENT.search(lower, start, end) is not None
