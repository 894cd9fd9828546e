"""Stored letters read again: what changes, what stays, and the account of it."""

from __future__ import annotations

import datetime
import sqlite3

import msgspec
import pytest

from imr_archive.archive import reparse as reparse_module
from imr_archive.archive.connection import open_for_reading
from imr_archive.archive.differences import Example
from imr_archive.archive.fulltext import check_full_text
from imr_archive.archive.models import Base
from imr_archive.archive.prepare import prepared_letter
from imr_archive.archive.prepared import Prepared
from imr_archive.archive.reparse import UnreadableError, reparse
from imr_archive.archive.reparse_report import Failure
from imr_archive.archive.rows import COLUMNS
from imr_archive.archive.selectors import case_selector, read_selector
from imr_archive.archive.store import sqlite_cursor
from imr_archive.archive.stored_facts import told_by_rows
from imr_archive.archive.texts import compress, fingerprint
from imr_archive.errors import ArchiveLockedError, ArchiveReadOnlyError
from imr_archive.parsing.record import Finding, LetterRecord, Span


class Letters:
    """Letters whose texts are names; a parser that reads each as it is told to."""

    def __init__(self, store, clock):
        self.read_as: dict[str, list[LetterRecord]] = {}
        self.version = "one"
        self._store = store

    def parse(self, text: str, source: str = "") -> list[LetterRecord]:
        return self.read_as[text]

    def store(self, *letters: tuple[str, LetterRecord]) -> None:
        """Store letters of (text, record), each in a file of its own."""
        for text, record in letters:
            self.read_as[text] = [record]
            digest = fingerprint(text)
            letter = prepared_letter(record, digest, compress(text))
            self._store.add(
                [
                    Prepared(
                        path=f"/letters/{text}",
                        source=text,
                        size=len(text),
                        modified_ns=1,
                        parser_version=self.version,
                        sha256=digest,
                        letters=(letter,),
                    )
                ]
            )

    def now(self, text: str, **changes: object) -> None:
        """From now on the letter says something else."""
        self.read_as[text] = [msgspec.structs.replace(self.read_as[text][0], **changes)]


@pytest.fixture
def letters(store, clock, monkeypatch):
    made = Letters(store, clock)
    monkeypatch.setattr(reparse_module, "parse_letters", made.parse)
    monkeypatch.setattr(reparse_module, "parser_version", lambda: made.version)
    return made


@pytest.fixture
def three(letters, cushion):
    """Three cases; the vocabulary does not know one of their diagnoses."""
    unknown = Finding("diagnoses[1]", Span(0, 1), "test", recognised=False)
    record = msgspec.structs.replace(cushion, findings=(unknown,))
    for number in (1, 2, 3):
        named = msgspec.structs.replace(record, case_number=f"CM16-000000{number}")
        letters.store((f"{number}.txt", named))
    return letters


def counted(report) -> dict[str, tuple[int, int, int]]:
    return {field: (one.gained, one.lost, one.changed) for field, one in report.fields.items()}


def plain_rows(archive) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables but those that only the archive's own work needs."""
    with archive.read() as connection:
        return {
            name: sorted(map(repr, connection.exec_driver_sql(f"SELECT * FROM {name}").all()))
            for name, table in Base.metadata.tables.items()
            if not table.info.get("internal")
        }


def everything_told(archive):
    with archive.read() as connection:
        cursor = sqlite_cursor(connection)
        ids = [row[0] for row in cursor.execute("SELECT id FROM cases ORDER BY id").fetchall()]
        return list(told_by_rows(cursor, ids).values())


def assert_sound(archive):
    with archive.write() as connection:
        assert check_full_text(connection) == []
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        assert (
            connection.exec_driver_sql(
                "SELECT count(*) FROM cases WHERE id NOT IN (SELECT case_id FROM letters WHERE is_current)"
            ).scalar_one()
            == 0
        )


def test_what_reads_as_before_is_left_byte_for_byte(three, archive, dump):
    before = dump(archive.path)

    report = reparse(archive)

    assert dump(archive.path) == before
    assert (report.letters, report.cases, report.changed_cases) == (3, 3, 0)
    assert (report.fields, report.failures, report.several) == ({}, 0, 0)
    assert report.read_before_by == {"one": 3}


def test_the_version_of_the_parser_is_written_though_nothing_else_changed(three, archive, dump):
    before = dump(archive.path)
    three.version = "two"

    report = reparse(archive)

    assert (report.letters, report.changed_cases, report.read_before_by) == (3, 0, {"one": 3})
    assert dump(archive.path) == before.replace("'one'", "'two'")


def test_swapped_values_are_told_of_every_letter(three, archive, rows):
    for text in list(three.read_as):
        record = three.read_as[text][0]
        three.now(text, date_assigned=record.decision_date, decision_date=record.date_assigned)

    report = reparse(archive)

    assert counted(report) == {"date_assigned": (0, 0, 3), "decision_date": (0, 0, 3)}
    assert report.changed_cases == 3
    assert report.fields["date_assigned"].examples == [
        Example(f"CM16-000000{number}", "changed", "2016-11-02", "2016-12-05") for number in (1, 2, 3)
    ]
    assert rows("SELECT DISTINCT date_assigned, decision_date FROM cases") == [("2016-12-05", "2016-11-02")]
    assert reparse(archive).changed_cases == 0


def test_swapped_outcomes_and_swapped_sides_are_told(three, archive, rows):
    first, second = three.read_as["1.txt"][0].items
    other = {"reviewer": "claims_administrator", "claims_administrator": "reviewer"}
    swapped = tuple(msgspec.structs.replace(one, cited_by=other[one.cited_by]) for one in first.citations)
    three.now(
        "1.txt",
        items=(
            msgspec.structs.replace(first, outcome=second.outcome, citations=swapped),
            msgspec.structs.replace(second, outcome=first.outcome),
        ),
    )

    report = reparse(archive)

    assert counted(report) == {"items.outcome": (0, 0, 2), "items.citations.cited_by": (0, 0, 3)}
    assert rows("SELECT outcome FROM disputed_items WHERE case_id = 1") == [("overturned",), ("upheld",)]


def test_differences_planted_in_the_rows_come_out_exactly(three, archive):
    before = everything_told(archive)
    with archive.write() as connection:
        for change in (
            "UPDATE cases SET patient_age = NULL WHERE id IN (1, 2)",
            "UPDATE cases SET patient_age = 45 WHERE id = 3",
            "UPDATE cases SET priority = NULL WHERE id = 1",
            "UPDATE disputed_items SET dose = '5 mg' WHERE id = 1",
            "UPDATE disputed_items SET outcome = 'overturned' WHERE position = 1",
            "DELETE FROM citation_pages WHERE citation_id = 1",
            "UPDATE citation_sections SET section = 'Yeast' WHERE section = 'Dough'",
            "DELETE FROM disputed_items WHERE id = 6",
            "DELETE FROM letter_problems WHERE letter_id = 2",
            "INSERT INTO letter_problems VALUES (3, 2, 'no_items', 'items', 'none was found')",
        ):
            connection.exec_driver_sql(change)

    dry = reparse(archive, dry_run=True)
    report = reparse(archive)

    assert (
        counted(dry)
        == counted(report)
        == {
            "patient_age": (2, 0, 1),
            "priority": (1, 0, 0),
            "items.dose": (0, 1, 0),
            "items.outcome": (0, 0, 3),
            "items.citations.pages": (1, 0, 0),
            "items.citations.sections": (0, 0, 3),
            "items": (1, 0, 0),
            "letter.problems": (1, 1, 0),
        }
    )
    assert report.fields["items"].examples == [Example("CM16-0000003", "gained", None, "Seat cushion")]
    assert report.fields["items.citations.sections"].examples[0] == Example(
        "CM16-0000001",
        "changed",
        "Massage therapy; Yeast (not in the vocabulary)",
        "Massage therapy; Dough (not in the vocabulary)",
    )
    assert (report.letters, report.changed_cases) == (3, 3)
    assert everything_told(archive) == before
    assert_sound(archive)


PLANTED = {
    ("cases", "case_number"): "'CM99'",
    ("cases", "date_assigned"): "'2001-01-01'",
    ("cases", "date_of_injury"): "'2001-01-01'",
    ("cases", "decision_date"): "'2001-01-01'",
    ("cases", "ur_denial_date"): "NULL",
    ("cases", "application_received"): "NULL",
    ("cases", "priority"): "'expedited'",
    ("cases", "outcome"): "'upheld'",
    ("cases", "patient_age"): "1",
    ("cases", "patient_sex"): "'male'",
    ("cases", "summary"): "'Another story'",
    ("cases", "reviewer_id"): "NULL",
    ("case_diagnoses", "position"): "9 - position",
    ("letters", "layout"): "'A'",
    ("letters", "version"): "7",
    ("letters", "is_current"): "0",
    ("letter_problems", "position"): "4",
    ("letter_problems", "code"): "'other'",
    ("letter_problems", "field"): "NULL",
    ("letter_problems", "message"): "'other'",
    ("disputed_items", "position"): "position + 5",
    ("disputed_items", "description"): "'Other'",
    ("disputed_items", "outcome"): "'upheld'",
    ("disputed_items", "service_type_id"): "NULL",
    ("disputed_items", "rationale"): "'Other'",
    ("disputed_items", "quantity"): "7",
    ("disputed_items", "quantity_unit"): "'weeks'",
    ("disputed_items", "dose"): "'7 mg'",
    ("disputed_items", "frequency"): "'daily'",
    ("disputed_items", "duration_weeks"): "7",
    ("disputed_items", "body_part"): "'back'",
    ("disputed_items", "laterality"): "'right'",
    ("disputed_items", "reason"): "'criteria_met'",
    ("disputed_items", "reason_sentence"): "'Other'",
    ("disputed_items", "reason_certain"): "0",
    ("disputed_items", "ur_action"): "'denied'",
    ("disputed_items", "ur_authorized"): "NULL",
    ("disputed_items", "ur_authorized_quantity"): "7",
    ("guideline_citations", "position"): "position + 5",
    ("guideline_citations", "cited_by"): "'claims_administrator'",
    ("guideline_citations", "guideline_id"): "2",
    ("guideline_citations", "raw"): "'Other'",
    ("citation_sections", "position"): "4 - position",
    ("citation_sections", "section"): "'Other'",
    ("citation_sections", "recognised"): "NOT recognised",
    ("citation_pages", "position"): "4 - position",
    ("citation_pages", "pages"): "'7'",
}
"""A wrong value for every column that a letter decides."""

NOT_OF_THE_LETTER = {
    *((table, column) for table in COLUMNS for column in ("id", "case_id", "item_id", "citation_id")),
    *(("letter_problems", "letter_id"), ("case_diagnoses", "diagnosis_id"), ("cases", "known_by")),
    ("disputed_items", "rationale_cluster"),
    *(
        ("letters", column)
        for column in (
            *("sha256", "part", "text_sha256", "source", "path", "parser_version", "ingested_at"),
            *("packed_text", "ocr_confidence", "ocr_page_confidences"),
        )
    ),
}
"""Numbers of rows, what is known of a letter without reading it, and what other letters decide."""


def test_every_column_of_a_letters_rows_has_a_wrong_value_here():
    columns = {(table, column) for table, names in COLUMNS.items() for column in names}
    assert columns - NOT_OF_THE_LETTER == PLANTED.keys()


@pytest.mark.parametrize(("table", "column"), PLANTED)
def test_a_wrong_value_in_any_column_is_told_and_put_right(three, archive, table, column):
    before = plain_rows(archive)
    where = {
        "cases": "id = 2",
        "letters": "id = 2",
        "letter_problems": "letter_id = 2",
        "case_diagnoses": "case_id = 2",
        "disputed_items": "case_id = 2",
        "guideline_citations": "item_id = 3",
    }.get(table, "citation_id = 4")
    with archive.write() as connection:
        connection.exec_driver_sql(f"UPDATE {table} SET {column} = {PLANTED[table, column]} WHERE {where}")
    assert plain_rows(archive) != before

    report = reparse(archive)

    assert (report.changed_cases, report.failures) == (1, 0)
    assert plain_rows(archive) == before
    assert_sound(archive)
    assert reparse(archive).changed_cases == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ("UPDATE specialties SET name = 'Bakery' WHERE id = 1", "reviewer.specialties"),
        ("UPDATE specialties SET recognised = 0 WHERE id = 1", "reviewer.specialties"),
        ("UPDATE reviewer_specialties SET position = 3 - position", "reviewer.specialties"),
        ("DELETE FROM reviewer_states WHERE state = 'Texas'", "reviewer.licensure_states"),
        ("UPDATE diagnoses SET recognised = NOT recognised", "diagnoses"),
        ("UPDATE diagnoses SET name = name || '!'", "diagnoses"),
        ("UPDATE service_types SET service = 'kneading'", "items.service"),
        ("UPDATE guidelines SET title = 'Bread' WHERE id = 1", "items.citations.guideline"),
        ("UPDATE guidelines SET year = 2016 WHERE id = 1", "items.citations.year"),
        ("UPDATE guidelines SET source = 'ACOEM' WHERE id = 2", "items.citations.source"),
        ("UPDATE guidelines SET recognised = 0 WHERE id = 1", "items.citations.guideline"),
    ],
)
def test_a_wrong_value_that_cases_share_is_put_right_for_all_of_them(three, archive, change, field):
    before = everything_told(archive)
    with archive.write() as connection:
        connection.exec_driver_sql(change)

    report = reparse(archive)

    assert set(report.fields) == {field}
    assert report.changed_cases == 3
    assert everything_told(archive) == before
    assert_sound(archive)


def test_rows_that_nothing_names_any_longer_are_removed(three, archive, rows):
    for text in list(three.read_as):
        three.now(
            text,
            items=(),
            diagnoses=(),
            reviewer=msgspec.structs.replace(
                three.read_as[text][0].reviewer, specialties=("Pain Management",), licensure_states=()
            ),
        )

    reparse(archive)

    assert rows("SELECT name FROM specialties") == [("Pain Management",)]
    assert rows("SELECT credentials FROM reviewers") == [("Pain Management",)]
    for table in ("reviewer_states", "diagnoses", "service_types", "guidelines", "guideline_citations"):
        assert rows(f"SELECT count(*) FROM {table}") == [(0,)], table
    assert_sound(archive)


def test_a_new_vocabulary_that_knows_a_name_marks_it_known(three, archive, rows):
    for text in list(three.read_as):
        three.now(text, findings=())

    report = reparse(archive)

    assert counted(report) == {"diagnoses": (0, 0, 3)}
    assert report.fields["diagnoses"].examples[0] == Example(
        "CM16-0000001",
        "changed",
        "Lumbar sprain; Dusty lungs (not in the vocabulary)",
        "Lumbar sprain; Dusty lungs",
    )
    assert rows("SELECT id, name, recognised FROM diagnoses") == [
        (1, "Lumbar sprain", 1),
        (2, "Dusty lungs", 1),
    ]


class TestWhichLetters:
    def test_outdated_ones_alone(self, three, archive, cushion, rows):
        three.version = "two"
        three.store(("4.txt", msgspec.structs.replace(cushion, case_number="CM16-0000004")))

        report = reparse(archive, read_selector("parser:one"))

        assert (report.letters, report.read_before_by) == (3, {"one": 3})
        assert rows("SELECT DISTINCT parser_version FROM letters") == [("two",)]

    def test_outdated_means_another_version_than_this(self, three, archive, monkeypatch):
        monkeypatch.setattr("imr_archive.archive.selectors.parser_version", lambda: three.version)
        assert reparse(archive, read_selector("outdated")).letters == 0
        three.version = "two"
        assert reparse(archive, read_selector("outdated")).letters == 3
        assert reparse(archive, read_selector("outdated")).letters == 0

    def test_one_case(self, three, archive, rows):
        three.now("2.txt", patient_age=50)
        three.now("3.txt", patient_age=60)

        report = reparse(archive, case_selector(archive, "CM16-0000002"))

        assert (report.letters, report.changed_cases) == (1, 1)
        assert rows("SELECT patient_age FROM cases ORDER BY id") == [(44,), (50,), (44,)]

    def test_with_problems_of_a_code(self, three, archive):
        three.now("2.txt", problems=())
        reparse(archive)

        assert reparse(archive, read_selector("problem:unknown_section")).letters == 2
        assert reparse(archive, read_selector("with-problems")).letters == 2
        assert reparse(archive, read_selector("problems:0")).letters == 1

    def test_all_versions_of_a_case(self, three, archive, cushion, rows):
        three.store(("later.txt", msgspec.structs.replace(cushion, decision_date=datetime.date(2017, 5, 5))))
        three.version = "two"

        report = reparse(archive, case_selector(archive, "CM16-0000001"))

        assert (report.letters, report.cases) == (2, 1)
        assert rows("SELECT source, parser_version FROM letters WHERE case_id = 1") == [
            ("1.txt", "two"),
            ("later.txt", "two"),
        ]


class TestVersions:
    @pytest.fixture
    def two(self, letters, cushion):
        """Two letters of one case, of which the later is current."""
        letters.store(("a.txt", cushion))
        letters.store(
            (
                "b.txt",
                msgspec.structs.replace(
                    cushion, items=cushion.items[1:], decision_date=datetime.date(2017, 2, 2)
                ),
            )
        )
        return letters

    def test_the_letter_decided_latest_is_current_by_what_is_read_now(self, two, archive, rows):
        two.now("a.txt", decision_date=datetime.date(2018, 3, 3))

        report = reparse(archive)

        assert rows("SELECT source, version, is_current FROM letters") == [("a.txt", 1, 1), ("b.txt", 2, 0)]
        assert rows("SELECT decision_date FROM cases") == [("2018-03-03",)]
        assert rows("SELECT count(*) FROM disputed_items") == [(2,)]
        assert counted(report)["letter.is_current"] == (0, 0, 2)
        assert_sound(archive)

    def test_without_a_date_the_letter_read_latest_is_current(self, two, archive, rows):
        two.now("a.txt", decision_date=None)
        two.now("b.txt", decision_date=None)

        reparse(archive)

        assert rows("SELECT source, is_current FROM letters") == [("a.txt", 0), ("b.txt", 1)]

    def test_an_older_version_that_reads_otherwise_changes_no_row_of_the_case(self, two, archive, rows):
        two.now("a.txt", layout="B", patient_age=99)

        report = reparse(archive)

        assert counted(report) == {"letter.layout": (0, 0, 1)}
        assert rows("SELECT patient_age FROM cases") == [(44,)]


class TestCasesThatAreNamedOtherwise:
    def test_a_case_whose_number_is_read_at_last_keeps_its_row(self, letters, archive, cushion, rows):
        letters.store(("a.txt", msgspec.structs.replace(cushion, case_number=None)))
        letters.now("a.txt", case_number="CM16-0000009")

        report = reparse(archive)

        assert counted(report) == {"case_number": (1, 0, 0)}
        assert rows("SELECT id, known_by, case_number FROM cases") == [(1, "CM16-0000009", "CM16-0000009")]
        assert_sound(archive)

    def test_a_letter_that_turns_out_to_be_of_a_known_case_becomes_its_version(
        self, three, archive, cushion, rows
    ):
        three.store(
            (
                "late.txt",
                msgspec.structs.replace(
                    cushion, case_number=None, decision_date=datetime.date(2017, 6, 6), items=()
                ),
            )
        )
        three.now("late.txt", case_number="CM16-0000002")

        report = reparse(archive)

        assert counted(report)["case"] == (0, 1, 0)
        assert rows("SELECT source, case_id, version, is_current FROM letters ORDER BY id") == [
            ("1.txt", 1, 1, 1),
            ("2.txt", 2, 1, 0),
            ("3.txt", 3, 1, 1),
            ("late.txt", 2, 2, 1),
        ]
        assert rows("SELECT count(*) FROM cases") == [(3,)]
        assert rows("SELECT decision_date FROM cases WHERE id = 2") == [("2017-06-06",)]
        assert rows("SELECT count(*) FROM disputed_items WHERE case_id = 2") == [(0,)]
        assert_sound(archive)

    def test_letters_that_were_taken_for_one_case_are_parted(self, letters, archive, cushion, rows):
        letters.store(
            ("a.txt", cushion), ("b.txt", msgspec.structs.replace(cushion, items=cushion.items[1:]))
        )
        letters.now("b.txt", case_number="CM16-0000005")

        report = reparse(archive)

        assert counted(report)["case"] == (1, 0, 0)
        assert rows("SELECT source, case_id, version, is_current FROM letters ORDER BY id") == [
            ("a.txt", 1, 1, 1),
            ("b.txt", 2, 1, 1),
        ]
        assert rows("SELECT case_number, position, description FROM decisions ORDER BY 1, 2") == [
            ("CM16-0000001", 1, "Massage therapy 6 visits"),
            ("CM16-0000001", 2, "Seat cushion"),
            ("CM16-0000005", 1, "Seat cushion"),
        ]
        assert_sound(archive)

    @pytest.mark.parametrize("batch", [1, 2, 200])
    def test_numbers_that_change_places_change_the_cases_letters(self, three, archive, rows, batch):
        three.now("1.txt", case_number="CM16-0000003")
        three.now("3.txt", case_number="CM16-0000001")

        report = reparse(archive, batch=batch)

        assert rows("SELECT id, case_number FROM cases ORDER BY id") == [
            (1, "CM16-0000001"),
            (2, "CM16-0000002"),
            (3, "CM16-0000003"),
        ]
        assert rows("SELECT source, case_id FROM letters ORDER BY source") == [
            ("1.txt", 3),
            ("2.txt", 2),
            ("3.txt", 1),
        ]
        assert (report.letters, report.cases) == (3, 3)
        assert_sound(archive)


class TestLettersThatCannotBeReadAgain:
    @pytest.fixture
    def broken(self, three, monkeypatch):
        def parse(text, source=""):
            if text == "2.txt":
                raise RecursionError("too deep")
            return three.parse(text, source)

        monkeypatch.setattr(reparse_module, "parse_letters", parse)
        three.version = "two"
        for text in list(three.read_as):
            three.now(text, patient_age=50)
        return three

    @pytest.mark.parametrize("dry_run", [True, False])
    def test_they_stay_as_they_were_and_the_others_are_read(self, broken, archive, rows, dry_run):
        report = reparse(archive, dry_run=dry_run)

        assert (report.letters, report.changed_cases, report.failures) == (2, 2, 1)
        assert report.failed == [Failure("CM16-0000002", "parser_error", "2.txt: RecursionError: too deep")]
        if not dry_run:
            assert rows("SELECT patient_age FROM cases ORDER BY id") == [(50,), (44,), (50,)]
            assert rows("SELECT parser_version FROM letters ORDER BY id") == [("two",), ("one",), ("two",)]
            assert_sound(archive)

    def test_values_that_the_constraints_refuse_leave_their_case_as_it_was(self, three, archive, rows):
        three.now("1.txt", patient_age=50)
        three.now("2.txt", patient_age=999)

        report = reparse(archive)

        assert (report.changed_cases, report.failures) == (1, 1)
        assert (report.failed[0].case, report.failed[0].reason) == ("CM16-0000002", "not_storable")
        assert rows("SELECT patient_age FROM cases ORDER BY id") == [(50,), (44,), (44,)]
        assert rows("SELECT count(*) FROM disputed_items") == [(6,)]
        assert_sound(archive)

    def test_a_damaged_text_costs_its_case_alone(self, three, archive):
        with archive.write() as connection:
            connection.exec_driver_sql("UPDATE letters SET packed_text = x'00' WHERE id = 3")

        report = reparse(archive)

        assert (report.letters, report.failures) == (2, 1)
        assert report.failed[0].case == "CM16-0000003"
        assert report.failed[0].message.startswith("3.txt: ValueError: not the whole text of a letter")

    def test_a_text_that_now_holds_several_letters_is_named(self, three, archive, cushion):
        three.read_as["1.txt"] *= 2

        report = reparse(archive)

        assert (report.several, report.several_in, report.changed_cases) == (1, ["1.txt"], 0)

    def test_the_error_names_the_letter(self):
        stored = reparse_module.StoredLetter(1, 1, 1, True, "x.txt", 1, "one", "", b"rubbish")
        with pytest.raises(UnreadableError, match=r"x\.txt: ValueError"):
            reparse_module.read_again(stored)


class TestInterruptions:
    @pytest.fixture
    def many(self, letters, cushion):
        for number in range(7):
            letters.store(
                (f"{number}.txt", msgspec.structs.replace(cushion, case_number=f"CM16-000001{number}"))
            )
        letters.version = "two"
        for number in range(7):
            letters.now(f"{number}.txt", patient_age=50 + number)
        return letters

    def test_a_run_that_was_stopped_goes_on_and_tells_of_the_whole(self, many, archive, rows):
        stops = iter([False, True])

        first = reparse(archive, batch=2, stop=lambda: next(stops))

        assert (first.stopped, first.letters, first.changed_cases) == (True, 4, 4)
        assert rows("SELECT letters, parser_version, last_case_id FROM unfinished_reparses") == [
            ("all", "two", 4)
        ]
        assert rows("SELECT count(*) FROM cases WHERE patient_age >= 50") == [(4,)]

        second = reparse(archive, batch=2)

        assert (second.resumed, second.stopped, second.letters, second.changed_cases) == (True, False, 7, 7)
        assert counted(second) == {"patient_age": (0, 0, 7)}
        assert [example.case for example in second.fields["patient_age"].examples] == [
            "CM16-0000010",
            "CM16-0000011",
            "CM16-0000012",
        ]
        assert rows("SELECT count(*) FROM unfinished_reparses") == [(0,)]
        assert rows("SELECT patient_age FROM cases ORDER BY id") == [(50 + number,) for number in range(7)]

    def test_an_error_in_the_middle_keeps_the_batches_before_it(self, many, archive, rows, monkeypatch):
        def parse(text, source=""):
            if text == "5.txt":
                raise KeyboardInterrupt
            return many.parse(text, source)

        with monkeypatch.context() as patch:
            patch.setattr(reparse_module, "parse_letters", parse)
            with pytest.raises(KeyboardInterrupt):
                reparse(archive, batch=2)
        assert rows("SELECT last_case_id FROM unfinished_reparses") == [(4,)]
        assert rows("SELECT count(*) FROM cases WHERE patient_age >= 50") == [(4,)]

        assert reparse(archive, batch=2).changed_cases == 7

    def test_a_mark_of_another_version_of_the_parser_is_no_mark(self, many, archive, rows):
        reparse(archive, batch=2, stop=lambda: True)
        many.version = "three"

        report = reparse(archive, batch=2)

        assert (report.resumed, report.letters, report.changed_cases) == (False, 7, 5)
        assert rows("SELECT DISTINCT parser_version FROM letters") == [("three",)]
        assert rows("SELECT count(*) FROM unfinished_reparses") == [(0,)]

    def test_marks_of_other_letters_are_left_alone_until_all_are_done(self, many, archive, rows):
        reparse(archive, read_selector("layout:D"), batch=2, stop=lambda: True)

        assert reparse(archive, case_selector(archive, "CM16-0000016")).letters == 1
        assert rows("SELECT letters FROM unfinished_reparses") == [("layout:D",)]

        assert reparse(archive).resumed is False
        assert rows("SELECT letters FROM unfinished_reparses") == []

    def test_a_restart_begins_anew(self, many, archive):
        reparse(archive, batch=2, stop=lambda: True)

        report = reparse(archive, batch=2, restart=True)

        assert (report.resumed, report.letters, report.changed_cases) == (False, 7, 5)

    def test_progress_is_shown_after_every_batch(self, many, archive):
        seen = []

        class Watcher:
            def show(self, progress):
                seen.append((progress.done, progress.total, progress.report.changed_cases))

        reparse(archive, batch=3, progress=Watcher())

        assert seen == [(3, 7, 3), (6, 7, 6), (7, 7, 7)]

    def test_another_process_that_reads_letters_in_keeps_a_reparse_out(self, many, archive):
        with reparse_module.hold_archive(archive.path), pytest.raises(ArchiveLockedError):
            reparse(archive)


class TestDryRuns:
    def test_a_dry_run_tells_the_same_and_changes_nothing(self, three, archive, dump):
        three.now("1.txt", patient_age=50, case_number="CM16-0000003")
        three.now("2.txt", items=())
        before = dump(archive.path)

        dry = reparse(archive, dry_run=True, batch=1)

        assert dump(archive.path) == before
        assert dry.dry_run
        real = reparse(archive)
        assert (counted(dry), dry.letters, dry.cases) == (counted(real), real.letters, real.cases)
        assert dry.changed_cases == real.changed_cases == 3

    def test_it_needs_no_right_to_write(self, three, archive):
        three.now("1.txt", patient_age=50)
        with open_for_reading(archive.path) as database:
            assert reparse(database, dry_run=True).changed_cases == 1
            with pytest.raises(ArchiveReadOnlyError):
                reparse(database)


def test_the_report_is_plain_json(three, archive):
    three.now("1.txt", patient_age=None)

    plain = msgspec.json.decode(msgspec.json.encode(reparse(archive).to_dict()))

    assert plain.pop("seconds") >= 0
    assert plain == {
        "parser_version": "one",
        "dry_run": False,
        "resumed": False,
        "stopped": False,
        "letters": 3,
        "cases": 3,
        "changed_cases": 1,
        "read_before_by": {"one": 3},
        "fields": {
            "patient_age": {
                "gained": 0,
                "lost": 1,
                "changed": 0,
                "examples": [{"case": "CM16-0000001", "kind": "lost", "before": "44", "after": None}],
            }
        },
        "failures": 0,
        "failed": [],
        "several": 0,
        "several_in": [],
    }


def test_a_letter_is_found_by_its_new_words_and_not_by_its_old_ones(three, archive):
    item = three.read_as["1.txt"][0].items[0]
    three.now("1.txt", items=(msgspec.structs.replace(item, rationale="Rolling pins were never tried."),))

    reparse(archive)

    plain = sqlite3.connect(archive.path)
    query = "SELECT rowid FROM disputed_items_fts WHERE disputed_items_fts MATCH ?"
    assert plain.execute(query, ("rolling",)).fetchall() == [(1,)]
    assert plain.execute(query, ("kneading",)).fetchall() == [(3,), (5,)]
    plain.close()
