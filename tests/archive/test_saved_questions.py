"""Questions that are kept: their names, their marks, and an archive that was made before there were any."""

from __future__ import annotations

import datetime
import sqlite3
from pathlib import Path

import msgspec
import pytest
from alembic import command
from sqlalchemy.exc import IntegrityError

from imr_archive.archive import migrate
from imr_archive.archive.connection import open_for_reading, open_for_writing
from imr_archive.archive.engine import APPLICATION_ID
from imr_archive.archive.migrate import alembic_config, upgrade
from imr_archive.archive.models import Base
from imr_archive.archive.saved_questions import (
    LONGEST_NAME,
    Question,
    changed_cases,
    last_letter,
    move_mark,
    remove_question,
    rename_question,
    save_question,
    saved_question,
    saved_questions,
)
from imr_archive.archive.store import Store
from imr_archive.errors import ArchiveLockedError, ArchiveReadOnlyError, UnknownNameError, UsageError

MIDNIGHT = datetime.datetime.fromisoformat("2026-01-01")
HOUR = datetime.timedelta(hours=1)


def kept(archive) -> list[Question]:
    with archive.read() as connection:
        return saved_questions(connection)


def test_a_question_is_kept_with_the_last_letter_as_its_mark(archive, store, cushion, file_of, clock):
    save_question(archive, "early", "massage", clock=clock)
    store.add([file_of(cushion)])
    save_question(archive, "later", "massage upheld", clock=clock)

    assert kept(archive) == [
        Question(name="early", query="massage", saved_at=MIDNIGHT, asked_at=None, seen_letter=0),
        Question(
            name="later", query="massage upheld", saved_at=MIDNIGHT + 2 * HOUR, asked_at=None, seen_letter=1
        ),
    ]


def test_a_name_is_taken_once_and_replaced_only_when_told(archive, clock):
    save_question(archive, "back", "massage", clock=clock)

    with pytest.raises(UsageError) as refusal:
        save_question(archive, "back", "mri", clock=clock)
    assert str(refusal.value) == "back is saved already, as 'massage': take another name, or --replace it"
    assert [one.query for one in kept(archive)] == ["massage"]

    save_question(archive, "back", "mri", replace=True, clock=clock)
    assert [one.query for one in kept(archive)] == ["mri"]


@pytest.mark.parametrize("name", ["", " ", " back", "two\nlines", "-n", "--db", "\x07", "\u2028"])
def test_what_a_shell_could_not_name_is_refused(archive, name):
    with pytest.raises(UsageError, match="a question cannot be named"):
        save_question(archive, name, "massage")
    assert kept(archive) == []


def test_names_and_questions_have_their_bounds(archive):
    save_question(archive, "n" * LONGEST_NAME, "")
    with pytest.raises(UsageError, match="at most 80 characters, not 81"):
        save_question(archive, "n" * 81, "massage")
    with pytest.raises(UsageError, match="one line of text"):
        save_question(archive, "two", "massage\nupheld")


def test_renaming_keeps_the_mark(archive, store, cushion, file_of):
    save_question(archive, "back", "massage")
    store.add([file_of(cushion)])

    rename_question(archive, "back", "spine")

    (question,) = kept(archive)
    assert (question.name, question.query, question.seen_letter) == ("spine", "massage", 0)


def test_renaming_to_a_taken_or_impossible_name_changes_nothing(archive):
    save_question(archive, "back", "massage")
    save_question(archive, "neck", "mri")

    for new_name in ("neck", "two\nlines"):
        with pytest.raises(UsageError):
            rename_question(archive, "back", new_name)
    rename_question(archive, "back", "back")

    assert [(one.name, one.query) for one in kept(archive)] == [("back", "massage"), ("neck", "mri")]


def test_a_removed_question_is_gone(archive):
    save_question(archive, "back", "massage")
    remove_question(archive, "back")
    assert kept(archive) == []


def test_an_unknown_name_is_answered_with_the_nearest_or_with_all(archive):
    def refusal(name: str) -> str:
        with pytest.raises(UnknownNameError) as error, archive.read() as connection:
            saved_question(connection, name)
        return str(error.value)

    assert refusal("bak") == "no question 'bak' is saved: save one with `imr-archive save NAME QUERY`"
    save_question(archive, "back", "massage")
    save_question(archive, "neck", "mri")
    assert refusal("bak") == "no question 'bak' is saved: did you mean back?"
    assert refusal("opioids") == "no question 'opioids' is saved: there are: back, neck"
    with pytest.raises(UnknownNameError):
        rename_question(archive, "bak", "spine")
    with pytest.raises(UnknownNameError):
        remove_question(archive, "bak")


def test_a_mark_moves_forward_only(archive, clock):
    question = save_question(archive, "back", "massage", clock=clock)

    move_mark(archive, question, 7, clock=clock)
    move_mark(archive, question, 5, clock=clock)

    (after,) = kept(archive)
    assert (after.seen_letter, after.asked_at, after.since) == (7, MIDNIGHT + 2 * HOUR, MIDNIGHT + 2 * HOUR)


def test_a_question_that_was_replaced_meanwhile_keeps_its_own_mark(archive):
    asked = save_question(archive, "back", "massage")
    save_question(archive, "back", "mri", replace=True)

    move_mark(archive, asked, 7)

    (question,) = kept(archive)
    assert (question.seen_letter, question.asked_at) == (0, None)


def test_changed_are_cases_that_were_seen_and_have_a_newer_current_letter(archive, store, cushion, file_of):
    store.add([file_of(cushion)])
    question = save_question(archive, "back", "massage")
    replaced = msgspec.structs.replace
    fresh = replaced(cushion, case_number="CM16-0000002", source="fresh.txt")
    store.add([file_of(fresh)])
    store.add([file_of(fresh, text="the second version of a case that came in since")])
    with archive.read() as connection:
        assert last_letter(connection) == 3
        assert changed_cases(connection, question) == frozenset()

    store.add([file_of(replaced(cushion, decision_date=datetime.date(2015, 1, 1)), text="an older letter")])
    with archive.read() as connection:
        assert changed_cases(connection, question) == frozenset()

    store.add([file_of(replaced(cushion, source="corrected.txt"))])
    with archive.read() as connection:
        assert changed_cases(connection, question) == {"CM16-0000001"}


def test_an_archive_that_is_open_for_reading_or_in_use_keeps_no_question(archive_file):
    with open_for_reading(archive_file) as database, pytest.raises(ArchiveReadOnlyError):
        save_question(database, "back", "massage")
    with open_for_writing(archive_file, wait=0.05) as database:
        other = sqlite3.connect(archive_file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            with pytest.raises(ArchiveLockedError):
                save_question(database, "back", "massage")
        finally:
            other.close()
        assert kept(database) == []


@pytest.fixture
def archive_without_questions(archive_file, tmp_path, cushion, file_of, before_saved_questions) -> Path:
    """An archive of the schema before there were saved questions, with a letter in it."""
    with open_for_writing(archive_file) as database:
        Store(database).add([file_of(cushion)])
    path = tmp_path / "old.db"
    with migrate._transaction(path, 5.0, new=True) as connection:
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        command.upgrade(alembic_config(connection), before_saved_questions)
    plain = sqlite3.connect(path)
    plain.execute("ATTACH ? AS new", (str(archive_file),))
    with plain:
        for table in Base.metadata.tables:
            old, new = (
                [row[1] for row in plain.execute(f"PRAGMA {schema}.table_info({table})")]
                for schema in ("main", "new")
            )
            if columns := ", ".join(column for column in old if column in new):
                plain.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM new.{table}")
    plain.close()
    return path


@pytest.fixture
def before_saved_questions() -> str:
    """The revision that the migration of saved questions revises."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(migrate.migrations_folder()))
    (ours,) = [one for one in scripts.walk_revisions() if one.path.endswith("_saved_questions.py")]
    return str(ours.down_revision)


def test_an_upgraded_archive_keeps_its_letters_and_takes_questions(archive_without_questions, dump):
    before = dump(archive_without_questions)
    assert "saved_questions" not in before

    upgrade(archive_without_questions)

    lost = set(before.splitlines()) - set(dump(archive_without_questions).splitlines())
    assert not [line for line in lost if "alembic_version" not in line and line.startswith("INSERT")]
    with open_for_writing(archive_without_questions) as database:
        assert save_question(database, "back", "massage").seen_letter == 1
        assert [one.name for one in kept(database)] == ["back"]
        with (
            pytest.raises(IntegrityError, match="CHECK constraint failed"),
            database.write() as connection,
        ):
            connection.exec_driver_sql("UPDATE saved_questions SET seen_letter = -1")
