"""Which requests a pasted text names."""

from __future__ import annotations

import time

import pytest

from imr_archive.query.similar.paste import LONGEST_HEADING, MOST_REQUESTS, requests_of_text

TEXTS = {
    "a numbered list with what was decided": (
        """We looked at the plan of 5/2/2017.

        Requested treatment:
        1. Norco 10/325mg #60 - modified to #30
        2) Physical therapy 2x6, low back: non-certified
        (3) Lumbar MRI is denied
        """,
        [
            ("Norco 10/325mg #60", "hydrocodone/acetaminophen"),
            ("Physical therapy 2x6, low back", "physical therapy"),
            ("Lumbar MRI", "MRI"),
        ],
    ),
    "a list of papers is not asked for": (
        "- MRI report of 2/2/2016\n- Progress notes on physical therapy\n- Acupuncture x 8 denied\n",
        [("Acupuncture x 8", "acupuncture")],
    ),
    "labels of a form": (
        "Diagnosis: back pain\nService requested: TENS unit, 30 day trial\nRequest 2: gabapentin 300mg #90\n",
        [("TENS unit, 30 day trial", "TENS unit"), ("gabapentin 300mg #90", "gabapentin")],
    ),
    "a sentence that tells a decision": (
        "The request for lumbar epidural steroid injection at L4-5 was non-certified, as no exam was filed.",
        [("lumbar epidural steroid injection at L4-5", "epidural steroid injection")],
    ),
    "several sentences": (
        "On review the request for a knee MRI was denied. A request for acupuncture x 6 has been modified.",
        [("knee MRI", "MRI"), ("acupuncture x 6", "acupuncture")],
    ),
    "lines that are no sentences": (
        "Soma 350mg #30\nLumbar MRI\n",
        [("Soma 350mg #30", "carisoprodol"), ("Lumbar MRI", "MRI")],
    ),
    "the same request twice": (
        "1. Lumbar MRI - denied\nLater pages\n1. lumbar MRI - denied\n",
        [("Lumbar MRI", "MRI")],
    ),
    "a service in running text": (
        "He limps. Now we ask for massage therapy once more.",
        [("Now we ask for massage therapy once more", "massage therapy")],
    ),
    "no service at all": ("\n\nA thing that nobody knows\nmore", [("A thing that nobody knows", None)]),
    "no word": ("--- ?! ---", []),
}


@pytest.mark.parametrize("name", TEXTS)
def test_requests_are_found_where_they_are_plainest(name: str) -> None:
    text, wanted = TEXTS[name]
    assert [(one.heading, one.service) for one in requests_of_text(text)] == wanted


def test_a_request_is_read_as_a_heading_is_and_the_text_as_a_summary() -> None:
    text = "Physical therapy 2x6, low back - denied\nThe worker was diagnosed with lumbar radiculopathy."
    (one,) = requests_of_text("1. " + text)
    assert (one.quantity, one.quantity_unit, one.body_part) == (12.0, "visits", "lumbar spine")
    assert one.diagnoses == ("lumbar radiculopathy",)
    assert one.position == 1
    assert one.outcome is None


def test_the_text_of_a_request_begins_where_it_is_named() -> None:
    first, second = requests_of_text("1. Lumbar MRI - denied\nfor A\n2. Acupuncture x 6 - denied\nfor B\n")
    assert (first.rationale or "").startswith("1. Lumbar MRI")
    assert (second.rationale or "").startswith("2. Acupuncture")
    assert (second.rationale or "").rstrip().endswith("for A")


@pytest.mark.parametrize(
    "piece",
    ["1. Norco #60 - denied\n", "request for MRI ", "- " * 50, "Request: " * 40 + "\n", "a.1;", "\u00e9"],
)
def test_a_million_characters_are_read_in_bounded_time(piece: str) -> None:
    text = (piece * (1_000_000 // len(piece)))[:1_000_000]
    start = time.process_time()
    found = requests_of_text(text)
    assert time.process_time() - start < 4
    assert len(found) <= MOST_REQUESTS
    assert all(len(one.heading) <= LONGEST_HEADING for one in found)
