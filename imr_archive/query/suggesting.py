"""Did you mean: queries that find something, where what was typed finds nothing.

A word that no decision has is compared with the words of the vocabulary and of the full-text index, the value
of a filter with the values that the archive has. What is suggested is the whole query with the likeliest in
place, and only where that finds something.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rapidfuzz import fuzz, process
from sqlalchemy import Connection, text

from imr_archive.query.evaluating import Evaluator
from imr_archive.query.filters.applied import Applied
from imr_archive.query.filters.registry import FILTERS
from imr_archive.query.index_terms import index_terms, printed_form, stem
from imr_archive.query.language.reading import read
from imr_archive.query.language.scan import Kind, scan
from imr_archive.query.language.terms import Part, Term
from imr_archive.query.language.thesaurus import Thesaurus, vocabulary_thesaurus
from imr_archive.query.language.words import language
from imr_archive.query.plan import Plan

LEAST_LIKENESS = 72.0
"""Of a hundred, by rapidfuzz: one letter wrong in five or two in eight are nearer, another word is not."""

MOST_SUGGESTIONS = 3
MOST_WORDS_LOOKED_UP = 6
"""Nobody misspells more words in one line; each is compared with thousands."""

_SHORTEST = 4
"""Shorter words have too many neighbours: `mri` is near `mra` and `mr`."""


def suggestions(
    connection: Connection,
    plan: Plan,
    given: tuple[Applied, ...] = (),
    thesaurus: Thesaurus | None = None,
    evaluator: Evaluator | None = None,
) -> tuple[str, ...]:
    """Queries like that of `plan` which find something; `given` are filters that no query names.

    Where no other spelling does, these are queries with fewer words, and where none of these does, the query
    for either outcome.
    """
    evaluator = evaluator or Evaluator(connection)
    candidates = _corrected(plan.query, _corrections(connection, plan, thesaurus))
    for queries in (candidates, _shortened(plan), _of_either_outcome(plan)):
        found: list[str] = []
        for query in queries:
            better = read(query, thesaurus).as_hits()
            if query in {plan.query, *found} or not _asks_for_something(better):
                continue
            if evaluator.total(better.narrowed(given)).items:
                found.append(query)
            if len(found) == MOST_SUGGESTIONS:
                break
        if found:
            return tuple(found)
    return ()


def _asks_for_something(plan: Plan) -> bool:
    """Whether anything is left to look for: a lone quotation mark would find every decision."""
    return bool(plan.groups or plan.filters or plan.arms or plan.outcome)


def _shortened(plan: Plan) -> Iterator[str]:
    """The query without one of its plain words, then without several, from the last on.

    What the vocabulary knows (a service, a part of the body) is what the question is about, and stays. Words
    that were ignored go first: an `of` or a `per` has lost what it stood before.
    """
    meant = _replaced(plan.query, dict.fromkeys(plan.ignored, ""))
    words = [term.text for group in plan.alternatives for term in group if _is_plain(term)]
    words = list(dict.fromkeys(words))[-MOST_WORDS_LOOKED_UP:]
    for word in words:
        yield _replaced(meant, {word: ""})
    for count in range(2, len(words) + 1):
        yield _replaced(meant, dict.fromkeys(words[-count:], ""))


def _of_either_outcome(plan: Plan) -> Iterator[str]:
    """The query without its words for an outcome: that all such requests were denied is an answer too."""
    if plan.outcome_filter is None:
        return
    tokens = scan(plan.query)
    words = [token.folded if token.kind is Kind.WORD else "" for token in tokens]
    dropped = dict.fromkeys(plan.ignored, "")
    for at in range(len(words)):
        found = language().outcomes.at(words, at)
        if found is not None:
            dropped[" ".join(token.text for token in tokens[at : at + found[1]])] = ""
    yield _replaced(plan.query, dropped)


def _corrections(
    connection: Connection, plan: Plan, thesaurus: Thesaurus | None = None
) -> Iterator[tuple[str, str]]:
    """Words and values that find nothing by themselves, each with what is likely meant, the best first."""
    known = vocabulary_thesaurus() if thesaurus is None else thesaurus
    filters = [*plan.filters, *(each for arm in plan.arms for each in arm.filters)]
    for applied in filters:
        yield from _of_filter(connection, applied)
    terms = [term for group in plan.alternatives for term in group if _may_be_misspelled(term)]
    for term in list(dict.fromkeys(terms))[:MOST_WORDS_LOOKED_UP]:
        if not _occurs(connection, term):
            yield from ((term.text, near) for near in _near(connection, term.text.casefold(), known.words))


def _corrected(query: str, corrections: Iterable[tuple[str, str]]) -> list[str]:
    """The query with the best correction of each word; then, one after the other, with the next best."""
    options: dict[str, list[str]] = {}
    for typed, meant in corrections:
        options.setdefault(typed, []).append(meant)
    if not options:
        return []
    best = {typed: meant[0] for typed, meant in options.items()}
    variants = [best]
    for typed, all_meant in options.items():
        variants += [{**best, typed: other} for other in all_meant[1:]]
    return list(dict.fromkeys(_replaced(query, variant) for variant in variants))


def _replaced(query: str, meant: dict[str, str]) -> str:
    for typed, better in meant.items():
        word = re.escape(typed)
        pattern = re.compile(rf'"{word}"|(?<!\w){word}(?!\w)', re.IGNORECASE)
        query = pattern.sub(better.replace("\\", r"\\"), query)
    return " ".join(query.split())


def _is_plain(term: Term) -> bool:
    return not (term.names_item or term.body_part or term.negated or term.part)


def _may_be_misspelled(term: Term) -> bool:
    plain = not (term.names_item or term.body_part or term.negated or term.near is not None)
    return plain and len(term.text) >= _SHORTEST and term.text.isalpha()


def _occurs(connection: Connection, term: Term) -> bool:
    """Whether any decision has the term at all."""
    tables = [] if term.part is Part.SUMMARY else ["disputed_items_fts"]
    tables += ["cases_fts"] if term.part in {None, Part.SUMMARY} else []
    return any(
        connection.execute(
            text(f"SELECT 1 FROM {table} WHERE {table} MATCH :words LIMIT 1"), {"words": term.fts}
        ).first()
        for table in tables
    )


def _near(connection: Connection, typed: str, words: Iterable[str]) -> list[str]:
    """The likeliest words of the vocabulary and the index, the best first.

    The index has stems, so the stem of what was typed is compared with them.
    """
    known = _likely(typed, words)
    indexed = _likely(stem(typed), index_terms(connection, typed[:1]))
    found = [(score, word) for word, score in known]
    found += [(score, printed_form(connection, term)) for term, score in indexed]
    ranked = (word for _, word in sorted(found, key=lambda one: -one[0]))
    return [word for word in dict.fromkeys(ranked) if word != typed][:MOST_SUGGESTIONS]


def _likely(typed: str, words: Iterable[str]) -> list[tuple[str, float]]:
    found = process.extract(
        typed, list(words), scorer=fuzz.ratio, score_cutoff=LEAST_LIKENESS, limit=MOST_SUGGESTIONS
    )
    return [(word, score) for word, score, _ in found]


def _of_filter(connection: Connection, applied: Applied) -> Iterator[tuple[str, str]]:
    """For each value of a filter that the archive does not have, the likeliest that it has."""
    known = FILTERS[applied.name]
    if not known.known_values or applied.negated:
        return
    values = [str(value) for value in connection.execute(text(known.known_values)).scalars() if value]
    folded = {value.casefold(): value for value in values}
    for typed in applied.values:
        if typed.casefold() in folded:
            continue
        near = process.extract(
            typed.casefold(), list(folded), scorer=fuzz.WRatio, score_cutoff=LEAST_LIKENESS, limit=2
        )
        yield from ((typed, _quoted(folded[value])) for value, _, _ in near)


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value or "," in value else value
