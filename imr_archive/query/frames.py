"""Results as pandas data frames, for those who have pandas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from imr_archive.errors import MissingExtraError

if TYPE_CHECKING:
    import pandas


def data_frame(rows: Sequence[Mapping[str, object]], columns: Sequence[str] = ()) -> pandas.DataFrame:
    """The rows as a data frame; `columns` are its columns where there is no row to tell them.

    Raises MissingExtraError where pandas is not installed.
    """
    try:
        import pandas  # noqa: PLC0415 - it takes longer to import than most questions take to answer
    except ImportError as error:
        raise MissingExtraError("data frames", "pandas") from error
    return pandas.DataFrame(list(rows), columns=None if rows else list(columns))
