"""Zip archives, read in memory member by member; nothing is ever unpacked to a named file."""

from __future__ import annotations

import posixpath
import re
import stat
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from types import TracebackType
from typing import BinaryIO, Self

from imr_archive.errors import SourceError
from imr_archive.sources.limits import KIB, MIB, Limits
from imr_archive.sources.reasons import source_error

PACKAGE_RELATIONSHIPS = "_rels/.rels"
"""The member of every Office document that says which member is its main part (ECMA-376, part 2)."""

CHUNK = 64 * KIB
_SPOOLED_IN_MEMORY = 32 * MIB

# Of zip's methods these two can be unpacked in bounded steps; the field's archives use no others.
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED_FLAG = 0x1

# The records at a zip's end that give the size of its directory, of a small zip and of a zip64
# (PKWARE's APPNOTE, 4.3.16 and 4.3.14); with lookahead, since one may be feigned inside another.
_END_RECORDS = re.compile(
    rb"(?=PK\x05\x06.{8}(?P<size>.{4})|PK\x06\x06.{36}(?P<size64>.{8}))",
    re.DOTALL,
)
_END_RECORDS_BYTES = 22 + 20 + 56
_LONGEST_COMMENT = 0xFFFF
_DIRECTORY_BYTES_A_MEMBER = 512

_UNSAFE_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# zipfile's RuntimeError: a member under a password, or packed in a way that it does not know.
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)


class ZipArchive:
    """An open zip whose members are known by label: their name, numbered where it is repeated."""

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        """Reads the directory of `stream`, which it closes with itself.

        Raises SourceError: damaged_zip, zip_bomb, too_many_members, empty.
        """
        self._stream = stream
        self._limits = limits
        try:
            packed = stream.seek(0, 2)
            _check_directory_size(stream, packed, limits)
            self._zip = zipfile.ZipFile(stream)
        except _DAMAGED as error:
            stream.close()
            raise source_error("damaged_zip") from error
        except BaseException:
            stream.close()
            raise
        try:
            self.members = _labelled(self._zip.infolist())
            self._check_totals(packed)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the zip and the stream that it is in."""
        self._zip.close()
        self._stream.close()

    def _check_totals(self, packed: int) -> None:
        limits = self._limits
        if not self.members:
            raise source_error("empty")
        if len(self.members) > limits.zip_members:
            raise source_error("too_many_members", f"{len(self.members)}, limit {limits.zip_members}")
        total = sum(member.file_size for member in self.members.values())
        if total > limits.zip_total_bytes or _is_bomb(total, packed, limits):
            raise source_error("zip_bomb", f"{packed} bytes would become {total}")

    @property
    def is_word(self) -> bool:
        """Whether this is a Word document, which is packed as a zip."""
        return PACKAGE_RELATIONSHIPS in self.members and any(
            name.startswith("word/") for name in self.members
        )

    def refusal(self, label: str) -> SourceError | None:
        """Why the member may not be read, judged from the directory alone; else None."""
        member = self.members[label]
        if is_unsafe(member.orig_filename):
            return source_error("unsafe_name")
        if stat.S_IFMT(member.external_attr >> 16) not in {0, stat.S_IFREG}:
            return source_error("not_a_file")
        if member.flag_bits & _ENCRYPTED_FLAG:
            return source_error("encrypted")
        if member.compress_type not in _METHODS:
            return source_error("damaged_zip", f"packing method {member.compress_type}")
        if _is_bomb(member.file_size, member.compress_size, self._limits):
            return source_error("zip_bomb", f"{member.compress_size} bytes would become {member.file_size}")
        return None

    def read(self, label: str, limit: int) -> bytes:
        """The bytes of a member; raises SourceError, also where it has more than `limit`."""
        return b"".join(self._chunks(label, limit))

    def inner(self, label: str) -> ZipArchive:
        """The zip that a member is, unpacked to memory or, when large, to a nameless temporary file."""
        spool = tempfile.SpooledTemporaryFile(max_size=_SPOOLED_IN_MEMORY)  # noqa: SIM115 (ZipArchive closes it)
        try:
            for chunk in self._chunks(label, self._limits.inner_zip_bytes):
                spool.write(chunk)
        except BaseException:
            spool.close()
            raise
        return ZipArchive(spool, self._limits)  # type: ignore[arg-type]

    def _chunks(self, label: str, limit: int) -> Iterator[bytes]:
        member = self.members.get(label)
        if member is None:
            raise source_error("missing", "no such member in the zip")
        refused = self.refusal(label)
        if refused:
            raise refused
        if member.file_size > limit:
            raise source_error("too_large", f"{member.file_size} bytes, limit {limit}")
        try:
            with self._zip.open(member) as unpacked:
                # Never yields more than the directory says: zipfile cuts there and checks the sum.
                while chunk := unpacked.read(CHUNK):
                    yield chunk
        except _DAMAGED as error:
            raise source_error("damaged_zip", "this member cannot be unpacked") from error


def is_unsafe(name: str) -> bool:
    """Whether a member's name is absolute, leaves its folder or holds control characters.

    Nothing is unpacked to the disk, so such a name can do no harm here; but no letter has one.
    """
    parts = name.replace("\\", "/").split("/")
    return (
        name.startswith(("/", "\\"))
        or ".." in parts
        or bool(re.match(r"[A-Za-z]:", name))
        or bool(_UNSAFE_CHARACTERS.search(name))
    )


def _is_bomb(unpacked: int, packed: int, limits: Limits) -> bool:
    return unpacked > limits.zip_ratio_from_bytes and unpacked > packed * limits.zip_ratio


def _check_directory_size(stream: BinaryIO, packed: int, limits: Limits) -> None:
    """Refuses a zip whose directory alone would fill the memory, before zipfile reads it whole."""
    most = limits.zip_members * _DIRECTORY_BYTES_A_MEMBER
    stream.seek(max(0, packed - _END_RECORDS_BYTES - _LONGEST_COMMENT))
    tail = stream.read()
    stream.seek(0)
    for record in _END_RECORDS.finditer(tail):
        directory = int.from_bytes(record["size64"] or record["size"], "little")
        if most < directory <= packed:
            raise source_error("too_many_members", f"a directory of {directory} bytes")


def _labelled(members: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The members that are no folders, by name; one whose name is taken becomes `a (2).pdf`."""
    labelled: dict[str, zipfile.ZipInfo] = {}
    repeats: Counter[str] = Counter()
    for member in members:
        # is_dir() of zipfile fails on a name that begins with NUL, which zipfile cuts there.
        if member.filename.endswith("/"):
            continue
        label = name = member.filename
        while label in labelled:
            repeats[name] += 1
            stem, suffix = posixpath.splitext(name)
            label = f"{stem} ({repeats[name] + 1}){suffix}"
        labelled[label] = member
    return labelled
