"""What each side cites: the table of `citations.toml`, spans, damage, and what the vocabulary can print."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imr_archive.parsing.citations import (
    CITATION_PROBLEMS,
    LONGEST_BLOCK,
    _merged,
    _read_line,
    _read_piece,
    read_citations,
    relies_on_claims_administrator,
)
from imr_archive.parsing.clean import LetterText
from imr_archive.parsing.record import Citation, Span
from imr_archive.vocabulary.guidelines import guideline_vocabulary

TABLE = tomllib.loads(Path(__file__).with_name("citations.toml").read_text(encoding="utf-8"))["citation"]
MTUS = "Decision based on MTUS "
OTHER = "Decision based on Non-MTUS Citation "
OPENINGS = {"mtus": MTUS, "other": OTHER, "free": ""}


def plain(citation: Citation) -> dict[str, Any]:
    """A citation as the table writes it: source and whatever is not empty."""
    values = {
        "source": citation.source,
        "guideline": citation.guideline,
        "year": citation.year,
        "sections": list(citation.sections),
        "pages": list(citation.pages),
        "unrecognised": list(citation.unrecognised),
    }
    return {name: value for name, value in values.items() if value not in (None, [])}


def read(block: str) -> list[dict[str, Any]]:
    return [plain(citation) for citation in read_citations(block, "reviewer", 0)[0]]


def test_the_table_covers_the_language() -> None:
    assert len(TABLE) >= 120
    assert {row["statement"] for row in TABLE} == {"mtus", "other", "free"}
    assert {cited["source"] for row in TABLE for cited in row["cites"]} == {"MTUS", "ODG", "ACOEM", "other"}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row['statement']}: {row['text'][:60]}")
def test_a_block_cites_what_the_table_says(row: dict[str, Any]) -> None:
    citations, problems = read_citations(OPENINGS[row["statement"]] + row["text"], "reviewer", 0)

    assert [plain(citation) for citation in citations] == row["cites"]
    assert [problem.code for problem in problems] == row.get("problems", [])


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row['statement']}: {row['text'][:60]}")
def test_line_breaks_anywhere_between_words_change_nothing_but_spans(row: dict[str, Any]) -> None:
    block = (OPENINGS[row["statement"]] + row["text"]).replace(" ", " \n  ")
    block = block.replace("- \n", "-")

    citations, _ = read_citations(block, "claims_administrator", 100)

    assert [plain(citation) for citation in citations] == row["cites"] or "- " in row["text"]
    for citation in citations:
        printed = " ".join(block[citation.span.start - 100 : citation.span.end - 100].split())
        assert citation.raw == printed or citation.raw.startswith(printed + "; ")
        assert citation.cited_by == "claims_administrator"


def test_a_citation_of_a_chain_keeps_its_own_words_and_their_place() -> None:
    block = " " + MTUS + "Knee Complaints 2004, Section(s):\n Summary, and Acupuncture\nTreatment 2007. \n"

    citations, problems = read_citations(block, "reviewer", 1000)

    first = 1000 + block.index("Knee")
    second = 1000 + block.index("Acupuncture")
    assert problems == ()
    assert citations == (
        Citation(
            cited_by="reviewer",
            source="MTUS",
            guideline="Knee Complaints",
            year=2004,
            sections=("Summary",),
            raw="Knee Complaints 2004, Section(s): Summary",
            span=Span(first, 1000 + block.index(", and")),
        ),
        Citation(
            cited_by="reviewer",
            source="MTUS",
            guideline="Acupuncture Treatment",
            year=2007,
            raw="Acupuncture Treatment 2007",
            span=Span(second, 1000 + block.rindex(".")),
        ),
    )


def test_the_same_block_is_read_again_with_its_own_side_and_place() -> None:
    block = MTUS + "Knee Complaints 2004."
    [[first], [second]] = [
        read_citations(block, "claims_administrator", 10)[0],
        read_citations(block, "reviewer", 7000)[0],
    ]

    assert (first.cited_by, second.cited_by) == ("claims_administrator", "reviewer")
    assert second.span.start - first.span.start == second.span.end - first.span.end == 6990


@pytest.mark.parametrize(
    ("printed", "section"),
    [
        ("Electro\x02\r\ndiagnostic testing (EMG/NCS)", "Electrodiagnostic testing (EMG/NCS)"),
        ("Electro-\ndiagnostic testing", "Electrodiagnostic testing"),
        ("Anti\x02\r\ninflammatory medications", "Anti-inflammatory medications"),
        ("Low-\nLevel Laser therapy (LLLT)", "Low-Level Laser therapy (LLLT)"),
        ("Muscle re\xad\nlaxants (for pain)", "Muscle relaxants (for pain)"),
        ("Anti-in\ufb02ammatory medications", "Anti-inflammatory medications"),
    ],
)
def test_a_hyphen_at_a_lines_end_is_settled_by_the_names_of_sections(printed: str, section: str) -> None:
    letter = LetterText(MTUS + f"Chronic Pain Medical Treatment 2016, Section(s): {printed}, Yoga.")

    [citation], problems = read_citations(letter.text, "reviewer", 0, letter.join)

    assert citation.sections == (section, "Yoga")
    assert citation.unrecognised == ()
    assert problems == ()
    assert letter.raw[citation.span.start : citation.span.end].startswith("Chronic Pain")
    assert letter.raw[citation.span.start : citation.span.end].endswith("Yoga")


@pytest.mark.parametrize(
    ("block", "words"),
    [
        (
            "MTUS Knee Complaints\n 2004, Section(s): Sum-\n  mary.",
            "Knee Complaints\n 2004, Section(s): Sum-\n  mary",
        ),
        ("Non-\n  MTUS Citation ODG, Low Back,\n\n  Yoga.", "ODG, Low Back,\n\n  Yoga"),
        ("MTUS Electro-\ndiagnosis \ufb01rst \n 2031.", "Electro-\ndiagnosis \ufb01rst \n 2031"),
    ],
)
def test_a_citation_broken_over_lines_stands_where_its_words_are_printed(block: str, words: str) -> None:
    letter = LetterText(f"Decision based on {block}")

    [citation], _ = read_citations(letter.text, "reviewer", 0, letter.join)

    assert letter.raw[citation.span.start : citation.span.end] == words


def test_a_title_keeps_its_hyphen_at_a_lines_end() -> None:
    assert read(MTUS + "Stress-\nRelated Conditions 2004.") == [
        {"source": "MTUS", "guideline": "Stress Related Conditions", "year": 2004}
    ]


def test_a_misprint_is_mapped_and_its_own_words_are_kept() -> None:
    [citation], _ = read_citations(MTUS + "Accupuncture Treatment 2007.", "reviewer", 0)

    assert (citation.guideline, citation.raw) == ("Acupuncture Treatment", "Accupuncture Treatment 2007")


def test_one_document_cited_in_two_places_is_one_citation() -> None:
    [citation], _ = read_citations(OTHER + "ODG Pain, Massage; ODG Pain, Yoga.", "reviewer", 0)

    assert citation.sections == ("Massage", "Yoga")
    assert citation.raw == "ODG Pain, Massage; ODG Pain, Yoga"


@pytest.mark.parametrize(
    ("block", "relies"),
    [
        ("The reviewer found the guidelines used by the Claims Administrator relevant.", True),
        ("The reviewer found the guideline cited by the\nClaims Administrator to be applicable here.", True),
        ("The reviewer found the guidelines used by the Claims Administrator not applicable.", False),
        ("The Expert Reviewer relied on the Official Disability Guidelines.", False),
        (MTUS + "Knee Complaints 2004.", False),
        ("", False),
    ],
)
def test_a_reviewer_may_rely_on_what_the_claims_administrator_cited(block: str, relies: bool) -> None:
    assert relies_on_claims_administrator(block) is relies


def test_long_prose_under_a_label_is_no_citation_but_a_problem() -> None:
    prose = "Rain fell on the harbour while gulls argued over bread and nobody minded " * 5
    citations, [problem] = read_citations(prose, "reviewer", 40)

    assert citations == ()
    assert problem.code == "unread_citation"
    assert problem.span == Span(40, 40 + len(prose.rstrip()))
    assert problem.message.startswith(CITATION_PROBLEMS["unread_citation"].split("{")[0] + "Rain fell on")


def test_a_block_without_an_end_is_read_as_far_as_a_block_goes() -> None:
    block = MTUS + "Knee Complaints 2004, and " * 1000
    citations, problems = read_citations(block, "reviewer", 5)

    assert plain(citations[0]) == {"source": "MTUS", "guideline": "Knee Complaints", "year": 2004}
    assert problems[0].code == "citation_too_long"
    assert problems[0].span == Span(5 + LONGEST_BLOCK, 5 + len(block))


PIECES = [
    *(
        "(",
        ")",
        "[",
        ",",
        ";",
        ":",
        ".",
        "/",
        "-",
        "&",
        "and",
        "1.",
        "§",
        "8",
        "2016",
        "Chapter 12",
        "Chapter",
    ),
    *(
        MTUS,
        OTHER,
        "Section(s):",
        "Page(s): 3",
        "p. 4",
        "ODG",
        "ACOEM",
        "part of the MTUS",
        "Low Back",
        "Neck",
        "Pain",
    ),
    *(
        "Knee Complaints",
        "low bakc complaints",
        "Opioids",
        "NSAIDs, GI",
        "www.x.org",
        "Zz",
        "updated 1/2/15",
        "\n",
        "®",
    ),
]


@given(st.one_of(st.text(max_size=300), st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join)))
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_without_an_error(block: str) -> None:
    citations, problems = read_citations(block, "reviewer", 7)

    for place in [citation.span for citation in citations] + [problem.span for problem in problems]:
        assert place is not None
        assert 7 <= place.start <= place.end <= 7 + len(block)
    for citation in citations:
        assert set(citation.unrecognised) <= {*citation.sections, citation.guideline}


WORST = {
    "brackets": "(" * LONGEST_BLOCK,
    "nested": OTHER + "ODG " + "Low Back (" * 700 + ")" * 700,
    "commas": MTUS + "Knee Complaints 2004, Section(s): " + "A," * 4000,
    "joined chapters": OTHER + "ODG " + "neck and " * 900,
    "unknown words": OTHER + "ODG " + "".join(f"Q{n:x}zyx, " for n in range(700)),
    "unknown titles": MTUS + ", and Abc, Def" * 600,
    "semicolons": OTHER + "Abc defgh ijkl; " * 600,
    "titles": MTUS + "low bakc complaints. " * 380,
    "numbers": MTUS + "Opioid Treatment 2016, Section(s): " + "3.3 Opioids, " * 600,
    "an address": OTHER + "http://" + "a." * 3900,
}


@pytest.mark.parametrize("name", WORST)
def test_the_worst_text_is_read_in_time_that_grows_with_its_length(name: str) -> None:
    block = WORST[name][:LONGEST_BLOCK]
    read_citations(block[:500], "reviewer", 0)

    start = time.process_time()
    read_citations(block, "reviewer", 0)

    assert time.process_time() - start < 0.5


VOCABULARY = guideline_vocabulary()


def _sections_of(title: str) -> list[str]:
    entry = next(entry for entry in VOCABULARY.data.mtus if entry.title == title)
    return [name for listed in entry.sections for name in VOCABULARY.data.sections[listed]]


@st.composite
def guidelines(draw: st.DrawFn) -> dict[str, Any]:
    entry = draw(st.sampled_from([entry for entry in VOCABULARY.data.mtus if entry.title != "Eye Chapter"]))
    names = (
        st.lists(st.sampled_from(_sections_of(entry.title)), max_size=4, unique_by=str.lower)
        if entry.sections
        else st.just([])
    )
    cited = {
        "source": "MTUS",
        "guideline": entry.title,
        "year": draw(st.sampled_from(entry.years)),
        "sections": draw(names),
    }
    return {name: value for name, value in cited.items() if value}


def printed(cited: dict[str, Any]) -> str:
    sections = ", ".join(cited.get("sections", ()))
    return f"{cited['guideline']} {cited['year']}" + (f", Section(s): {sections}" if sections else "")


@given(st.lists(guidelines(), min_size=1, max_size=5, unique_by=lambda cited: cited["guideline"]))
@settings(max_examples=200, deadline=None)
def test_every_chain_of_known_guidelines_and_sections_is_read_as_it_was_printed(
    chain: list[dict[str, Any]],
) -> None:
    assert read(MTUS + ", and ".join(map(printed, chain)) + ".") == chain


TOPICS = [
    "Massage",
    "Cold packs",
    "X-rays",
    "Opioids, dosing",
    "Splinting (padding)",
    "Preoperative testing, general",
]
JOINTS = [", ", ": ", "/", " - ", " Chapter, ", " (Acute & Chronic), ", " (updated 11/23/16), ", " section: "]


@given(
    st.sampled_from(VOCABULARY.data.odg),
    st.data(),
    st.sampled_from(["ODG ", "Official Disability Guidelines (ODG), ", "Official Disability Guidelines - "]),
    st.sampled_from(JOINTS),
    st.sampled_from(TOPICS),
)
@settings(max_examples=200, deadline=None)
def test_every_chapter_of_the_odg_is_known_by_all_its_names(
    chapter: Any, data: st.DataObject, name: str, joint: str, topic: str
) -> None:
    alias = data.draw(st.sampled_from((chapter.chapter, *chapter.aliases)))

    assert read(f"{OTHER}{name}{alias}{joint}{topic}.") == [
        {"source": "ODG", "guideline": chapter.chapter, "sections": [topic]}
    ]


@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    "Decision based on",
                    "Decision was based on",
                    "Decision is based upon",
                    "Non-MTUS Citation",
                ),
                *("MTUS", "the MTUS:", "Knee Complaints 2004,", "Section(s): Summary.", "Page(s): 76-80."),
                *("Chronic Pain 2017,", "Section(s): Opioids, criteria for use", "and", "Zymurgy 2031", ";"),
                *("ODG, Low Back Chapter,", "MRI", "(Acute & Chronic)", "(updated", "11/23/16)", ")", "["),
                *("Claims Administrator relied on recommendation(s) outside the MTUS.", "did not cite any"),
                *("guidelines.", "ACOEM, Chapter 12", "https://example.org/(a", "Decision", "based on ", ","),
            ]
        ),
        max_size=14,
    ).map(" ".join)
)
@settings(max_examples=200, deadline=None)
def test_a_statement_is_read_among_others_as_it_is_alone(line: str) -> None:
    at_once = _read_piece(line)
    assert _read_line(line) == (_merged(at_once.cited), at_once.doubts + at_once.unread)
