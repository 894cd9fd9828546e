"""One input made ready: what is read, what is set aside, and that it can travel between processes."""

from __future__ import annotations

import pickle

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.archive import prepare as prepare_module
from imr_archive.archive.prepare import prepare, prepare_document, prepare_refusal, says_nothing
from imr_archive.archive.prepared import known_by, reason_in_words
from imr_archive.archive.texts import decompress
from imr_archive.parsing import LetterRecord, parser_version
from imr_archive.parsing.record import Finding, Reviewer, Span
from imr_archive.sources.documents import Document, Found, Refused

LETTER = """Case Number: CM16-0000007
Decision Date: 12/05/2016

HOW THE IMR FINAL DETERMINATION WAS MADE
The reviewer bakes bread in Texas.

CLINICAL CASE SUMMARY
A 44 year old female baker.

IMR ISSUES, DECISIONS AND RATIONALES

Seat cushion: Upheld
Decision rationale: A chair was not described.
"""


def found(path="/letters/a.txt", size=3):
    return Found(path, size, 1000, "text")


def document(text, path="/letters/a.txt"):
    return Document(path.rpartition("/")[2], path, "00" * 32, len(text), text, "text")


def test_a_letter_is_parsed_hashed_and_compressed(tmp_path):
    path = tmp_path / "cushion.txt"
    path.write_text(LETTER)

    prepared = prepare(Found(str(path), path.stat().st_size, 1000, "text"))

    assert (prepared.path, prepared.source, prepared.reason) == (str(path), "cushion.txt", None)
    assert prepared.parser_version == parser_version()
    (letter,) = prepared.letters
    assert (letter.known_by, letter.record.source) == ("CM16-0000007", "cushion.txt")
    assert [(item.description, item.outcome) for item in letter.record.items] == [("Seat cushion", "upheld")]
    assert decompress(letter.packed_text).split() == LETTER.split()


def test_what_is_prepared_can_be_sent_to_another_process(cushion, file_of):
    prepared = file_of(cushion)
    assert pickle.loads(pickle.dumps(prepared)) == prepared


def test_several_letters_in_one_text_are_kept_each_with_its_own_text():
    first = LETTER + "It may stand in a bakery, in a mill or by the window. " * 10 + "\n"
    second = first.replace("CM16-0000007", "CM16-0000008")

    prepared = prepare_document(document(first + second), found())

    assert [(letter.known_by, letter.record.part) for letter in prepared.letters] == [
        ("CM16-0000007", 1),
        ("CM16-0000008", 2),
    ]
    texts = [decompress(letter.packed_text) for letter in prepared.letters]
    assert "".join(texts) == first + second
    assert texts[1].strip() == second.strip()


def test_a_text_that_is_no_letter_is_set_aside():
    prepared = prepare_document(
        document("Flour, water, salt and patience; bake a 44 year old loaf."), found()
    )

    assert (prepared.reason, prepared.letters, prepared.sha256) == ("not_a_letter", (), "00" * 32)


@pytest.mark.parametrize(
    "found_there",
    [
        {"case_number": "CM16-0000007"},
        {"layout": "D"},
        {"priority": "expedited"},
        {"reviewer": Reviewer(licensure_states=("Texas",))},
        {"summary": "A baker."},
    ],
)
def test_a_letter_of_which_anything_was_found_is_no_nonsense(found_there):
    assert not says_nothing(LetterRecord(source="a", **found_there))


def test_age_and_sex_alone_make_no_letter():
    assert says_nothing(LetterRecord(source="a", patient_age=44, patient_sex="male"))


def test_a_parser_that_fails_costs_one_file(monkeypatch):
    def fail(text, source):
        raise ZeroDivisionError("by nought")

    monkeypatch.setattr(prepare_module, "letters_in_steps", fail)

    prepared = prepare_document(document(LETTER), found())

    assert prepared.reason == "parser_error"
    assert prepared.message == (
        "the parser failed on this text; please report it with the file (ZeroDivisionError: by nought)"
    )


def test_a_file_that_cannot_be_read_carries_its_reason():
    prepared = prepare(found("/no/such/folder/a.txt"))

    assert (prepared.path, prepared.source, prepared.reason) == ("/no/such/folder/a.txt", "a.txt", "missing")
    assert prepared.message


def test_what_discovery_refused_is_set_aside_with_its_reason():
    prepared = prepare_refusal(Refused("/letters/locked", "unreadable", "no permission"))

    assert (prepared.path, prepared.source) == ("/letters/locked", "locked")
    assert (prepared.reason, prepared.message) == ("unreadable", "no permission")


def test_findings_stay_behind_but_for_what_the_vocabulary_does_not_know(monkeypatch, cushion):
    finding = Finding("reviewer.specialties[1]", Span(0, 1), "rule", "Anaesthesia", recognised=False)
    record = msgspec.structs.replace(cushion, findings=(finding,))

    def one_step(text, source):
        yield
        return [record]

    monkeypatch.setattr(prepare_module, "letters_in_steps", one_step)

    (letter,) = prepare_document(document(LETTER), found()).letters

    assert letter.record == cushion
    assert letter.unrecognised == {"Anesthesiology"}


def test_a_case_is_known_by_its_number_in_capitals_or_by_its_text():
    assert known_by(" imr  13-000004", "hash") == "IMR 13-000004"
    assert known_by(None, "hash") == "hash"


@given(st.text(alphabet=st.characters(), max_size=300))
def test_no_text_makes_preparing_fail(text):
    prepared = prepare_document(document(text), found())
    assert (prepared.reason is None) == bool(prepared.letters)
    assert prepared.reason != "parser_error"


def test_every_reason_has_its_words():
    assert reason_in_words("not_a_letter").startswith("nothing in the text")
    assert reason_in_words("encrypted").startswith("a password is needed")
    assert reason_in_words("one of another version") == "one of another version"
