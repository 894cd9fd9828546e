"""Typed access to the names of diagnoses (`data/diagnoses.toml`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal, NamedTuple

from imr_archive.vocabulary.lexicon import Lexicon, normal_form
from imr_archive.vocabulary.loader import load_toml
from imr_archive.vocabulary.schema import Condition, DiagnosisFile
from imr_archive.vocabulary.services import body_parts

TermKind = Literal["diagnosis", "condition", "part"]


class DiagnosisTerm(NamedTuple):
    """What a wording names: a diagnosis, a condition of some part, or a part of the body."""

    kind: TermKind
    name: str
    condition: Condition | None = None


@cache
def diagnosis_data() -> DiagnosisFile:
    """The data file, read once."""
    return load_toml("diagnoses.toml", DiagnosisFile)


@cache
def diagnosis_lexicon() -> Lexicon[DiagnosisTerm]:
    """Finds diagnoses, conditions and parts of the body in a text."""
    return Lexicon((form, term) for words, term in _terms() for form in (normal_form(words), _plural(words)))


@cache
def icd_codes() -> Mapping[str, str]:
    """From the beginnings of ICD codes to the names of diagnoses."""
    return MappingProxyType(
        {code: entry.name for entry in diagnosis_data().diagnoses for code in entry.codes}
    )


def diagnosis_of(condition: Condition, part: str) -> str:
    """The name of the diagnosis that a condition of a part of the body is."""
    return condition.named.get(part, f"{part} {condition.name}")


def _terms() -> Iterator[tuple[str, DiagnosisTerm]]:
    for part in body_parts():
        for words in part.terms:
            yield words, DiagnosisTerm("part", part.name)
    for condition in diagnosis_data().conditions:
        for words in condition.terms:
            yield words, DiagnosisTerm("condition", condition.name, condition)
    # "neck pain" is read as a part and a condition, so that "neck and low back pain" is read as two of them.
    composed = {
        name for condition in diagnosis_data().conditions for name in condition.named.values() if " " in name
    }
    for entry in diagnosis_data().diagnoses:
        for words in (entry.name, *entry.terms):
            if words not in composed:
                yield words, DiagnosisTerm("diagnosis", entry.name)


def _plural(words: str) -> str:
    normal = normal_form(words)
    if normal.endswith("y") and normal[-2] not in "aeiou":
        return f"{normal[:-1]}ies"
    return normal if normal.endswith("s") else f"{normal}s"
