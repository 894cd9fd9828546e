"""What was read and waits to be stored, and how much of it goes into one transaction."""

from __future__ import annotations

import time
from collections.abc import Sequence

from imr_archive.archive.prepared import Prepared

BATCH = 4_000
"""Letters in one transaction. In a large archive each of them changes pages all over the indexes, and four
thousand change no more than twice as many as one thousand; few enough that little is read again."""

FIRST_BATCH = 500
"""Letters in the first transaction of a run, those of the next are twice as many, and so on: a new archive
has a dictionary for its texts early on."""

LAST_BATCH = 400
"""Letters in the last transactions of a run at least. While the last one is stored, workers are idle; but a
letter costs half as much again in a batch of a hundred."""

PARTS_OF_WHAT_IS_LEFT = 4
"""When all files have been found, a batch is one of so many parts of those that no worker has been given."""

LONGEST_BATCH = 3.0
"""Seconds after which a batch is due though it is not full: slow files are not lost for want of others."""

MOST_WAITING = 2
"""Batches that may wait while one is being stored; then workers wait, so memory is bounded. Storing takes
twice the usual time where parts of the search index are merged."""


class Gathering:
    """Files that were read, in their order, until they are taken batch by batch.

    most: letters in a batch; a file with more of them is a batch of its own. A file without letters, which is
    set aside, counts as one.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = min(FIRST_BATCH, most)
        self._files: list[Prepared] = []
        self._letters = 0
        self._since = time.monotonic()

    def __bool__(self) -> bool:
        """Whether anything waits."""
        return bool(self._files)

    def add(self, files: Sequence[Prepared]) -> None:
        """Some more files wait."""
        if not self._files:
            self._since = time.monotonic()
        self._files += files
        self._letters += sum(map(_weight, files))

    def is_batch_due(self, *, busy: bool, left: int | None) -> bool:
        """Whether a batch is to be stored now.

        busy: another is being stored, so whoever begins with this one waits. left: files that no worker has
        been given; None while it is not known.
        """
        if busy:
            return self._letters >= MOST_WAITING * self._most
        enough = self._size
        if left is not None:
            enough = min(enough, max(LAST_BATCH, left // PARTS_OF_WHAT_IS_LEFT))
        is_late = bool(self._files) and time.monotonic() - self._since > LONGEST_BATCH
        return self._letters >= enough or is_late

    def take(self) -> list[Prepared]:
        """The next batch: no more letters than `most`, unless one file has them. What is behind it stays."""
        number = letters = 0
        for file in self._files:
            weight = _weight(file)
            if number and letters + weight > self._most:
                break
            number, letters = number + 1, letters + weight
        batch, self._files = self._files[:number], self._files[number:]
        self._letters -= letters
        self._size = min(2 * self._size, self._most)
        self._since = time.monotonic()
        return batch


def _weight(file: Prepared) -> int:
    return max(1, len(file.letters))
