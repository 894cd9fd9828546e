"""First stage: text as some extractor printed it → text that the other stages can rely on.

Cleaning keeps every character's place (`len(clean(text)) == len(text)`), so that a span found in the cleaned
text is a span of the text that was given. Values are cut from the cleaned text and put on one line by
`Joiner`, which also settles hyphens at line ends and ligatures.
"""

from __future__ import annotations

import html
import re

from imr_archive.parsing.furniture import without_furniture

LINE_BREAKS = ("\x0b", "\x0c", "\x85", "\u2028", "\u2029")
"""Characters that end a line: vertical tab, form feed, NEL, the separators of lines and of paragraphs."""

BLANKS = (
    *("\t", "\x00", "\x1c", "\x1d", "\x1e", "\x1f", "\xa0", "\u1680", "\u2002", "\u2003", "\u2007"),
    *("\u2008", "\u2009", "\u200a", "\u202f", "\u205f", "\u3000", "\ufeff"),
)
"""Characters that only part words: tabs, control characters, blanks of a fixed width, the byte order mark."""
ASCII_BLANKS = tuple(filter(str.isascii, BLANKS))

MARKDOWN_HEADING = re.compile(r"\n {0,3}#{1,6}(?= )")
"""The mark before a heading; the line break first, for a pattern that begins with `^` is tried everywhere."""

MARKUP_TAG = re.compile(r"<(?:/?(?P<name>[A-Za-z][A-Za-z1-6:]{0,11})(?:[\s/][^<>]*)?|!--[^<>]*--)>")
MARKUP_NAMES = frozenset(
    [
        "a",
        "abbr",
        "b",
        "big",
        "blockquote",
        "body",
        "br",
        "center",
        "code",
        "div",
        "em",
        "font",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "hr",
        "html",
        "i",
        "img",
        "li",
        "meta",
        "o:p",
        "ol",
        "p",
        "pre",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "title",
        "tr",
        "u",
        "ul",
    ]
)
MARKDOWN_ESCAPE = re.compile(r"\\(?=[#*_.()\[\]+!|>~`-])")
CHARACTER_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

LONGER_IN_LOWER_CASE = "İ"
"""The one character of Unicode whose lower case is two characters."""

SOFT_HYPHENS = "\x02\xad\ufffe"
"""What extractors give for a hyphen at a line's end: PDFium U+0002 or U+FFFE, others the soft hyphen."""

HYPHENS = frozenset({"-", *SOFT_HYPHENS})
"""A hyphen as printed, or as any extractor gives it."""

WIDTHLESS = "\u200b\u200c\u200d\u2060"
LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
PRINTED_AS = {"-": f"-{SOFT_HYPHENS}"} | {
    letter: letter + "".join(ligature for ligature in LIGATURES if LIGATURES[ligature][0] == letter)
    for letter in "fs"
}
"""Characters of a passage on one line that may stand otherwise in the text: as which characters."""

UNPLAIN = (*SOFT_HYPHENS, *WIDTHLESS, *LIGATURES)
"""What makes a passage more than its words, with blanks, line breaks and plain hyphens between them."""

HYPHEN_ENDS_ROW = re.compile(r"- *\n")
SEVERAL_BLANKS = re.compile("  +")
LINE_END_HYPHEN = re.compile("|".join([r"-\n\s*", *(rf"{hyphen}\s*" for hyphen in SOFT_HYPHENS)]))
"""Branches that begin with one character each, which is searched for; before a set every branch is tried."""

LAST_WORD = re.compile(r"[^\W\d_]*\Z")
FIRST_WORD = re.compile(r"[^\W\d_]*")
MOST_HYPHENS = 300
"""More than any passage has at its line ends; each costs a search of the letter, and of more all are kept."""

HYPHENATING = frozenset(
    [
        "anti",
        "co",
        "cross",
        "ex",
        "extra",
        "half",
        "high",
        "inter",
        "intra",
        "less",
        "long",
        "low",
        "mid",
        "multi",
        "non",
        "one",
        "over",
        "peri",
        "post",
        "pre",
        "pro",
        "re",
        "self",
        "semi",
        "short",
        "sub",
        "three",
        "two",
        "under",
        "up",
        "well",
        "x",
    ]
)
"""Word beginnings that medical English joins with a hyphen of their own ("non-opioid", "x-ray")."""


def clean(text: str) -> str:
    """The text with one kind of line break, one kind of blank, without markup and page furniture.

    Every replacement has the length of what it replaces.
    """
    return clean_and_lowered(text)[0]


def clean_and_lowered(text: str) -> tuple[str, str]:
    """The text as `clean` gives it, and that in lower case, which the search for furniture needs anyway."""
    if "\r" in text:
        text = text.replace("\r\n", " \n").replace("\r", "\n")
    for blank in ASCII_BLANKS if text.isascii() else BLANKS:
        if blank in text:
            text = text.replace(blank, " ")
    marked = _without_markup(text)
    lower = lowered(marked)
    text = without_furniture(marked, lower)
    if text is not marked:
        lower = lowered(text)
    for line_break in LINE_BREAKS:
        if line_break in text:
            text = text.replace(line_break, "\n")
            lower = lower.replace(line_break, "\n")
    return text, lower


def _without_markup(text: str) -> str:
    """The text with the marks of Markdown and HTML blanked out."""
    if "*" in text and "**" in text:
        text = text.replace("**", "  ")
    if "<" in text:
        text = MARKUP_TAG.sub(_tag_blanked, text)
    if any(text[at + 1 : at + 2] == " " for at in occurrences(text, "#")):
        text = MARKDOWN_HEADING.sub(_line_blanked, f"\n{text}")[1:]
    if "|" in text and ("\n|" in text or text.startswith("|")):
        text = text.replace("|", " ")
    if "\\" in text:
        text = MARKDOWN_ESCAPE.sub(" ", text)
    if "&" in text and ";" in text:
        text = CHARACTER_REFERENCE.sub(_resolved, text)
    return text


def _resolved(reference: re.Match[str]) -> str:
    """The character that a reference of HTML stands for, as long as before; a blank for white space."""
    character = html.unescape(reference[0])
    return (" " if character.isspace() else character).ljust(len(reference[0]))


def _tag_blanked(match: re.Match[str]) -> str:
    name = match["name"]
    return match[0] if name and name.lower() not in MARKUP_NAMES else _blanked(match)


def _line_blanked(match: re.Match[str]) -> str:
    return match[0][0].ljust(len(match[0]))


def _blanked(match: re.Match[str]) -> str:
    return " " * len(match[0])


def lowered(text: str) -> str:
    """The text in lower case, every character in its place."""
    return (text.replace(LONGER_IN_LOWER_CASE, "I") if LONGER_IN_LOWER_CASE in text else text).lower()


def occurrences(text: str, word: str, start: int = 0, end: int | None = None) -> list[int]:
    """Where `word` begins in `text[start:end]`, without overlaps."""
    end = len(text) if end is None else end
    found = []
    at = text.find(word, start, end)
    while at >= 0:
        found.append(at)
        at = text.find(word, at + len(word), end)
    return found


class Joiner:
    """Puts a passage of one letter on one line.

    A hyphen printed at a line's end stays unless the letter itself writes the two halves as one word; the
    control characters that extractors give for such a hyphen are settled in the same way.
    """

    __slots__ = ("_lower",)

    def __init__(self, lower: str) -> None:
        self._lower = lower

    def __call__(self, passage: str) -> str:
        """The passage on one line, its ends trimmed, ligatures resolved."""
        plain = passage.isascii() or not any(map(passage.__contains__, UNPLAIN))
        if plain and "\x02" not in passage:
            row_end = passage.find("\n")
            if row_end < 0:
                return _single_blanks(passage)
            if not HYPHEN_ENDS_ROW.search(passage):
                if row_end and passage[row_end - 1] == " ":
                    # Every row ends in a blank where lines ended in two characters.
                    passage = passage.replace(" \n", "\n")
                return _single_blanks(passage.replace("\n", " "))
        passage = "\n".join([row.strip(" ") for row in passage.split("\n")])
        if not plain:
            passage = _plain_letters(passage)
        few = passage.count("-\n") + sum(map(passage.count, SOFT_HYPHENS)) <= MOST_HYPHENS
        passage = LINE_END_HYPHEN.sub(self._hyphen if few else "-", passage)
        return _single_blanks(passage.replace("\n", " "))

    def _hyphen(self, match: re.Match[str]) -> str:
        """What stands between the two halves of a word parted at a line's end: a hyphen or nothing."""
        text, (start, end) = match.string, match.span()
        before = LAST_WORD.search(text, max(0, start - 40), start)
        after = FIRST_WORD.match(text, end)
        left = before[0].lower() if before else ""
        right = after[0].lower() if after else ""
        if not left or not right:
            apart = match[0][0] == "-" and text[start - 1 : start] in ("", " ")
            return "- " if apart else "-"
        hyphenated = self._writes(f"{left}-{right}")
        if not hyphenated and self._writes(left + right):
            return ""
        if hyphenated or left in HYPHENATING:
            return "-"
        if match[0][0] == "\xad":
            return ""
        return "-" if self._writes(left) or self._writes(right) else ""

    def _writes(self, word: str) -> bool:
        """Whether the letter has that word anywhere but before or after a hyphen at a line's end."""
        lower = self._lower
        for at in occurrences(lower, word):
            after = at + len(word)
            if lower[at - 1 : at].isalnum() or lower[after : after + 1].isalnum():
                continue
            if lower[after : after + 1] in HYPHENS or _after_hyphen(lower, at):
                continue
            return True
        return False


def _single_blanks(line: str) -> str:
    """The line with one blank for several, and none at its ends."""
    return (SEVERAL_BLANKS.sub(" ", line) if "  " in line else line).strip()


def _after_hyphen(lower: str, at: int) -> bool:
    """Whether `lower[at:]` goes on with a word that a hyphen parts from its beginning."""
    return lower[max(0, at - 8) : at].rstrip()[-1:] in HYPHENS


def _plain_letters(passage: str) -> str:
    """The passage with ligatures written out and without characters of no width."""
    for ligature, letters in LIGATURES.items():
        if ligature in passage:
            passage = passage.replace(ligature, letters)
    for character in WIDTHLESS:
        if character in passage:
            passage = passage.replace(character, "")
    return passage


class LetterText:
    """One letter's text in the forms that the stages search.

    raw: as given. text: cleaned. lower: cleaned and in lower case. All three have the same length, and a
    span of one is a span of the others. offset: where the letter begins in the file's text.
    """

    __slots__ = ("join", "lower", "offset", "raw", "text")

    def __init__(self, raw: str, offset: int = 0) -> None:
        self.raw = raw
        self.offset = offset
        self.text, self.lower = clean_and_lowered(raw)
        self.join = Joiner(self.lower)

    def joined(self, start: int, end: int) -> str:
        """`text[start:end]` on one line."""
        return self.join(self.text[start:end])

    def trimmed(self, start: int, end: int) -> tuple[int, int]:
        """The range without the white space at its ends."""
        passage = self.text[start:end]
        start += len(passage) - len(passage.lstrip())
        return start, start + len(passage.strip())

    def places(self, start: int, end: int, line: str) -> list[int]:
        """For each character of `line`, which is `joined(start, end)`, where in the text it stands."""
        at, owed = start, ""
        found = []
        for character in line:
            if not owed and character != " ":
                printed = PRINTED_AS.get(character, character)
                while at < end - 1 and self.text[at] not in printed:
                    at += 1
                owed = LIGATURES.get(self.text[at], character)
            found.append(at)
            owed = owed[1:]
            if not owed:
                at = min(at + 1, end - 1)
        return found
