"""What the parser remembers of the letters that it has read: headings, citations, credentials, wordings.

Thousands of letters share them, so each is read once and looked up from then on.
"""

from __future__ import annotations

from imr_archive.vocabulary.guidelines import guideline_vocabulary
from imr_archive.vocabulary.phrases import name_key

from . import citation_scan, citations, letter, reasons, reviewer, ur_action

REMEMBERING = (
    citation_scan.CACHED,
    citations._read_line,
    citations._read_plain,
    letter._read_heading,
    name_key,
    reasons._heard,
    reviewer._split_specialties,
    reviewer._split_states,
    ur_action._how_much,
    ur_action._statements,
)


def forget_letters() -> None:
    """Makes the parser read the next letter as if it were its first; what it reads stays the same."""
    for reader in REMEMBERING:
        reader.cache_clear()
    guideline_vocabulary().find.cache_clear()
