"""What is asked for in a text that is no letter: a pasted denial, a request for authorization, one line.

Such texts have no common form. Requests are looked for where they are plainest first: lines of a list or
after a label, sentences that tell a decision on a request, short lines that name a service; at last the first
sentence that names one. What names no service of the vocabulary is compared by its words alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from imr_archive.parsing.services import classify
from imr_archive.query.similar.request import Request, undecided
from imr_archive.vocabulary.remembered import remembered

LISTED = re.compile(
    r"[ \t]{0,40}(?:\(?\d{1,2}[.):]|[-*•·‣▪●–]|\(?[a-h][.)])[ \t]{1,20}(?P<request>\S.{2,400})"
)
"""`1. Norco`, `(2) MRI`, `- TENS unit`, `a) massage`."""

LABELLED = re.compile(
    r"[ \t]{0,40}(?:(?:treatment|service|procedure|medication|item|good|drug)s?(?:/goods?)?(?: or service)?"
    r" (?:requested|at issue|in dispute|under review|denied)"
    r"|requested (?:treatment|service|procedure|item|medication)s?"
    r"|(?:original |disputed )?(?:request|item|treatment|service)(?: for)?)"
    r"(?: ?#? ?\d{1,2})?[ \t]?[:–-][ \t]{0,20}(?P<request>\S.{2,400})",
    re.IGNORECASE,
)
"""`Treatment requested: Norco`, `Request 2: MRI`, `Requested service - TENS unit`."""

_DECISION = (
    r"(?:(?:is|are|was|were|has been|have been|be) {1,3})?(?:being )?(?:recommended (?:for |to be ))?"
    r"(?:partially |retrospectively |hereby |also )?"
    r"(?:non[- ]?certif(?:ied|ication)|not (?:certified|approved|authorized|medically necessary|supported)"
    r"|denied|denial|modified|modification|delayed|deferred|upheld|overturned|conditionally|certified"
    r"|approved|authorized)\b"
)
DECIDED_LINE = re.compile(rf"[ \t]{{0,9}}[:,;(–—=-]{{0,3}}[ \t]{{0,9}}\b{_DECISION}", re.IGNORECASE)
"""Where a line turns from the request to what became of it."""

DECIDED_SENTENCE = re.compile(
    rf"\b(?:requests?|prescriptions?|authorization) (?:for|of) (?:the |an? |authorization for )?"
    rf"(?P<request>[^\n]{{3,300}}?) (?:(?:is|are|was|were|has been|have been) {{1,3}}){_DECISION}",
    re.IGNORECASE,
)
"""`The request for a lumbar MRI was non-certified`."""

DOCUMENT = re.compile(
    r"\b(?:report|reports|notes?|records?|dated|reviewed|received|chart|fax|dear|history|status post)\b",
    re.IGNORECASE,
)
"""What stands in lines that list papers, or greet, and not in a request."""

SENTENCE = re.compile(r"[^\n.;]{3,400}(?:\.\d[^\n.;]{0,200}){0,3}")
WORD = re.compile(r"[^\W_]")

MOST_LINES = 2000
MOST_SENTENCES = 400
MOST_REQUESTS = 60
LONGEST_HEADING = 240
SHORT_LINE = 120
NAMED_EARLY = 60
"""Characters of a line within which a request names its service; what comes later is told about another."""


class Found(NamedTuple):
    """A request of the text, and where it stands."""

    heading: str
    start: int
    decided: bool = False


def requests_of_text(text: str) -> list[Request]:
    """The requests that a text names, each with the text from there on; none where it has no word."""
    if not WORD.search(text):
        return []
    found = _listed(text) or _told(text) or _short_lines(text) or _first_named(text) or _as_it_is(text)
    several = list(_once(found))[:MOST_REQUESTS]
    return [
        undecided(one.heading, text[one.start :] + "\n" + text[: one.start], position=place)
        for place, one in enumerate(several, 1)
    ]


def _listed(text: str) -> list[Found]:
    """Lines of lists and after labels; where some tell what was decided, those alone."""
    found = []
    for start, line in _lines(text):
        match = LABELLED.match(line) or LISTED.match(line)
        if match is not None:
            heading = _request(match["request"])
            if heading and _names_service(heading):
                decided = DECIDED_LINE.search(line, match.start("request")) is not None
                found.append(Found(heading, start, decided))
    return [one for one in found if one.decided] or found


def _told(text: str) -> list[Found]:
    """Sentences that tell a decision on a request."""
    found = []
    for match in islice(DECIDED_SENTENCE.finditer(text), MOST_SENTENCES):
        heading = _request(match["request"])
        if classify(heading) is not None:
            found.append(Found(heading, match.start("request"), True))
    return found


def _short_lines(text: str) -> list[Found]:
    """Lines that are no sentences and name a service at once."""
    found = []
    for start, line in _lines(text):
        if len(line) <= SHORT_LINE and not line.rstrip().endswith((".", ":")):
            heading = _request(line)
            if heading and _names_service(heading):
                found.append(Found(heading, start))
    return found


def _first_named(text: str) -> list[Found]:
    """The first sentence in which a service is named."""
    for match in islice(SENTENCE.finditer(text), MOST_SENTENCES):
        if classify(match.group()) is not None:
            return [Found(_request(match.group()) or _cut(match.group()), match.start())]
    return []


def _as_it_is(text: str) -> list[Found]:
    """The beginning of a text that names no service."""
    for start, line in _lines(text):
        if WORD.search(line):
            return [Found(_cut(line), start)]
    return []


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for number, line in enumerate(text.splitlines(keepends=True)):
        if number == MOST_LINES:
            return
        yield start, line[: 2 * LONGEST_HEADING].rstrip("\r\n")
        start += len(line)


def _request(words: str) -> str:
    """The words of a request without what became of it."""
    decision = DECIDED_LINE.search(words, 3)
    return _cut(words[: decision.start()] if decision else words).strip(" \t:;,–—-(=")


def _cut(words: str) -> str:
    plain = " ".join(words.split())
    return plain if len(plain) <= LONGEST_HEADING else plain[:LONGEST_HEADING].rsplit(" ", 1)[0]


@remembered(1024)
def _names_service(heading: str) -> bool:
    """Whether a line asks for a service, and is not one of a list of papers; pages repeat their lines."""
    match = classify(heading)
    return match is not None and match.start <= NAMED_EARLY and not DOCUMENT.search(heading)


def _once(found: Iterable[Found]) -> Iterator[Found]:
    """Each request once, however often the text names it."""
    seen: set[str] = set()
    for one in found:
        key = one.heading.casefold()
        if key not in seen:
            seen.add(key)
            yield one
