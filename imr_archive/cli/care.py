"""Commands that care for the archive: audit and upgrade."""

from __future__ import annotations

from typing import Annotated

import typer

from imr_archive.api import open_archive, upgrade_archive
from imr_archive.archive.audit import AuditOverview
from imr_archive.cli.app import CARE, DEFAULT_DB, DbOption, app
from imr_archive.cli.output import JsonOption, message, percent, print_json, stdout, table

NOT_SOUND = 1
"""Exit status of an audit that found the database damaged."""


@app.command("audit", rich_help_panel=CARE)
def audit_command(db: DbOption = DEFAULT_DB, as_json: JsonOption = False) -> None:
    """Say what was not parsed, by field; what was set aside and why; and whether the archive is sound.

    [dim]$[/] imr-archive audit
    [dim]$[/] imr-archive audit --json
    """
    with open_archive(db) as archive:
        overview = archive.audit()
    if as_json:
        print_json(overview.to_dict())
    else:
        _print_audit(overview)
    if overview.integrity:
        raise typer.Exit(NOT_SOUND)


def _print_audit(overview: AuditOverview) -> None:
    stdout.print(table(["Layout", ("Letters", "right")], list(overview.layouts.items())))
    fields = [
        (one.field, one.have, one.lack, percent(one.have / (one.have + one.lack)))
        for one in overview.fields
        if one.have + one.lack
    ]
    stdout.print(table(["Field", ("Have it", "right"), ("Lack it", "right"), ("Share", "right")], fields))
    if overview.problems:
        stdout.print(table(["Problem", ("Letters", "right")], list(overview.problems.items())))
    if overview.unrecognised:
        rows = [(one.field, one.value, one.count) for one in overview.unrecognised]
        stdout.print(table(["Field", "Value that the vocabulary does not know", ("Times", "right")], rows))
    if overview.set_aside:
        stdout.print(table(["Set aside because", ("Files", "right")], list(overview.set_aside.items())))
    if overview.integrity:
        for line in overview.integrity:
            message(f"damaged: {line}")
    else:
        message("the archive is sound")


@app.command("upgrade", rich_help_panel=CARE)
def upgrade_command(
    db: DbOption = DEFAULT_DB,
    backup: Annotated[bool, typer.Option(help="Keep a copy of the archive as it was.")] = True,
) -> None:
    """Bring an archive that an older version made up to date; a failure leaves it as it was.

    [dim]$[/] imr-archive upgrade --db imr.db
    """
    result = upgrade_archive(db, backup=backup)
    if result.before == result.after:
        message(f"{db} is up to date (schema {result.after})")
        return
    kept = f"; the archive as it was: {result.backup}" if result.backup else ""
    message(f"{db}: schema {result.before} is now {result.after}{kept}")
