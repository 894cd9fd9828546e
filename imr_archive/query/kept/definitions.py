"""What an archive keeps beside its rows so that queries are quick, brought up to date."""

from __future__ import annotations

from collections.abc import Callable

from imr_archive.archive.connection import ArchiveDatabase
from imr_archive.archive.kept.definitions import SetDefinitions
from imr_archive.archive.kept.runs import KeepSummary
from imr_archive.archive.running import StepProgress, never, silent
from imr_archive.query.kept.columns import COLUMNS
from imr_archive.query.language.thesaurus import vocabulary_thesaurus
from imr_archive.query.language.words import language


def keep_ready(
    database: ArchiveDatabase,
    *,
    thorough: bool = False,
    anew: bool = False,
    wait: float = 0.0,
    progress: StepProgress = silent,
    stop: Callable[[], bool] = never,
) -> KeepSummary:
    """Bring the columns of the dimensions and the sets of common words up to date, as `keep_sets` does it."""
    # numpy takes longer to import than most commands need to answer.
    from imr_archive.archive.kept.building import keep_sets  # noqa: PLC0415

    return keep_sets(
        database, DEFINITIONS, thorough=thorough, anew=anew, wait=wait, progress=progress, stop=stop
    )


def spellings() -> tuple[str, ...]:
    """The words by which the vocabulary's services, kinds and parts of the body are searched for."""
    thesaurus = vocabulary_thesaurus()
    found: dict[str, None] = {}
    for known in thesaurus.words:
        words = tuple(known.split())
        meaning = thesaurus.at(words, 0, [len(words)])
        if meaning is not None:
            found[known] = None
            found.update(dict.fromkeys(meaning[0].phrases))
    return tuple(found)


def small_words() -> tuple[str, ...]:
    """The words that mean nothing in a query."""
    return tuple(sorted(language().ignored))


DEFINITIONS = SetDefinitions(columns=COLUMNS, phrases=spellings, small_words=small_words)
"""The columns of the dimensions and filters, the vocabulary's phrases, and the words that are of no use."""
