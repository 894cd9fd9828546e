"""A stretch of a letter put on one line, and the way back from that line to the printed text."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from imr_archive.parsing.clean import LetterText

# How far before its place on one line a passage's own line breaks and ligatures can shift a word.
SHIFT = 8
# How many places a passage's first word is looked for at, and how many characters tell most of them apart.
TRIES = 60
GLANCE = 24
HYPHENS = ("-", "\x02", "\xad", "\ufffe", "\u2010")


class Passage:
    """A stretch `text[start:end]` of a letter, and the same on one line."""

    __slots__ = ("_rows", "_same", "end", "line", "start")

    def __init__(self, start: int, end: int, line: str) -> None:
        self.start = start
        self.end = end
        self.line = line
        self._rows: tuple[list[int], list[int]] | None = None
        self._same = False

    def place(self, letter: LetterText, start: int, end: int) -> tuple[int, int]:
        """Where in the letter `line[start:end]` stands; of several rows without the blanks at its ends."""
        on_line, printed = self._rows or self._laid_out(letter.text[self.start : self.end])
        if len(on_line) == 1:
            shift = self.start + printed[0]
            return start + shift, end + shift
        if self._same:
            return self._same_place(letter.text, self.start + start, self.start + end)
        first = bisect_right(on_line, start) - 1
        if not on_line or bisect_right(on_line, end - 1, first) - 1 != first:
            words = self.line[start:end].strip(" ")
            start = self.line.index(words, start)
            end = start + len(words)
            if not on_line:
                return self._search(letter, words, start)
        last = bisect_right(on_line, end - 1, first) - 1
        return (
            self.start + printed[first] + start - on_line[first],
            self.start + printed[last] + end - on_line[last],
        )

    def _laid_out(self, printed: str) -> tuple[list[int], list[int]]:
        """Where the passage's rows begin, found out once."""
        if "\n" in printed and len(printed) == len(self.line):
            self._same = printed.replace("\n", " ") == self.line
        self._rows = ([], []) if self._same else rows_of(printed, self.line)
        return self._rows

    @staticmethod
    def _same_place(text: str, start: int, end: int) -> tuple[int, int]:
        """The same where one blank took the place of each line break and nothing else changed."""
        if text.find("\n", start, end - 1) >= 0:
            words = text[start:end]
            start += len(words) - len(words.lstrip(" \n"))
            end = start + len(words.strip(" \n"))
        return start, end

    def _search(self, letter: LetterText, words: str, start: int) -> tuple[int, int]:
        """The same where the rows were not joined as they stand: the words are looked for in the letter."""
        if not words:
            return self.start, self.end
        printed = letter.text[self.start : self.end]
        wanted = _bare(words)
        first_word = words.split(" ", 1)[0]
        opening = first_word.partition("-")[0] or first_word
        first = printed.find(opening, max(0, start - SHIFT))
        for _ in range(TRIES):
            if first < 0:
                break
            last = _end_of(printed, first, wanted, len(words))
            if last:
                return self.start + first, self.start + last
            first = printed.find(opening, first + 1)
        places = letter.places(self.start, self.end, self.line)
        return places[start], places[start + len(words) - 1] + 1


def rows_of(printed: str, line: str) -> tuple[list[int], list[int]]:
    """Where each printed row begins on the one line, and where in the passage.

    Nothing for a passage that is more than its rows with a blank between them or a hyphen settled at their
    ends: one with ligatures, or with wide blanks inside a row.
    """
    if printed == line:
        return [0], [0]
    rows = printed.split("\n")
    bare = [row.rstrip(" ") for row in rows]
    if " ".join(bare) != line:
        return _uneven_rows(rows, line)
    return (
        list(accumulate([len(row) + 1 for row in bare[:-1]], initial=0)),
        list(accumulate([len(row) + 1 for row in rows[:-1]], initial=0)),
    )


def _uneven_rows(rows: list[str], line: str) -> tuple[list[int], list[int]]:
    """The same for rows of which some are indented, blank or end in a hyphen."""
    on_line: list[int] = []
    places: list[int] = []
    at = place = 0
    for row in rows:
        bare = row.strip(" ")
        if bare:
            on_line.append(at)
            places.append(place + row.index(bare[0]))
            if line.startswith(bare, at):
                at += len(bare)
                at += line.startswith(" ", at)
            elif bare[-1] in HYPHENS and line.startswith(bare[:-1], at):
                at += len(bare) - 1
                at += line.startswith("-", at)
            else:
                return [], []
        place += len(row) + 1
    return (on_line, places) if at == len(line) else ([], [])


def _end_of(printed: str, first: int, wanted: str, length: int) -> int:
    """Where the words `wanted`, without blanks, end if they begin at `first`; 0 if others stand there.

    length: how long they are on one line, which is at most as long as they are printed.
    """
    if not wanted.startswith(_bare(printed[first : first + min(length, GLANCE)])):
        return 0
    last = first + length
    missing = len(wanted) - len(_bare(printed[first:last]))
    while 0 < missing <= len(printed) - last:
        last += missing
        missing = len(wanted) - len(_bare(printed[first:last]))
    return last if _bare(printed[first:last]) == wanted else 0


def _bare(text: str) -> str:
    """A text without blanks and hyphens, which a line's end adds, drops or prints as control characters."""
    bare = "".join(text.split())
    for hyphen in HYPHENS:
        bare = bare.replace(hyphen, "")
    return bare
