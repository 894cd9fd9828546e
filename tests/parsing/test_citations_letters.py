"""Both sides' citations of the real letters, cut out by the labels alone, against the annotation."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from imr_archive.parsing.citations import read_citations
from imr_archive.parsing.clean import LetterText
from imr_archive.parsing.record import Side

pytestmark = pytest.mark.letters

LABEL = re.compile(r"(Claims\s+Administrator|MAXIMUS|Maximus|IMR)\s+guideline\s*:|Decision\s+rationale\s*:")


def text_of(folder: Path, source: str) -> str:
    if not source.endswith(".pdf"):
        return (folder / "text" / source).read_text(encoding="utf-8")
    pdf = pypdfium2.PdfDocument(folder / "pdf" / source)
    try:
        return "\f".join(page.get_textpage().get_text_range() for page in pdf)
    finally:
        pdf.close()


def sides(letter: LetterText) -> Iterator[tuple[Side, int, int]]:
    labels = list(LABEL.finditer(letter.text))
    for label, following in zip(labels, [*labels[1:], None], strict=True):
        if label[1] is not None:
            side: Side = "claims_administrator" if label[1][0] == "C" else "reviewer"
            yield side, label.end(), len(letter.text) if following is None else following.start()


def norm(value: Any) -> str:
    text = re.sub(r"\s+", " ", str(value)).strip().lower().replace("®", "")
    return re.sub(r"\s*([/&-])\s*", r"\1", text).strip(" .,:;")


def facts(item: int, cited: dict[str, Any]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The facts that the scorer of the letters counts."""
    known = cited["source"] in ("MTUS", "ODG")
    where = (item, cited["cited_by"], cited["source"], norm(cited["guideline"]) if known else None)
    yield "citation", (*where, cited["year"] if cited["source"] == "MTUS" else None)
    for page in cited["pages"]:
        yield "page", (*where, norm(page))
    for section in cited["sections"] if cited["source"] == "MTUS" else ():
        yield "section", (*where, norm(section))


def test_the_real_letters_citations_are_read_as_annotated(real_letters: Path) -> None:
    hits: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for line in (real_letters / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        truth = json.loads(line)
        letter = LetterText(text_of(real_letters, truth["source"]))
        want: Counter[Any] = Counter()
        got: Counter[Any] = Counter()
        for number, item in enumerate(truth["items"]):
            want.update(fact for cited in item["citations"] for fact in facts(number, cited))
        number = -1
        for side, start, end in sides(letter):
            number += side == "claims_administrator"
            for citation in read_citations(letter.text[start:end], side, start, letter.join)[0]:
                assert start <= citation.span.start < citation.span.end <= end
                cited = {name: getattr(citation, name) for name in citation.__struct_fields__}
                got.update(facts(number, cited))
        for kind in ("citation", "page", "section"):
            both = sum(count for fact, count in (want & got).items() if fact[0] == kind)
            hits[kind] += 2 * both
            total[kind] += sum(count for fact, count in (want + got).items() if fact[0] == kind)

    assert total["citation"] > 600
    assert {kind: hits[kind] / total[kind] >= 0.995 for kind in total} == dict.fromkeys(total, True)
