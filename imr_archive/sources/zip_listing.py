"""Listing what a zip holds, and what a zip in it holds."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from imr_archive.errors import SourceError
from imr_archive.sources.documents import Discovered, Found, Ignored, Refused
from imr_archive.sources.files import open_regular
from imr_archive.sources.limits import Limits
from imr_archive.sources.naming import kind_of, skipped, unread_type
from imr_archive.sources.reasons import source_error
from imr_archive.sources.registry import ZIP
from imr_archive.sources.sniff import HEAD_BYTES, sniff
from imr_archive.sources.zips import ZipArchive


def list_zip(found: Found, limits: Limits) -> Iterator[Discovered]:
    """Every member of the zip file `found`, sorted by name, as Found, Ignored or Refused.

    Zips in it are listed likewise, as deep as the limits allow. A zip that cannot be opened is
    Refused; a PDF, page or Word document that is called `.zip` is Found as what it is.
    """
    head = b""
    try:
        stream, _ = open_regular(found.file)
        head = stream.read(HEAD_BYTES)
        if not head:
            stream.close()
            raise source_error("empty")
        archive = ZipArchive(stream, limits)
    except SourceError as error:
        yield _unopened(found, error, head)
        return
    with archive:
        yield from _members(archive, found, limits)


def _unopened(found: Found, error: SourceError, head: bytes) -> Discovered:
    kind = sniff(head)
    if error.reason == "damaged_zip" and kind not in {None, ZIP}:
        return msgspec.structs.replace(found, kind=kind)
    return Refused.because(error, found.path, found.size, found.modified_ns)


def _members(archive: ZipArchive, found: Found, limits: Limits) -> Iterator[Discovered]:
    if archive.is_word:
        yield msgspec.structs.replace(found, kind="word")
        return
    for label in sorted(archive.members):
        size = archive.members[label].file_size
        kind = kind_of(label) or ""
        member = Found(found.file, size, found.modified_ns, kind, (*found.members, label))
        why = _why_ignored(label)
        error = archive.refusal(label)
        if error and error.reason == "unsafe_name":
            yield _refused(member, error)
        elif why:
            yield Ignored(member.path, why)
        elif error:
            yield _refused(member, error)
        elif member.kind == ZIP:
            yield from _inner_zip(archive, member, limits)
        else:
            yield member


def _inner_zip(archive: ZipArchive, found: Found, limits: Limits) -> Iterator[Discovered]:
    if len(found.members) >= limits.zip_depth:
        yield _refused(found, source_error("nested_too_deep"))
        return
    try:
        inner = archive.inner(found.members[-1])
    except SourceError as error:
        yield _refused(found, error)
        return
    with inner:
        yield from _members(inner, found, limits)


def _why_ignored(label: str) -> str | None:
    for part in label.split("/"):
        why = skipped(part)
        if why:
            return why
    return None if kind_of(label) else unread_type(label.rpartition("/")[2])


def _refused(found: Found, error: SourceError) -> Refused:
    return Refused.because(error, found.path, found.size, found.modified_ns)
