"""Labels and numbers of the form as OCR may misread them."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

CONFUSED = {
    "c": "[ce]",
    "e": "[ec]",
    "i": "[il1|!]",
    "l": "[li1|!]",
    "o": "[o0]",
    "s": "[s5]",
    "m": "(?:m|rn)",
    "g": "[gq9]",
    "(": r"\s?\(",
    "/": r"\s?/\s?",
    " ": r"\s*",
}
"""Character → a pattern of what OCR makes of it; a blank may be lost."""

LOOKALIKES = {"0": "OoQD", "1": "IiLl|!", "2": "Zz", "5": "Ss", "6": "Gb", "8": "B", "9": "gq"}
"""Figure → the letters and marks that OCR reads in its stead, where only figures can stand."""

FIGURES = str.maketrans(
    {letter: figure for figure, letters in LOOKALIKES.items() for letter in letters}
    | {
        "\u0130": "1",
        "\u0131": "1",
        "\u017f": "5",
        "d": "0",
        "\u2010": "-",
        "\u2011": "-",
        "\u2013": "-",
        "_": "-",
    }
)
"""What a case number's characters are read as; where letter case is ignored, also the forms that fold."""

FIGURE = r"[0-9OQDILZSGBgq|!]"
HYPHEN = "[-\u2010\u2011\u2013_]"
CASE_NUMBER = rf"(?:[CG]\s?(?:M|rn|N)\s?|IMR[ -]?){FIGURE}{{2}}\s?{HYPHEN}\s?{FIGURE}{{6,8}}(?![^\W_])"
"""A case number of the state's form, CM16-0213037 or IMR 13-000004: a prefix, the two figures of a year, a
hyphen and six to eight figures, each as printed or as OCR misreads it. For text of any letter case."""

DAMAGED_CASE_NUMBER = (
    r"(?:C\s?M|IMR)[ -]?(?=[\w|!]{0,3}\d)[\w|!]{1,4}-(?=[\w|!]{0,9}?\d[\w|!]{0,9}?\d)[\w|!]{3,12}(?![\w-])"
)
"""What begins as a case number and is none, however its characters are read: CM16-012, CMx20-0000001."""

CASE_PREFIX = re.compile(r"\A(?:(?P<cm>[CG]\s?(?:M|rn|N)\s?)|IMR(?P<mark>[ -]?))", re.IGNORECASE)
AS_WRITTEN = re.compile(r"CM[0-9]{2}-[0-9]{6,8}")
SPACE = re.compile(r"\s+")


def misread(label: str) -> str:
    """A pattern, for text in lower case or with IGNORECASE, of a label in lower case and its misreadings."""
    return "".join(CONFUSED.get(char) or re.escape(char) for char in label)


def case_number_of(printed: str) -> str:
    """The number that `printed`, a match of CASE_NUMBER, stands for, as the state writes it."""
    if AS_WRITTEN.fullmatch(printed):
        return printed
    prefix = CASE_PREFIX.match(printed)
    figures = SPACE.sub("", printed[prefix.end() if prefix else 0 :]).translate(FIGURES)
    return f"CM{figures}" if prefix is None or prefix["cm"] else f"IMR{prefix['mark']}{figures}"


def resembles(words: str, label: str, share: float) -> bool:
    """Whether `words` has so great a share of the letters of `label` in their order, and few others."""
    return fuzz.ratio(words, label) >= 100 * share
