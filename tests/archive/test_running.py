"""What long runs take: the collector of cycles comes by less often, and as before afterwards."""

from __future__ import annotations

import contextlib
import gc

import pytest

from imr_archive.archive.running import OBJECTS_AT_ONCE, rare_collections


@pytest.fixture(autouse=True)
def _as_before():
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_collections_are_rare_within_and_as_before_after_an_exception():
    gc.set_threshold(700, 10, 10)

    with contextlib.suppress(KeyboardInterrupt), rare_collections():
        seen = gc.get_threshold()
        raise KeyboardInterrupt

    assert seen == (OBJECTS_AT_ONCE, 10, 10)
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.parametrize("chosen", [(0, 10, 10), (2 * OBJECTS_AT_ONCE, 5, 5)])
def test_who_has_fewer_collections_or_none_keeps_them(chosen):
    gc.set_threshold(*chosen)

    with rare_collections():
        assert gc.get_threshold() == chosen

    assert gc.get_threshold() == chosen


def test_what_was_set_meanwhile_stays():
    with rare_collections():
        gc.set_threshold(123, 4, 5)

    assert gc.get_threshold() == (123, 4, 5)
