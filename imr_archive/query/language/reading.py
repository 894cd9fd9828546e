"""Tokens → plan: the second stage of reading a query. Any text gives a plan; nothing raises."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from imr_archive.query.filters.registry import find_filter
from imr_archive.query.language.draft import Draft
from imr_archive.query.language.numbers import read_number
from imr_archive.query.language.rules import (
    read_comparison,
    read_format,
    read_grouping,
    read_like,
    read_outcome,
    read_people,
    read_rate,
    read_side,
    read_why,
)
from imr_archive.query.language.scan import Kind, Token, pieces, scan
from imr_archive.query.language.terms import (
    Part,
    Phrase,
    Term,
    is_spinal_level,
    phrase_term,
    spellings,
    term_of,
)
from imr_archive.query.language.thesaurus import Meaning, Thesaurus, vocabulary_thesaurus
from imr_archive.query.language.words import language
from imr_archive.query.plan import Plan, with_headings, with_sides

MOST_CHARACTERS = 10_000
"""A longer text is cut here: it is a pasted letter rather than a query."""

Rule = Callable[[Draft, int], int]
"""Takes a draft and a place in it, and gives the number of tokens read there, 0 where it does not apply."""

_PARTS = {
    "item": Part.ITEM,
    "heading": Part.ITEM,
    "description": Part.ITEM,
    "rationale": Part.RATIONALE,
    "summary": Part.SUMMARY,
}
_EXACT = "exact"
"""The field whose words are looked for as typed, without synonyms and other spellings."""

_ALTERNATIVES = re.compile(r"^[^\W\d][\w-]+(?:/[^\W\d][\w-]+)+$")
_EIGHT_DIGITS = re.compile(r"^\d{8}$")


def read(text: str, thesaurus: Thesaurus | None = None) -> Plan:
    """How the query `text` is understood; without a `thesaurus`, by the project's own vocabulary."""
    tokens = tuple(_prepared(scan(_whole_words(text))))
    draft = Draft(tokens, language(), vocabulary_thesaurus() if thesaurus is None else thesaurus)
    if len(text) > MOST_CHARACTERS:
        draft.notes[f"only the first {MOST_CHARACTERS} characters are read"] = None
    at = 0
    while at < len(tokens):
        at += _read_at(draft, at)
    _keep_something(draft)
    return with_sides(with_headings(draft.finished(" ".join(text.split()))))


def _whole_words(text: str) -> str:
    """What is read of a text: its first characters, but for a word that would be cut."""
    kept = text[:MOST_CHARACTERS]
    if len(text) == len(kept) or text[len(kept)].isspace() or kept[-1:].isspace():
        return kept
    *words, _ = kept.rsplit(maxsplit=1)
    return words[0] if words else kept


def _read_at(draft: Draft, at: int) -> int:
    """Read what begins at a place by the first rule that applies; the number of tokens read."""
    token = draft.tokens[at]
    plain = bool(draft.words[at]) and not draft.negate_next
    rules = _PLAIN_WORD_RULES if plain else _RULES_BY_KIND.get(token.kind, ())
    for rule in rules:
        count = rule(draft, at)
        if count:
            return count
    return _read_word(draft, at)


def _prepared(tokens: tuple[Token, ...]) -> list[Token]:
    """The tokens with unknown fields and words joined by a slash taken apart.

    `grammar:x` is no field, so its parts are words; `EMG/NCV` asks for both; `10/325` and `L4/L5` stay whole.
    A bare number of eight digits is a case number where nothing stands beside it.
    """
    prepared: list[Token] = []
    for token in tokens:
        if token.kind is Kind.FIELD and not _is_field(token.name):
            parts = scan(" ".join(pieces(token.text)))
            prepared += [msgspec.structs.replace(part, negated=token.negated) for part in parts]
        elif token.kind is Kind.WORD and _ALTERNATIVES.match(token.text) and not is_spinal_level(token.text):
            prepared += [
                msgspec.structs.replace(token, text=part, prefix=False) for part in token.text.split("/")
            ]
        else:
            prepared.append(token)
    if len(prepared) == 1 and prepared[0].kind is Kind.WORD and _EIGHT_DIGITS.match(prepared[0].text):
        return [msgspec.structs.replace(prepared[0], kind=Kind.CASE)]
    return prepared


def _is_field(name: str) -> bool:
    return name in _PARTS or name == _EXACT or find_filter(name) is not None


def _read_case(draft: Draft, at: int) -> int:
    token = draft.tokens[at]
    draft.add_filter("case", token.text, token.text, negated=_negated(draft, token))
    return 1


def _read_field(draft: Draft, at: int) -> int:
    token = draft.tokens[at]
    negated = _negated(draft, token)
    part = _PARTS.get(token.name)
    if part is None and token.name != _EXACT:
        draft.add_filter(_filter_meant(token), list(token.values), token.text, negated=negated)
        return 1
    for value in token.values:
        exact = " " in value or token.name == _EXACT
        term = phrase_term(value) if exact else term_of(value.rstrip("*"), prefix=value.endswith("*"))
        if term is not None:
            draft.add_term(msgspec.structs.replace(term, part=part, negated=negated))
    return 1


def _filter_meant(token: Token) -> str:
    """The filter that a field names; `source:` is a guideline's source or else the letter's file."""
    known = find_filter(token.name)
    if known is None or known.name != "source":
        return token.name
    return "source" if any(value.casefold() in known.choices for value in token.values) else "file"


def _read_phrase(draft: Draft, at: int) -> int:
    token = draft.tokens[at]
    draft.add_term(phrase_term(token.text, near=token.near, negated=_negated(draft, token)))
    return 1


def _read_operator(draft: Draft, at: int) -> int:
    """`OR` begins another alternative, `NOT` excludes what follows, `AND` goes without saying."""
    kind = draft.tokens[at].kind
    if kind is Kind.OR and draft.half.groups[-1]:
        draft.half.groups.append([])
    elif kind is Kind.NOT and at + 1 < len(draft.tokens):
        draft.negate_next = True
    return 1


def _read_meaning(draft: Draft, at: int) -> int:
    """Words that the vocabulary knows as a service or a part of the body, with their synonyms."""
    flat: list[str] = []
    ends: list[int] = []
    for word in draft.words[at : at + draft.thesaurus.longest]:
        if not word:
            break
        flat += pieces(word)
        ends.append(len(flat))
    found = draft.thesaurus.at(flat, 0, ends)
    if found is None:
        return 0
    meaning, length = found
    count = ends.index(length) + 1
    if meaning.of_body_part:
        _read_body_part(draft, at, flat[: meaning.of_body_part])
    draft.add_term(_meant(draft.typed(at, count), meaning, draft.thesaurus))
    return count


def _read_body_part(draft: Draft, at: int, words: list[str]) -> None:
    """The part of the body with which the wording of a service begins, which is asked for beside it."""
    part = draft.thesaurus.at(words, 0, [len(words)])
    if part is not None:
        draft.add_term(_meant(draft.typed(at, len(words)), part[0], draft.thesaurus))


def _meant(typed: str, meaning: Meaning, thesaurus: Thesaurus) -> Term:
    """The words typed with their synonyms.

    Typed words that are too common in text with another meaning (`PT` is mostly a patient) stand back where
    there are others.
    """
    others = tuple(Phrase(words) for words in map(pieces, meaning.phrases) if words)
    own = () if others and pieces(typed) in thesaurus.ambiguous else spellings(typed)
    phrases = tuple(dict.fromkeys((*own, *others)))
    return Term(
        text=typed,
        phrases=phrases,
        services=meaning.services,
        subcategory=meaning.subcategory,
        body_part=meaning.body_part,
        synonyms=max(len(phrases) - len(own), meaning.wordings - 1),
    )


def _ignore_word(draft: Draft, at: int) -> int:
    if draft.words[at] not in draft.language.ignored:
        return 0
    draft.ignore(at, 1)
    return 1


def _read_word(draft: Draft, at: int) -> int:
    token = draft.tokens[at]
    draft.add_term(term_of(token.text, prefix=token.prefix, negated=_negated(draft, token)))
    return 1


def _negated(draft: Draft, token: Token) -> bool:
    """Whether the token is excluded, by its own minus sign or by a NOT before it."""
    negated, draft.negate_next = token.negated or draft.negate_next, False
    return negated


def _keep_something(draft: Draft) -> None:
    """Where nothing but words without meaning was typed (`the`, `AND`), look for these very words."""
    if draft.understood:
        return
    draft.ignored.clear()
    draft.comparing.clear()
    for token in draft.tokens:
        draft.add_term(term_of(token.text, negated=token.negated))


_RULES_BY_KIND: dict[Kind, tuple[Rule, ...]] = {
    Kind.CASE: (_read_case,),  # CM16-0213037
    Kind.FIELD: (_read_field,),  # specialty:Neurology, rationale:weaning
    Kind.PHRASE: (_read_phrase,),  # "functional improvement"
    Kind.RANGE: (read_number,),  # 2016..2018
    Kind.COMPARISON: (read_number,),  # >24 visits
    Kind.OR: (_read_operator,),
    Kind.AND: (_read_operator,),
    Kind.NOT: (_read_operator,),
}
_PLAIN_WORD_RULES: tuple[Rule, ...] = (
    read_format,  # as csv
    read_side,  # UR denied ODG
    read_grouping,  # by specialty and year
    read_rate,  # how often, overturn rate
    read_outcome,  # not medically necessary
    read_people,  # orthopedic reviewer
    _read_meaning,  # epidural steroid injection
    read_number,  # more than 24 visits, over 65, 2016
    read_comparison,  # norco vs gabapentin
    read_why,  # why overturned
    read_like,  # decisions like this one
    _ignore_word,  # the
)
