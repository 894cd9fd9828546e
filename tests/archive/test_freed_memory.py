"""Memory that a file leaves free stays with the worker, up to a bound."""

from __future__ import annotations

import subprocess
import sys

import pytest

from imr_archive.archive.freed_memory import keep_freed_memory, with_blocks_at_hand

# Takes 4 MB in small blocks and frees them, over and over, as the reading of PDFs does.
ROUNDS = """
import resource
from imr_archive.archive.freed_memory import keep_freed_memory
{first}
def one_file():
    return len([bytearray(100_000) for _ in range(40)])
one_file()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    one_file()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""

# Takes 200 MB likewise, frees them, and says how many remain.
LARGE = """
import re
from pathlib import Path
from imr_archive.archive.freed_memory import keep_freed_memory
assert keep_freed_memory()
blocks = [bytearray(100_000) for _ in range(2_000)]
del blocks
print(re.search(r"VmRSS:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


def said_by(program: str) -> int:
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return int(done.stdout)


def page_faults(first: str) -> int:
    """How often the kernel had to give the memory of twenty files, after what is done `first`."""
    return said_by(ROUNDS.format(first=first))


linux = pytest.mark.skipif(sys.platform != "linux", reason="only glibc can be told")


@linux
def test_memory_is_taken_from_the_kernel_once() -> None:
    assert page_faults("assert keep_freed_memory()") < 200
    assert page_faults("") > 2_000


@linux
def test_much_memory_is_given_back() -> None:
    assert said_by(LARGE) < 150_000


def test_another_system_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")

    assert keep_freed_memory() is False


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("", "glibc.malloc.tcache_count=127"),
        ("glibc.malloc.perturb=1", "glibc.malloc.perturb=1:glibc.malloc.tcache_count=127"),
        ("glibc.malloc.tcache_count=0", "glibc.malloc.tcache_count=0"),
        ("glibc.malloc.tcache_max=4194304", "glibc.malloc.tcache_max=4194304"),
    ],
)
def test_what_somebody_has_told_the_c_library_holds(given: str, told: str) -> None:
    assert with_blocks_at_hand(given) == told


# Frees fifty blocks and takes as many again. Those at hand come back as they are, the last one first; those
# that were joined with their neighbours are cut off anew from the front.
AGAIN = """
import ctypes
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_size_t
libc.malloc.argtypes = [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_size_t]
blocks = [libc.malloc(1000) for _ in range(50)]
for block in blocks:
    libc.free(block)
print(int([libc.malloc(1000) for _ in range(50)] == blocks[::-1]))
"""


@linux
@pytest.mark.parametrize(("given", "at_hand"), [("glibc.malloc.tcache_count=0", 0), ("", 1)])
def test_the_c_library_keeps_freed_blocks_at_hand_as_it_is_told(
    given: str, at_hand: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLIBC_TUNABLES", with_blocks_at_hand(given))

    assert said_by(AGAIN) == at_hand
