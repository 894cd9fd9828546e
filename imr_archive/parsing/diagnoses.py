"""The diagnoses that the clinical summary names as the patient's.

Only what follows an opening such as "diagnosed with" or "undergoing treatment for" is read: elsewhere a
summary names findings, histories and suspicions in the same words. A diagnosis is a known name, or a
condition of a part of the body, whichever of the two is printed first; parts and conditions may be shared
("neck and low back pain", "sprain of the knee, hip and ankle").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import takewhile
from operator import attrgetter

from msgspec.structs import replace

from imr_archive.vocabulary.diagnoses import (
    DiagnosisTerm,
    diagnosis_data,
    diagnosis_lexicon,
    diagnosis_of,
    icd_codes,
)
from imr_archive.vocabulary.lexicon import normal_form, word_spans
from imr_archive.vocabulary.remembered import remembered
from imr_archive.vocabulary.values import Value

LONGEST_LIST = 600
# How many letters tell the first words of the openings apart.
STEM = 5
# The opening that is a list only where words such as "with" or "include" follow.
DIAGNOSIS = "diagnos"
DOUBT_BEFORE = 30
LONGEST_UNKNOWN = 6

# Between the word "diagnosis" and the list: "is documented as", "that include", "(" ...
LINK = re.compile(
    r"(?:ed|[ei]s|e)\b(?:[ ,-]+(?:currently|recently|is|are|was|were|as|having|has|had|with|to|noted|"
    r"documented|listed|given|and-or|and/or|impressions?|include[sd]?|including|that|which|of|the|following|by|a|an)\b){0,8}"
    r"[ :]*(?P<open>[(:]?) *",
    re.IGNORECASE,
)
# Words of which one at least must link "diagnosis" to a list.
LINKED = re.compile(
    r"\b(?:as|with|include[sd]?|including|of|is|are|was|were|documented|following)\b|[(:]\s*\Z", re.IGNORECASE
)
LIST_END = re.compile(
    r" (?:reportedly|allegedly|(?:and )?treatments? to date|associated with an|stemming|said to|since|"
    r"due to|secondary to|after|which|who|by (?:his|her|the)|on \d)\b",
    re.IGNORECASE,
)
PREPOSITION = re.compile(r"\W*(?:of|to|in|at|on|involving|over|affecting)\b[^;]{0,80}\Z", re.IGNORECASE)
ADJOINING = re.compile(r"[\s/-]*(?:(?!(?:and|or|with|of|to|in|at|on|for)\b)\w+[\s/-]+){0,2}\Z", re.IGNORECASE)
JOINED = re.compile(
    r"[\s,/&-]*(?:(?:and|or|the|right|left|bilateral|both|lower|upper|mid)[\s,/-]+){0,4}\Z", re.IGNORECASE
)
SAME_PARTS = re.compile(r"\s?(?:/|-|and|and/or|or)\s?\Z", re.IGNORECASE)
LOOSE = re.compile(r"[^;.]{0,24}\Z")
ICD_CODE = re.compile(r"\b(?:[A-TV-Z]\d{2}(?:\.\d{1,3}[A-Z]{0,2})?|\d{3}\.\d{1,2})\b")
# What every such code holds; looked for first, for most lists have none.
FIGURES = re.compile(r"\d\d")
ENTRY = re.compile(r"(?:\b(?:and|or) )?(?P<entry>[^\s,;():](?:(?! and |,|;|\(|\)|:).)*)")


class Diagnosis(Value):
    """One diagnosis of the summary.

    name: canonical, or as printed where the vocabulary does not know it. raw: `summary[start:end]`.
    certain: False where it is only considered ("rule out"), or unknown to the vocabulary.
    """

    name: str
    raw: str
    start: int
    end: int
    certain: bool
    recognised: bool = True


class Named(Value):
    """A term of the vocabulary at `text[start:end]`."""

    term: DiagnosisTerm
    start: int
    end: int


def read_diagnoses(summary: str) -> tuple[Diagnosis, ...]:
    """The diagnoses that a summary (on one line) names, each once, in printed order."""
    found: dict[str, Diagnosis] = {}
    for start, end in _lists(summary):
        for one in _in_list(summary[start:end]):
            known = found.get(one.name)
            if known is None or (one.certain and not known.certain):
                found[one.name] = replace(one, start=start + one.start, end=start + one.end)
    return tuple(sorted(found.values(), key=attrgetter("start"))) if found else ()


def _lists(summary: str) -> Iterator[tuple[int, int]]:
    """Where the lists of diagnoses stand; an opening within a list opens no other."""
    done = 0
    for at, opening in _openings(summary.lower()):
        if at < done:
            continue
        start, bracketed = at + len(opening), False
        if opening == DIAGNOSIS:
            link = LINK.match(summary, start)
            if link is None or not LINKED.search(link[0]):
                continue
            start, bracketed = link.end(), link["open"] == "("
        done = _list_end(summary, start, bracketed)
        yield start, done


def _openings(lower: str) -> list[tuple[int, str]]:
    """Every place where a list of diagnoses may open, in printed order."""
    found: list[tuple[int, str]] = []
    for stem, openings in _openings_by_stem().items():
        at = lower.find(stem)
        while at >= 0:
            if lower[max(0, at - 3) : at] != "no ":
                found += [(at, opening) for opening in openings if lower.startswith(opening, at)]
            at = lower.find(stem, at + len(stem))
    found.sort()
    return found


@cache
def _openings_by_stem() -> dict[str, list[str]]:
    """The openings by the letters that they begin with: a summary is searched once for each stem."""
    stems: dict[str, list[str]] = {}
    for opening in diagnosis_data().lists.openings:
        stems.setdefault(opening[:STEM], []).append(opening)
    # All the letters that the openings share, for a longer word is found more quickly and at fewer places.
    return {_common_beginning(openings): openings for openings in stems.values()}


def _common_beginning(words: list[str]) -> str:
    """The letters with which all of the words begin."""
    same = takewhile(lambda letters: len(set(letters)) == 1, zip(*words, strict=False))
    return "".join(letters[0] for letters in same)


def _list_end(summary: str, start: int, bracketed: bool) -> int:
    """Where a list ends: with its sentence, its bracket, or a clause about something else."""
    longest = min(len(summary), start + LONGEST_LIST)
    end = summary.find(". ", start, longest)
    end = longest if end < 0 else end
    if bracketed:
        closing = summary.find(")", start, end)
        end = closing if closing >= 0 else end
    other = LIST_END.search(summary, start, end)
    return other.start() if other else end


@remembered(4096)
def _in_list(text: str) -> tuple[Diagnosis, ...]:
    """The diagnoses of one list, their places counted in it; short lists return in many letters."""
    return tuple(_read_list(text))


def _read_list(text: str) -> Iterator[Diagnosis]:
    """The diagnoses of one list."""
    named = _named(text)
    taken = 0
    before: list[Named] = []
    for place, one in enumerate(named):
        if one.term.kind == "diagnosis":
            yield _diagnosis(text, one.term.name, one.start, one.end)
        elif one.term.condition is not None:
            parts = _parts(text, named, place, taken)
            if not parts and place and SAME_PARTS.match(text[named[place - 1].end : one.start]):
                parts = before
            before = parts
            for part in parts:
                name = diagnosis_of(one.term.condition, part.term.name)
                first, last = min(one.start, part.start), max(one.end, part.end)
                yield _diagnosis(text, name, first, last)
                taken = max(taken, part.end)
            if not parts and one.term.condition.alone:
                yield _diagnosis(text, one.term.name, one.start, one.end)
    yield from _coded(text)
    yield from _unknown(text, named)


def _named(text: str) -> list[Named]:
    hits = diagnosis_lexicon().find(normal_form(text))
    if not hits:
        return []
    spans = word_spans(text)
    named: list[Named] = []
    for hit in hits:
        generic = hit.value.condition is not None and hit.value.condition.generic
        if not (generic and named and named[-1].term.condition and spans[hit.first][0] <= named[-1].end + 1):
            named.append(Named(hit.value, spans[hit.first][0], spans[hit.after - 1][1]))
    return named


def _parts(text: str, named: list[Named], place: int, taken: int) -> list[Named]:
    """The parts of the body that a condition is of: those after "of", those before it, else any after it."""
    following = _following(text, named, place)
    if following and PREPOSITION.match(text[named[place].end : following[0].start]):
        return following
    return _preceding(text, named, place, taken) or following


def _following(text: str, named: list[Named], place: int) -> list[Named]:
    """The parts named after a condition, up to one that already belongs to the next condition."""
    parts: list[Named] = []
    loose = True
    last = named[place]
    for one in named[place + 1 :]:
        between = text[last.end : one.start]
        if not parts:
            loose = not PREPOSITION.match(between)
        joined = JOINED.match(between) if parts else (not loose or LOOSE.match(between))
        if one.term.kind != "part":
            belongs_to_next = one.term.kind == "condition" and ADJOINING.match(between)
            if parts and belongs_to_next and (len(parts) > 1 or loose):
                parts.pop()
            break
        if not joined:
            break
        parts.append(one)
        last = one
    return parts


def _preceding(text: str, named: list[Named], place: int, taken: int) -> list[Named]:
    """The parts named before a condition, back to what belongs to another."""
    parts: list[Named] = []
    after = named[place]
    for one in reversed(named[:place]):
        between = text[one.end : after.start]
        joined = JOINED.match(between) if parts else ADJOINING.match(between)
        if one.term.kind != "part" or one.start < taken or not joined:
            break
        parts.insert(0, one)
        after = one
    return parts


def _diagnosis(text: str, name: str, start: int, end: int, recognised: bool = True) -> Diagnosis:
    certain = recognised and not _doubted(text, start)
    return Diagnosis(name, text[start:end], start, end, certain, recognised)


def _doubted(text: str, start: int) -> bool:
    """Whether the words before a diagnosis, within its own entry of the list, put it in doubt."""
    before = text[max(0, start - DOUBT_BEFORE) : start]
    entry = before[max(before.rfind(","), before.rfind(";"), before.rfind("(")) + 1 :]
    return bool(entry.strip()) and _doubtful().search(entry) is not None


@cache
def _doubtful() -> re.Pattern[str]:
    """The words that put a diagnosis in doubt."""
    wordings = (r"\W*".join(words.split()) for words in diagnosis_data().lists.doubtful)
    return re.compile(rf"\b(?:{'|'.join(wordings)})\b", re.IGNORECASE)


def _coded(text: str) -> Iterator[Diagnosis]:
    """Diagnoses told by an ICD code of the vocabulary, the longest beginning that is known."""
    if FIGURES.search(text) is None:
        return
    for match in ICD_CODE.finditer(text):
        code = match.group()
        for length in range(len(code), 2, -1):
            name = icd_codes().get(code[:length])
            if name is not None:
                yield _diagnosis(text, name, *match.span())
                break


def _unknown(text: str, named: list[Named]) -> Iterator[Diagnosis]:
    """Entries of a list that end as names of diseases do and hold nothing that the vocabulary knows."""
    endings = diagnosis_data().lists.endings
    edges = [0, *(edge for one in named for edge in (one.start, one.end)), len(text)]
    unnamed = "|".join([text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]).lower()
    if not any(map(unnamed.__contains__, endings)):
        return
    for match in ENTRY.finditer(text):
        start, end = match.span("entry")
        printed = match["entry"]
        if not printed.rstrip(". ").lower().endswith(endings) or printed.count(" ") >= LONGEST_UNKNOWN:
            continue
        if not any(one.start < end and start < one.end for one in named):
            yield _diagnosis(text, printed, start, end, recognised=False)
