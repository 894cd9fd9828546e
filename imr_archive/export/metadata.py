"""The metadata and settings of Datasette, for a database of any name."""

from __future__ import annotations

from typing import Any

from imr_archive.archive.fulltext import TABLES as FULL_TEXT_TABLES
from imr_archive.export.rate_queries import SMALL_GROUPS, gives_rates, statement
from imr_archive.export.site import CannedQuery, TableDisplay, canned_queries, site
from imr_archive.export.tables import ExportedTable, exported_tables

_FULL_TEXT = {table.content: table.name for table in FULL_TEXT_TABLES}


def datasette_settings() -> dict[str, int | bool]:
    """What Datasette calls settings.json: limits of time and size."""
    return dict(site().settings)


def datasette_metadata(database_name: str) -> dict[str, Any]:
    """What Datasette calls metadata.json: titles, descriptions, facets, labels, canned queries.

    `database_name` is what Datasette calls the database: the name of its file without the ending.
    """
    about = site().about
    described = {table.name: table for table in exported_tables()}
    shown = site().tables
    tables = {
        name: _table(described.get(name), shown.get(name, TableDisplay()))
        for name in dict.fromkeys([*shown, *described])
    }
    queries = {query.name: _query(query) for query in canned_queries()}
    general = {
        "title": about.title,
        "description": about.description,
        "source": about.source,
        "source_url": about.source_url,
        "license": about.license,
    }
    return (
        general
        | {"extra_css_urls": ["/static/imr.css"]}
        | {"databases": {database_name: {"tables": tables, "queries": queries}}}
    )


def _query(query: CannedQuery) -> dict[str, Any]:
    """The metadata of one canned query; its page shows the answer first and the SQL when asked."""
    told: dict[str, Any] = {
        "title": query.title,
        "description": f"{query.description} {SMALL_GROUPS}" if gives_rates(query) else query.description,
        "sql": statement(query),
        "hide_sql": True,
    }
    return told | ({"params": list(query.params)} if query.params else {})


def _table(table: ExportedTable | None, display: TableDisplay) -> dict[str, Any]:
    """The metadata of one table; a table that is not described is one of the schema's own."""
    told: dict[str, Any] = {}
    if table:
        told["description"] = table.description
        told["columns"] = {column.stored_as: column.description for column in table.columns}
    if display.facets:
        told["facets"] = list(display.facets)
    for key in ("label_column", "sort", "sort_desc"):
        if value := getattr(display, key):
            told[key] = value
    if display.full_text:
        told["fts_table"] = _FULL_TEXT[display.full_text]
        told["fts_pk"] = display.key
    if display.hidden:
        told["hidden"] = True
    return told
