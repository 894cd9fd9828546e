"""What Datasette is told of an archive, as data: `datasette_site/*.toml`, typed."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

SITE_FOLDER = files("imr_archive.export").joinpath("datasette_site")
"""The folder of those files, and of the plugins, templates and static files that Datasette runs with."""


class About(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the whole site is: the first words that a visitor reads."""

    title: str
    description: str
    source: str
    source_url: str
    license: str


class TableDisplay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one table or view is shown.

    `label_column` is the column by which rows of other tables name a row of this one. `full_text` is the
    table whose full-text index searches this one, by `key`, where that is not the table itself.
    """

    label_column: str | None = None
    facets: tuple[str, ...] = ()
    sort: str | None = None
    sort_desc: str | None = None
    full_text: str | None = None
    key: str | None = None
    hidden: bool = False


class Site(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file `site.toml`."""

    about: About
    settings: dict[str, int | bool]
    tables: dict[str, TableDisplay]


class CannedQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A query with a page of its own.

    One of three says what it asks. `sql` is the whole statement. `phrase` is a question of rates in the query
    language, whose own SQL it then is. `by` names the dimensions by which rates are grouped, and `where` says
    which items count (over the aliases of `imr_archive.query.tables.JOINS`, of which `joins` names those that
    `where` needs). `params` are the fields of the page's form, in order.
    """

    name: str
    title: str
    description: str
    sql: str = ""
    phrase: str = ""
    by: tuple[str, ...] = ()
    where: str = ""
    joins: tuple[str, ...] = ()
    params: tuple[str, ...] = ()


class _Queries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file `queries.toml`."""

    queries: tuple[CannedQuery, ...]


@cache
def site() -> Site:
    """The settings of the site; a file that does not fit its schema raises msgspec.ValidationError."""
    return msgspec.toml.decode(SITE_FOLDER.joinpath("site.toml").read_bytes(), type=Site)


@cache
def canned_queries() -> tuple[CannedQuery, ...]:
    """The queries that have a page, in order; a wrong file raises msgspec.ValidationError."""
    return msgspec.toml.decode(SITE_FOLDER.joinpath("queries.toml").read_bytes(), type=_Queries).queries
