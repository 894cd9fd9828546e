"""Citations of the Official Disability Guidelines, after their name: chapters and topics in any order.

    odg      = group { ";" group }
    group    = chapter { ("," | "and" | ";") chapter } { separator topic }
             | topic { "," topic } [ separator chapter ]      physical therapy, elbow chapter
    chapter  = ["chapter" | "section"] known name { coverage | "Chapter" | "Section" | "Procedures" }
    coverage = "(" words such as Acute & Chronic, or an edition ")" | "-" Lumbar & Thoracic
    topic    = a known topic                                  Preoperative testing, general
             | words up to a separator                        Splinting (padding)
    separator = "," | ";" | ":" | "/" | "-" | "(" ... ")" | nothing

Editions and dates, `(updated 11/23/16)`, are neither. Each chapter is a citation with the group's topics.
Where none is named, the body part in a topic tells it: `MRI Elbow`. A chapter name may begin another name
(`Pain management`): such a name counts only where it ends there.
"""

from __future__ import annotations

from typing import NamedTuple

from imr_archive.parsing.citation_scan import (
    CLOSING,
    DASHES,
    OPENING,
    PADDING,
    PAGE_WORDS,
    SEPARATORS,
    Draft,
    Scan,
)
from imr_archive.vocabulary.guidelines import ChapterName

CHAPTER_WORDS = frozenset(
    {"chapter", "chapters", "section", "sections", "procedure", "procedures", "complaints", "disorders"}
)
LEADING_WORDS = frozenset({"the", "chapter", "chapters", "section", "on", "for"})
# What may part a chapter from its topic.
BOUNDARY = SEPARATORS | DASHES | CLOSING | frozenset({"/", "("})
GAPS = BOUNDARY | frozenset({"and", "&", "[", "®"})
TOPIC_WORDS = frozenset({"topic", "topics"})
TOPIC_TAIL = (
    frozenset({"in", "the", "of", "per", "under", "from", "for", "on", "and", "&", "-", ","}) | TOPIC_WORDS
)
TOPIC_HEAD = frozenset({"regarding", "under", "re", "about", "concerning", "topic", "topics"})
LONGEST_CHAPTER_WORDS = 6


class Chapter(NamedTuple):
    """A chapter's name read: the token after it, its canonical name.

    said: the letter calls it a chapter or section. alone: a separator or the end follows; otherwise the topic
    starts at `after`.
    """

    after: int
    name: str
    said: bool
    alone: bool = True


class Group:
    """Chapters with the topics that belong to all of them, while it is being read."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.after = first
        self.chapters: list[str] = []
        self.topics: list[tuple[int, int]] = []
        self.pages: list[str] = []

    def is_empty(self) -> bool:
        """Whether neither chapter nor topic was read yet."""
        return not self.chapters and not self.topics


def read_odg(scan: Scan, first: int, at: int, after: int) -> list[Draft]:
    """The chapters cited in tokens `at` to `after`; `first` is where the citation's own words begin."""
    groups = [Group(first)]
    groups[0].after = at
    separator = ""
    while at < after:
        group = groups[-1]
        key = scan.keys[at]
        if key in SEPARATORS:
            separator = key
            at += 1
        elif separator != "(" and (beside := _beside_at(scan, at, after)) is not None:
            at = beside
        elif key in PAGE_WORDS and (pages := scan.pages_marker(at, after)) is not None:
            at, found = scan.pages(pages, after)
            group.pages += found
            group.after = at
        elif key.startswith(("http", "www.")):
            at += 1
        elif (name := scan.longest(scan.vocabulary.source_names, at, after)) is not None:
            at = name[0]
        elif key in GAPS:
            if key in CLOSING and scan.opened_by.get(at, 0) > group.first:
                group.after = at + 1
            separator = key if key not in ("and", "&", ")") else separator
            at += 1
        else:
            group, at = _read_part(scan, groups, at, _limit(scan, at, after), separator)
            group.after = at
            separator = ""
    return [draft for group in groups for draft in _drafts(scan, group)]


def _beside_at(scan: Scan, at: int, after: int) -> int | None:
    """What is neither chapter nor topic, an edition or a bracket of coverage; the token after it."""
    if scan.keys[at] in OPENING and _is_coverage(scan, at + 1, scan.closed_by.get(at, at), after):
        return scan.closed_by[at] + 1
    return scan.edition_at(at, after)


def _limit(scan: Scan, at: int, after: int) -> int:
    """The end, or inside a bracket its closing."""
    close = scan.closed_by.get(at - 1)
    return after if close is None or close > after else close


def _read_part(scan: Scan, groups: list[Group], at: int, after: int, separator: str) -> tuple[Group, int]:
    """One chapter or one topic, put into the last group or a new one."""
    group = groups[-1]
    chapter = chapter_at(scan, at, after, may_go_on=group.is_empty())
    if chapter is None:
        if separator == ";" and not group.is_empty() and _names_body_part(scan, at, after):
            group = _opened(groups, at)
        return group, _read_topics(scan, group, at, after)
    own = not group.chapters and (separator != ";" or not group.topics)
    shared = bool(group.chapters) and not group.topics
    if chapter.name not in group.chapters:
        if not own and not shared:
            group = _opened(groups, at)
        group.chapters.append(chapter.name)
    if not chapter.alone:
        return group, _read_topics(scan, group, chapter.after, after, named=True)
    return group, chapter.after


def _opened(groups: list[Group], first: int) -> Group:
    groups.append(Group(first))
    return groups[-1]


def _names_body_part(scan: Scan, at: int, after: int) -> bool:
    """Whether the words up to the next semicolon name a body part, and so a chapter of their own."""
    while at < after and scan.keys[at] != ";":
        if scan.longest(scan.vocabulary.body_parts, at, after) is not None:
            return True
        at += 1
    return False


def chapter_at(scan: Scan, at: int, after: int, may_go_on: bool) -> Chapter | None:
    """The chapter whose name starts here; `may_go_on`: a topic may follow it without a separator."""
    said = False
    start = at
    while at < after and scan.keys[at] in LEADING_WORDS:
        said = said or scan.keys[at] in CHAPTER_WORDS
        at += 1
        while said and at < after and (scan.keys[at] in (":", "-") or scan.keys[at].isdecimal()):
            at += 1
    if not said and at > start and scan.keys[start] != "the":
        return None
    found = scan.longest(scan.vocabulary.chapters, at, after)
    if found is None:
        return _misprinted_chapter(scan, at, after)
    end, name = found
    end, named = _past_coverage(scan, end, after)
    said = said or named
    following = scan.key(end, after)
    if said or following == "" or following in BOUNDARY or following == "[" or scan.pages_marker(end, after):
        return Chapter(end, name.chapter, said)
    if following in ("and", "&") and scan.longest(scan.vocabulary.chapters, end + 1, after) is not None:
        return Chapter(end, name.chapter, said)
    if end == found[0] and may_go_on and not name.needs_boundary:
        return Chapter(_topic_start(scan, at, end, name, after), name.chapter, said, alone=False)
    return Chapter(end, name.chapter, said) if end > found[0] else None


def _topic_start(scan: Scan, at: int, end: int, name: ChapterName, after: int) -> int:
    """Where the topic of `Low Back MRI` starts; `Knee brace` keeps the body part, which is half its name."""
    known_topic = scan.longest(scan.vocabulary.topics, end, after) is not None
    return end if known_topic or name.word_count > 1 else at


def _past_coverage(scan: Scan, at: int, after: int) -> tuple[int, bool]:
    """Past `(Acute & Chronic)`, `- Lumbar & Thoracic`, `Chapter`: token after, and if "chapter" is said."""
    said = False
    while at < after:
        key = scan.keys[at]
        if key in OPENING and _is_coverage(scan, at + 1, scan.closed_by.get(at, at), after):
            at = scan.closed_by[at] + 1
        elif key in CHAPTER_WORDS:
            said = True
            at += 2 if scan.key(at + 1, after) == "summary" else 1
        elif said and key in ("guideline", "guidelines"):
            at += 1
        elif (run := _coverage_run(scan, at, after)) is not None:
            at = run
        else:
            break
    return at, said


def _is_coverage(scan: Scan, first: int, close: int, after: int) -> bool:
    """Whether a bracket says what the chapter covers (`Acute & Chronic`) or its edition, not a topic."""
    if not first < close < after:
        return False
    words = [key for key in scan.keys[first:close] if key[0].isalnum() and key not in ("and", "or")]
    known = sum(word in scan.vocabulary.coverage for word in words)
    return (
        known == len(words)
        or (known > 1 and 2 * known >= len(words))
        or scan.edition_at(first - 1, after) is not None
    )


def _coverage_run(scan: Scan, at: int, after: int) -> int | None:
    """`- Lumbar & Thoracic`, `& Thoracic`, behind a chapter's name; the token after it."""
    if scan.keys[at] not in DASHES and scan.keys[at] not in ("&", "and"):
        return None
    end = at + 1
    while end < after and (scan.keys[end] in scan.vocabulary.coverage or scan.keys[end] in ("&", "and", ",")):
        end += 1
    while scan.keys[end - 1] in ("&", "and", ","):
        end -= 1
    following = scan.key(end, after)
    closed = following == "" or following in BOUNDARY or following in CHAPTER_WORDS
    return end if end > at + 1 and closed else None


def _misprinted_chapter(scan: Scan, at: int, after: int) -> Chapter | None:
    """`Lower Bakc Chapter`: words before "chapter" that are near enough to a name."""
    for end in range(at + 1, min(after, at + LONGEST_CHAPTER_WORDS)):
        if scan.keys[end] in ("chapter", "chapters"):
            near = scan.vocabulary.near_chapter(scan.text(at, end))
            if near is None:
                return None
            return Chapter(_past_coverage(scan, end, after)[0], near, said=True)
        if scan.keys[end] in SEPARATORS:
            return None
    return None


def _read_topics(scan: Scan, group: Group, at: int, after: int, named: bool = False) -> int:
    """One topic, or two that "and" joins; a chapter said inside it ends it. The token after."""
    end, chapter = _topic_end(scan, at, after, named)
    first, last = at, end
    while first < last and scan.keys[last - 1] in TOPIC_TAIL:
        last -= 1
    while first < last and scan.keys[first] in TOPIC_HEAD:
        first += 1
    if first < last:
        group.topics.append((first, last))
    if chapter is not None:
        if chapter.name not in group.chapters:
            group.chapters.append(chapter.name)
        return chapter.after
    return end


def _topic_end(scan: Scan, at: int, after: int, named: bool) -> tuple[int, Chapter | None]:
    """Where a topic ends, and the chapter said at its end (`MRI in the Low Back Chapter`)."""
    known = _known_topic_end(scan, at, after)
    if known is not None:
        return known, None
    first = at
    while at < after:
        key = scan.keys[at]
        if key in OPENING and scan.closed_by.get(at, after) < after:
            if scan.edition_at(at, after) is not None:
                return at, None
            at = scan.closed_by[at] + 1
            continue
        if at > first and _ends_topic(scan, at, after):
            return at, None
        chapter = chapter_at(scan, at, after, may_go_on=False) if at > first and not named else None
        if chapter is not None and chapter.said:
            return at, chapter
        at += 1
    return at, None


def _known_topic_end(scan: Scan, at: int, after: int) -> int | None:
    known = scan.longest(scan.vocabulary.topics, at, after)
    if known is None:
        return None
    following = scan.key(known[0], after)
    closed = following == "" or following in BOUNDARY or following in ("and", "&") or following in TOPIC_WORDS
    return known[0] if closed else None


def _ends_topic(scan: Scan, at: int, after: int) -> bool:
    key = scan.keys[at]
    following = at + 1
    if key == ";" or scan.pages_marker(at, after) is not None:
        return True
    if key in ("and", "&"):
        return _known_topic_end(scan, following, after) is not None
    if key == ".":
        return following >= after or scan.is_capital(following, after)
    if key != ",":
        return False
    return (
        following >= after
        or scan.is_capital(following, after)
        or not scan.keys[following][0].isalpha()
        or chapter_at(scan, following, after, may_go_on=False) is not None
        or _known_topic_end(scan, following, after) is not None
    )


def _drafts(scan: Scan, group: Group) -> list[Draft]:
    topics = [scan.text(first, last) for first, last in group.topics]
    chapters: list[str | None] = list(group.chapters)
    if not chapters:
        chapters, topics = _by_body_part(scan, group)
    first, after = scan.trimmed(group.first, group.after, PADDING)
    return [
        Draft("ODG", first, after, chapter, None, tuple(dict.fromkeys(topics)), tuple(group.pages))
        for chapter in chapters or [None]
    ]


def _by_body_part(scan: Scan, group: Group) -> tuple[list[str | None], list[str]]:
    """The chapters of the body parts that topics name: `MRI hand` is the topic MRI of the hand's chapter."""
    chapters: list[str | None] = []
    topics: list[str] = []
    for first, last in group.topics:
        at, stop = first, last
        while at < last:
            part = scan.longest(scan.vocabulary.body_parts, at, last)
            if part is None:
                at += 1
                continue
            chapters.append(part[1])
            if part[0] == last and at > first:
                stop = at
            at = part[0]
        while stop - 1 > first and scan.keys[stop - 1] in TOPIC_TAIL:
            stop -= 1
        topics.append(scan.text(first, stop))
    return list(dict.fromkeys(chapters)), topics
