"""A reparse leaves what a first reading by the new parser makes; killed anywhere, it goes on to that."""

from __future__ import annotations

import datetime
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imr_archive.archive import reparse as reparse_module
from imr_archive.archive.connection import ArchiveDatabase, open_for_writing
from imr_archive.archive.fulltext import check_full_text
from imr_archive.archive.prepare import prepared_letter
from imr_archive.archive.prepared import Prepared
from imr_archive.archive.reparse import reparse
from imr_archive.archive.store import Store, sqlite_cursor
from imr_archive.archive.stored_facts import told_by_rows
from imr_archive.archive.texts import compress, fingerprint
from imr_archive.parsing.record import Citation, Item, LetterRecord, Problem, Reviewer, Span

NAMES = st.sampled_from(["Pain Management", "Neurology", "Baking"])
DATES = st.none() | st.dates(datetime.date(2016, 1, 1), datetime.date(2016, 1, 4))

citations = st.builds(
    Citation,
    cited_by=st.sampled_from(["reviewer", "claims_administrator"]),
    source=st.sampled_from(["MTUS", "ODG", "other"]),
    guideline=st.none() | st.sampled_from(["Pain", "Low Back Complaints"]),
    year=st.none() | st.sampled_from([2009, 2016]),
    sections=st.lists(st.sampled_from(["Massage", "TENS"]), max_size=2).map(tuple),
    pages=st.lists(st.sampled_from(["1", "2-3"]), max_size=2).map(tuple),
    raw=st.sampled_from(["one", "two"]),
    span=st.just(Span(0, 1)),
)
items = st.builds(
    Item,
    description=st.sampled_from(["Cushion", "Massage", "Pillow"]),
    outcome=st.sampled_from(["upheld", "overturned"]),
    service=st.none(),
    citations=st.lists(citations, max_size=2).map(tuple),
    rationale=st.none() | st.sampled_from(["Kneaded.", "Not kneaded."]),
    dose=st.none() | st.just("5 mg"),
)
records = st.builds(
    LetterRecord,
    source=st.just("x.txt"),
    case_number=st.none() | st.sampled_from(["CM1", "CM2", "CM3"]),
    decision_date=DATES,
    reviewer=st.builds(
        Reviewer,
        specialties=st.lists(NAMES, max_size=2).map(tuple),
        licensure_states=st.lists(st.sampled_from(["Texas", "Ohio"]), max_size=2).map(tuple),
    ),
    items=st.lists(items, max_size=3).map(tuple),
    layout=st.sampled_from(["A", "D"]),
    diagnoses=st.lists(NAMES, max_size=2).map(tuple),
    problems=st.lists(
        st.builds(
            Problem,
            code=st.sampled_from(["no_items", "bad_date"]),
            message=st.sampled_from(["this", "that"]),
        ),
        max_size=2,
    ).map(tuple),
)


def prepared(number: int, record: LetterRecord) -> Prepared:
    text = f"letter {number}"
    letter = prepared_letter(record, fingerprint(text), compress(text))
    return Prepared(
        path=text,
        source=text,
        size=1,
        modified_ns=1,
        parser_version="old",
        sha256=fingerprint(text),
        letters=(letter,),
    )


def told(database: ArchiveDatabase) -> dict[str, object]:
    """All that the archive says, by what each case is known by; letters are known by their numbers."""
    with database.write() as connection:
        assert check_full_text(connection) == []
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        cursor = sqlite_cursor(connection)
        ids = [row[0] for row in cursor.execute("SELECT id FROM cases").fetchall()]
        shared = {
            table: sorted(cursor.execute(f"SELECT {column} FROM {table}").fetchall())
            for table, column in (
                ("specialties", "name"),
                ("reviewers", "credentials"),
                ("guidelines", "label"),
                ("diagnoses", "name"),
            )
        }
        return {case.title: case for case in told_by_rows(cursor, ids).values()} | shared


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "imr.db"
    open_for_writing(path, create=True).close()
    return path


@settings(max_examples=40, deadline=None)
@given(pairs=st.lists(st.tuples(records, records), min_size=1, max_size=5), batch=st.integers(1, 4))
def test_reading_again_makes_what_reading_first_would_have_made(empty, pairs, batch):
    now = {f"letter {number}": new for number, (_, new) in enumerate(pairs)}
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(reparse_module, "parse_letters", lambda text, source="": [now[text]])
        again, fresh = (Path(shutil.copy(empty, f"{folder}/{name}.db")) for name in ("again", "fresh"))
        with open_for_writing(again) as database, open_for_writing(fresh) as other:
            Store(database).add([prepared(number, old) for number, (old, _) in enumerate(pairs)])
            Store(other).add([prepared(number, new) for number, (_, new) in enumerate(pairs)])
            Store(other).tidy()

            reparse(database, batch=batch)

            assert told(database) == told(other)
            assert reparse(database).changed_cases == 0


LETTERS = 60


def old_letter(number: int) -> LetterRecord:
    item = Item(description=f"Ladder {number}", outcome="upheld", rationale="Apples hang high. " * 30)
    return LetterRecord(
        source="x.txt",
        case_number=f"CM16-{number:07}",
        layout="D",
        items=(item,),
        summary="An orchard. " * 40,
    )


def new_letter(text: str) -> LetterRecord:
    """Every third letter turns out to be of the case before it; all others say something new."""
    number = int(text.removeprefix("letter "))
    old = old_letter(number)
    if number % 3 == 2:
        return msgspec.structs.replace(old, case_number=f"CM16-{number - 1:07}", patient_age=40)
    items = (*old.items, Item(description=f"Basket {number}", outcome="overturned"))
    return msgspec.structs.replace(old, items=items, patient_age=40)


READER = """
    import importlib.util, sys
    from pathlib import Path
    spec = importlib.util.spec_from_file_location("again", sys.argv[2])
    again = importlib.util.module_from_spec(spec)
    sys.modules["again"] = again
    spec.loader.exec_module(again)
    again.reparse_module.parse_letters = lambda text, source="": [again.new_letter(text)]
    class Watcher:
        def show(self, progress):
            print("batch", flush=True)
    print("ready", flush=True)
    with again.open_for_writing(Path(sys.argv[1])) as database:
        report = again.reparse(database, batch=7, progress=Watcher())
    gained = report.fields["patient_age"].gained if report.fields else 0
    print(report.letters, report.changed_cases, gained, flush=True)
"""


def command(path: Path) -> list[str]:
    return [sys.executable, "-B", "-c", textwrap.dedent(READER), str(path), __file__]


@pytest.fixture(scope="module")
def unread(empty, tmp_path_factory) -> Path:
    path = Path(shutil.copy(empty, tmp_path_factory.mktemp("unread") / "imr.db"))
    with open_for_writing(path) as database:
        Store(database).add([prepared(number, old_letter(number)) for number in range(LETTERS)])
    return path


@pytest.fixture(scope="module")
def undisturbed(unread, tmp_path_factory) -> tuple[dict[str, object], bytes]:
    """All that the archive says after a whole run, and the numbers that the run reports."""
    path = Path(shutil.copy(unread, tmp_path_factory.mktemp("undisturbed") / "imr.db"))
    said = subprocess.run(command(path), capture_output=True, check=True, timeout=60).stdout
    with open_for_writing(path) as database:
        return told(database), said.splitlines()[-1]


@pytest.mark.parametrize("after", [0.0, 0.005, 0.015, 0.03, 0.06, 0.1])
def test_a_reparse_killed_at_any_instant_leaves_whole_batches_and_another_goes_on(
    unread, undisturbed, tmp_path, after
):
    path = Path(shutil.copy(unread, tmp_path / "imr.db"))
    reader = subprocess.Popen(command(path), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert reader.stdout is not None
    assert reader.stdout.readline() == b"ready\n"
    time.sleep(after)
    reader.kill()
    reader.communicate()
    assert reader.returncode in (-signal.SIGKILL, 0)

    with open_for_writing(path) as database, database.read() as connection:
        apart = connection.exec_driver_sql(
            "SELECT count(*) FROM cases JOIN letters ON letters.case_id = cases.id "
            "WHERE (patient_age IS 40) != (letters.parser_version != 'old')"
        ).scalar_one()
        assert apart == 0, "a letter and its case are read in one transaction"

    expected, numbers = undisturbed
    assert numbers.startswith(b"60 ")
    said = run_again(path)
    if reader.returncode == 0:
        assert said == b"60 0 0", "all was done before it was killed"
    else:
        assert said in (numbers, b"60 0 0")
    with open_for_writing(path) as database:
        assert told(database) == expected
        with database.read() as connection:
            assert connection.exec_driver_sql("SELECT * FROM unfinished_reparses").all() == []


def run_again(path: Path) -> bytes:
    return subprocess.run(command(path), capture_output=True, check=True, timeout=60).stdout.splitlines()[-1]
