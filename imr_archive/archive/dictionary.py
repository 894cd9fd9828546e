"""The data dictionary: every table, view and column with what it holds, from the models' own comments."""

from __future__ import annotations

import sys

from sqlalchemy import Column, Table
from sqlalchemy.dialects import sqlite

from imr_archive.archive.fulltext import TABLES, TOKENIZER
from imr_archive.archive.models import Base
from imr_archive.archive.views import DECISIONS_COLUMNS, DECISIONS_COMMENT

_HEAD = """\
# Data dictionary

Every table and column of an archive, from the comments of `imr_archive/archive/models.py`.
This page is made by `python -m imr_archive.archive.dictionary > docs/data-dictionary.md`.
Dates are text, `YYYY-MM-DD`; times are UTC; yes and no are 1 and 0.
"""


def data_dictionary() -> str:
    """The page as Markdown: the view first, then the tables that it is made of, then the search tables."""
    parts = [_HEAD, _view()]
    parts += [_table(table) for table in Base.metadata.sorted_tables]
    parts.append(_full_text())
    return "\n".join(parts)


def _view() -> str:
    lines = [f"## `decisions` (view)\n\n{DECISIONS_COMMENT}.\n", "| column | holds |", "|---|---|"]
    lines += [f"| `{name}` | {_cell(comment)} |" for name, comment in DECISIONS_COLUMNS.items()]
    return "\n".join(lines) + "\n"


def _table(table: Table) -> str:
    lines = [f"## `{table.name}`\n\n{table.comment}.\n", "| column | type | may be empty | holds |"]
    lines.append("|---|---|---|---|")
    lines += [_column(column) for column in table.columns]
    return "\n".join(lines) + "\n"


def _column(column: Column[object]) -> str:
    kind = column.type.compile(dialect=sqlite.dialect())
    empty = "yes" if column.nullable else ""
    refers = "".join(f" → `{key.target_fullname}`" for key in column.foreign_keys)
    return f"| `{column.name}` | {kind} | {empty} | {_cell(column.comment or '')}{refers} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _full_text() -> str:
    lines = [
        "## Full text\n",
        f"FTS5 tables (`{TOKENIZER}`), kept true by triggers; their `rowid` is the table's `id`.\n",
        "| table | searches |",
        "|---|---|",
    ]
    for table in TABLES:
        columns = ", ".join(f"`{table.content}.{column}`" for column in table.columns)
        lines.append(f"| `{table.name}` | {columns} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(data_dictionary())
