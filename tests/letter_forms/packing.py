"""Files → a zip."""

from __future__ import annotations

import io
import zipfile

PACKED = (2018, 1, 2, 9, 0, 0)
"""The date of every member of a zip, so that the same letters give the same archive."""


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip of these members, the same bytes for the same members."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, PACKED), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
