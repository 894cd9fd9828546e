"""The patterns of what a heading counts, and the words without which each cannot match.

They run on text of lower case whose number words are figures, padded with blanks (numbers.Figures), DOSE on
the heading in lower case. Most headings hold none of a pattern's words, and looking for those among the
heading's own (HeadingText.words) is many times quicker than trying the pattern.
"""

from __future__ import annotations

import re

_COUNT = (
    r"(?P<count>\d{1,4})(?:\s{0,12}(?:-|to|or)\s{0,2}(?P<upper>\d{1,4}))?\s{0,12}(?:\(\s?\d{1,4}\s?\)\s?)?"
)
_VISIT = r"(?:sessions?|visits?|treatments?|appointments?)"
_PILL = (
    r"(?:tablets?|tabs?|capsules?|caps?|pills?|patch(?:es)?|tubes?|bottles?|boxes|vials?|lozenges?|films?)"
)

FREQUENCY = re.compile(
    rf"(?<![\w.#/]){_COUNT}(?P<each>x|times?|{_VISIT}|hours?|hrs?|days?|nights?)?\s{{0,3}}"
    r"(?:(?:/|\b(?:a|per|each|every)\b)\s?(?P<period>day|week|wk|month|year)\b|(?P<ly>daily|weekly|monthly|yearly)\b"
    r"|(?<=x)\s?(?P<short>week|wk|day|month)\b|(?<=x )(?P<spaced>week|wk|day|month)\b)",
)
DOSING = re.compile(
    r"\b(?:b\.?i\.?d|t\.?i\.?d|q\.?i\.?d|q\.?h\.?s|q\.?d|q\s?\d{1,2}(?:-\d{1,2})?\s?h(?:rs?|ours?)?)\b|"
    r"\bevery\s(?:\d{1,2}\s{0,5}(?:(?:-|to)\s?\d{1,2}\s{0,5})?)?(?:hours?|hrs?|days?|weeks?|months?|morning|night|evening)\b|"
    r"\b(?:\d\s{1,5})?(?:daily|weekly|nightly|monthly)\b|\bat (?:bedtime|night)\b",
)
DURATION = re.compile(
    rf"(?<![\w.#/]){_COUNT}[\s-]{{0,2}}(?P<time>day|week|wk|month|year)s?(?:\(s\))?\b(?!\s(?:post|after|prior|old|ago|a\b|per\b)|/)",
)
# Before a stretch of time: the next visit's date, or how often something is repeated.
NO_DURATION = re.compile(r"(?:\bevery|\bwithin|\bin|\bafter|\bq|\bper)\s?$")
GRID = re.compile(
    r"(?<![\w./#-])(?P<count>[1-6])\s{0,5}(?:x|times)\s{0,2}(?P<weeks>[1-9]|1[0-2])(?P<time>\s{0,5}(?:weeks?|wks?))?"
    rf"(?!\s?(?:mg|cm|in\b|ft|\"|/|x|\d|\.\d|days?|months?)|\s{{0,12}}{_VISIT})",
)
THERAPY = re.compile(
    rf"\b(?:\w*therap(?:y|ies)|{_VISIT}|chiro\w*|acupuncture|massages?|pt|ot|rehab\w*|counseling|biofeedback|cbt|"
    r"follow[ -]?ups?|consultations?|work hardening|work conditioning|myofascial release)\b",
)

REFILLS = re.compile(rf"^\W*{_COUNT}refills?\b")
LABELLED = re.compile(
    rf"(?:\b(?:qty|quantity|disp(?:ense)?)\b\.?\s?(?:of|:|#|=)?\s?#?\s?|(?P<hash>#)\s?){_COUNT}(?!\d|\.\d|\s?(?:refills?|%|mg))",
)
# "Tylenol #3" is a strength, "tooth #8" a place.
NO_QUANTITY = re.compile(r"(?:tylenol|codeine|apap|teeth|tooth|crown|implant|lead|no\.?)\W*$")
BRACKETED = re.compile(r"\(\s?(?:total:? |x\s?|qty:? |#)?(?P<count>\d{1,3})\s?\)")
COUNTED = re.compile(
    rf"(?<![\w./#-]){_COUNT}(?!\s?(?:mg|mcg|ml|gm|g\b|%|times|x\b|/|per\b|a\b))(?:[a-z][a-z/&-]*\s){{0,5}}?"
    rf"(?P<unit>{_VISIT}|{_PILL}|hours|pairs?|packs?|injections?|units)\b(?!\s?(?:/|a\b|per\b|each\b|every\b|daily|weekly))",
)
TRAILING = re.compile(
    rf"\b(?P<unit>{_VISIT})[\s,:x#(-]{{1,4}}{_COUNT}(?!\s?(?:%|mg|times|x\b|x\d|/|days?|weeks?|wks?|months?|hours?|\d))",
)
TIMES = re.compile(
    r"(?<!\d\s)(?<!\d)(?<![\w.])[x×]\s?(?P<count>\d{1,3})\b(?!\s{0,5}(?:%|mg|days?|weeks?|wks?|months?|years?|hours?|hrs?|/|\.\d|x))",
)
LEADING = re.compile(
    r"(?:^\W*|:\s)(?P<count>\d{1,3})(?:\s{0,12}\(\s?\d{1,3}\s?\)\s?|\s{1,12})(?!(?:days?|weeks?|wks?|months?|years?|hours?|hrs?|"
    r"phase|in|views?|panel|lead|point|levels?|wheel(?:ed)?|times?|x(?!-)|step|tesla|to|or|mg|mcg|ml|gm|prong|channel|inch|min\w*|"
    r"cm|and|mm|oz|gauge|dimensional|refills?)\b)(?P<thing>[a-z])",
)
WEIGHT = re.compile(
    r"(?<![\w./])(?P<count>\d{1,4}(?:\.\d{1,3})?)\s?(?P<unit>gms?|grams?|gr|g|ml|oz|ounces?)\b"
)

FORM = re.compile(rf"\b{_PILL}\b")
UNIT = re.compile(rf"\s{{0,12}}(?P<unit>{_VISIT}|{_PILL}|pairs?|packs?|injections?|hours)\b")

DOSE = re.compile(
    r"(?<![\w.,])\d{1,4}(?:,\d{3})?(?:\.\d{1,4})?(?:\s?(?:mg|mcg)?\s?[/-]\s?\d{1,4}(?:\.\d{1,4})?){0,3}\s?"
    r"(?:mgs?|mcg|micrograms?|milligrams?|%|iu|meq)(?:\s?/\s?(?:hr|hour|h|ml|day|actuation|spray|\d{1,2}\s?ml))?(?!\w)|"
    r"(?<![\w./])\d{1,3}(?:\.\d)?/\d{3}(?![\w/])",
)


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


FORM_WORDS = _words(
    "tablet tablets tab tabs capsule capsules cap caps pill pills patch patches tube tubes bottle bottles "
    "boxes vial vials lozenge lozenges film films"
)
VISIT_WORDS = _words("session sessions visit visits treatment treatments appointment appointments")
COUNTED_WORDS = FORM_WORDS | VISIT_WORDS | _words("hours pair pairs pack packs injection injections units")
# With "b.i.d" in parts, as they stand between its points.
DOSING_WORDS = _words("b bi bid t ti tid q qi qid qh qhs qd every daily weekly nightly monthly bedtime night")
TIME_WORDS = _words("day days week weeks wk wks month months year years")
GRID_WORDS = _words("x times")
REFILL_WORDS = _words("refill refills")
LABEL_WORDS = _words("qty quantity disp dispense")
WEIGHT_WORDS = _words("gm gms gram grams gr g ml oz ounce ounces")
THERAPY_WORDS = VISIT_WORDS | _words(
    "acupuncture massage massages pt ot counseling biofeedback cbt follow followup followups consultation "
    "consultations hardening conditioning myofascial"
)
THERAPY_STEMS = ("therap", "chiro", "rehab")
"""Parts of words, where THERAPY takes words of which only a part is given."""

PERIODS = ("day", "daily", "week", "wk", "month", "year")
"""Parts of words, for FREQUENCY: a count's unit may be glued to it ("2xweek")."""

VISITS = ("session", "visit", "treatment", "appointment")
"""Parts of words, for TRAILING: an "x" may be glued to them."""
