"""The principles by which a heading's service is decided."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.parsing.services import classify


@pytest.mark.parametrize(
    ("heading", "service", "rule", "words"),
    [
        ("MRI of the left knee prior to surgery", "MRI", "first named: mri", "MRI"),
        ("Norco 5/325mg and Flexeril 10mg", "hydrocodone/acetaminophen", "first named: norco", "Norco"),
        ("TENS unit extra electrodes", "electrodes", "noun modified: electrodes", "electrodes"),
        ("TENS unit with electrodes", "TENS unit", "first named: tens unit", "TENS unit"),
        ("Labs: CBC", "complete blood count", "refined: cbc", "CBC"),
        ("Injection with Synvisc", "hyaluronic acid injection", "refined: synvisc", "Synvisc"),
        (
            "Fluoroscopic guidance",
            "image guidance",
            "only named: fluoroscopic guidance",
            "Fluoroscopic guidance",
        ),
        ("Fluoroscopically guided ESI", "epidural steroid injection", "first named: esi", "ESI"),
        ("Ultrasound, 6 sessions", "therapeutic ultrasound", "qualified: ultrasound", "Ultrasound"),
        ("Ultrasound of the wrist", "diagnostic ultrasound", "first named: ultrasound", "Ultrasound"),
        ("Brace for the knee", "knee brace", "qualified: brace", "Brace"),
        ("Hydrocodone (Norco) 10mg", "hydrocodone/acetaminophen", "named in brackets: norco", "Norco"),
        ("Baclofen 2% cream", "baclofen topical", "topical: baclofen", "Baclofen"),
        ("Ketamine 10%, baclofen 2% cream", "compounded topical", "compound: ketamine", "Ketamine"),
        (
            "Pre-op evaluation for shoulder surgery",
            "pre-operative clearance",
            "first named: pre op evaluation",
            "Pre-op evaluation",
        ),
        ("Associated surgical service: Sling", "shoulder sling or brace", "first named: sling", "Sling"),
        ("Accupunctre 6 visits", "acupuncture", "misprint, first named: accupuncture", "Accupunctre"),
        ("Cyclobenzaprin HCl", "cyclobenzaprine", "first named: cyclobenzaprin", "Cyclobenzaprin"),
    ],
)
def test_a_heading_is_decided_by_rule(heading: str, service: str, rule: str, words: str) -> None:
    match = classify(heading)
    assert match is not None
    assert (match.service, match.rule, heading[match.start : match.end]) == (service, rule, words)


def test_a_modified_request_is_the_service_that_it_names_each_time() -> None:
    match = classify(
        "Chiropractic, ten visits was the original request. Four visits of it were authorized. "
        "The remaining portion, chiropractic, six visits is"
    )
    assert match is not None
    assert (match.service, match.start, match.end) == ("chiropractic treatment", 0, 12)


@pytest.mark.parametrize("heading", ["", "Unknown", "Zyxoplan 5mg #30", "Request of 3/4/2015", "?", "1234"])
def test_what_the_vocabulary_does_not_know_is_not_guessed(heading: str) -> None:
    assert classify(heading) is None


@pytest.mark.parametrize(
    "heading", ["Voltaren gel", "Celecoxib", "Celexa", "Zantac", "Xanax", "Lamictal", "Lamisil"]
)
def test_a_name_in_the_vocabulary_is_never_taken_for_a_misprint(heading: str) -> None:
    match = classify(heading)
    assert match is not None
    assert not match.rule.startswith("misprint")


@given(st.text(max_size=400))
def test_any_text_is_classified_or_not_without_error(text: str) -> None:
    match = classify(text)
    if match is not None:
        assert 0 <= match.start < match.end <= len(text)


@pytest.mark.parametrize(
    "unit", ["consultation ", "injection, lumbar ", "gabapentin 5% ", "(norco ", "accupunctre ", "% ", "L4-"]
)
def test_a_megabyte_of_repetition_takes_no_time(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    started = time.process_time()
    classify(text)
    assert time.process_time() - started < 0.5


@pytest.mark.letters
def test_the_services_of_the_real_letters_are_read_as_annotated(real_letters: Path) -> None:
    items = [
        item
        for line in (real_letters / "gold.jsonl").read_text(encoding="utf-8").splitlines()
        for item in json.loads(line)["items"]
    ]
    wrong = []
    for item in items:
        match = classify(item["description"])
        pair = [match.category, match.subcategory] if match else None
        if pair not in ([item["category"], item["subcategory"]], *item.get("alternatives", [])):
            wrong.append((item["description"], pair))
    assert len(items) > 150
    assert wrong == []
