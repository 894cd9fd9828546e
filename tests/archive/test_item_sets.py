"""Columns and sets of words say what the rows say, whatever changes, or say that they do not know."""

from __future__ import annotations

import random
import sqlite3

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imr_archive.archive.connection import open_for_writing
from imr_archive.archive.kept.building import keep_sets
from imr_archive.archive.kept.changes import TRIGGERS, ensure_change_marks
from imr_archive.archive.kept.checking import compare_kept
from imr_archive.archive.kept.definitions import ColumnDefinition, SetDefinitions
from imr_archive.archive.kept.item_sets import ENDLESS, Codes, ItemSets
from imr_archive.archive.kept.words import PARTS
from imr_archive.archive.store import Store, sqlite_cursor

CASE = "JOIN cases AS c ON c.id = i.case_id"
CITED = (
    "disputed_items AS i LEFT JOIN guideline_citations AS gc ON gc.item_id = i.id"
    " LEFT JOIN guidelines AS g ON g.id = gc.guideline_id"
)
COLUMNS = (
    ColumnDefinition("outcome", "codes", "i.outcome", "disputed_items AS i"),
    ColumnDefinition(
        "service", "codes", "st.service",
        "disputed_items AS i LEFT JOIN service_types AS st ON st.id = i.service_type_id",
        depends_on=("service_types",),
    ),
    ColumnDefinition("year", "codes", "CAST(substr(c.decision_date, 1, 4) AS INTEGER)",
                     f"disputed_items AS i {CASE}"),
    ColumnDefinition(
        "specialty", "several", "sp.name",
        f"disputed_items AS i {CASE} LEFT JOIN reviewer_specialties AS rs ON rs.reviewer_id = c.reviewer_id"
        " LEFT JOIN specialties AS sp ON sp.id = rs.specialty_id",
        depends_on=("reviewer_specialties", "specialties"),
    ),
    ColumnDefinition("source", "several", "g.source", CITED, distinct=True, depends_on=("guidelines",)),
    ColumnDefinition(
        "section", "several", "cs.section",
        f"{CITED} LEFT JOIN citation_sections AS cs ON cs.citation_id = gc.id", distinct=True,
    ),
    ColumnDefinition(
        "diagnosis", "several", "dx.name",
        "disputed_items AS i LEFT JOIN case_diagnoses AS cd ON cd.case_id = i.case_id"
        " LEFT JOIN diagnoses AS dx ON dx.id = cd.diagnosis_id",
        depends_on=("diagnoses",),
    ),
    ColumnDefinition("quantity", "numbers", "i.quantity", "disputed_items AS i"),
    ColumnDefinition("cluster", "numbers", "i.rationale_cluster", "disputed_items AS i"),
    ColumnDefinition("decided", "days", "c.decision_date", f"disputed_items AS i {CASE}"),
)  # fmt: skip
DEFINITIONS = SetDefinitions(columns=COLUMNS, phrases=lambda: ("massage therapy", "seat cushion"))


def letters_like(record, numbers):
    """Letters of other cases that say the same."""
    return [
        msgspec.structs.replace(record, case_number=f"CM16-{number:07}", source=f"{number}.txt")
        for number in numbers
    ]


@pytest.fixture
def filled(archive, store, cushion, file_of):
    """An archive of thirty cases with two items each, and what is kept of them."""
    store.add([file_of(letter) for letter in letters_like(cushion, range(1, 31))])
    keep(archive)
    return archive


def keep(archive, definitions=DEFINITIONS, *, thorough=True, anew=False):
    return keep_sets(archive, definitions, thorough=thorough, anew=anew, fewest_items=0)


def change(archive, *statements):
    """Change rows as any program may, with SQLite alone."""
    connection = sqlite3.connect(archive.path)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def said(archive, definitions=COLUMNS):
    """What is said of every covered item, column by column, and of every set of words."""
    with archive.read() as connection:
        sets = ItemSets.of(connection, definitions)
        if sets is None:
            return None
        told = {}
        for one in definitions:
            if one.kind in {"numbers", "days"}:
                numbers = sets.numbers(one.name)
                if numbers is not None:
                    told[one.name] = sorted((i, _plain(numbers[i])) for i in sets.covered)
                continue
            codes = sets.column(one.name)
            if codes is not None and codes.single is not None:
                told[one.name] = sorted((i, codes.values[codes.single[i]]) for i in sets.covered)
            elif codes is not None:
                pairs = zip(*codes.pairs, strict=True)
                told[one.name] = sorted(
                    ((int(i), codes.values[code]) for i, code in pairs if i in sets.covered), key=repr
                )
        for part, expression in connection.exec_driver_sql("SELECT part, expression FROM word_sets"):
            told[part, expression] = sorted(sets.words(part, expression))
        return sorted(sets.covered), told


def _plain(number):
    return None if np.isnan(number) else float(number)


def rows_say(archive, definitions=COLUMNS):
    """The same as `said`, of all items, by the rows and the search index themselves."""
    with archive.read() as connection:
        ask = connection.exec_driver_sql
        ids = [row.id for row in ask("SELECT id FROM disputed_items ORDER BY id")]
        told = {}
        for one in definitions:
            distinct = "DISTINCT" if one.distinct else ""
            rows = [tuple(row) for row in ask(f"SELECT {distinct} i.id, {one.sql} FROM {one.source}")]
            if one.kind == "days":
                rows = [(i, day and float(np.datetime64(day, "D").astype(int))) for i, day in rows]
            told[one.name] = sorted(rows, key=repr if one.kind == "several" else None)
        for part, expression in ask("SELECT part, expression FROM word_sets").all():
            of = PARTS[part]
            key = "case_id" if part == "summary" else "id"
            found = ask(
                f"SELECT id FROM disputed_items WHERE {key} IN "
                f"(SELECT rowid FROM {of.table} WHERE {of.table} MATCH ?) ORDER BY id",
                (of.match(expression),),
            )
            told[part, expression] = [row.id for row in found]
        return ids, told


def only(told, ids):
    """What `rows_say` says of some items."""
    kept = set(ids)
    return {
        name: [row for row in rows if (row[0] if isinstance(row, tuple) else row) in kept]
        for name, rows in told.items()
    }


def test_all_that_is_kept_says_what_the_rows_say(filled):
    ids, told = said(filled)

    assert ids == list(range(1, 61))
    assert (ids, told) == rows_say(filled)
    assert told["specialty"][:2] == [(1, "Anesthesiology"), (1, "Pain Management")]
    assert told["section"][:3] == [(1, "Dough"), (1, "Massage therapy"), (1, None)]
    assert told["heading", '"massage therapy"'] == list(range(1, 61, 2))


def test_all_after_the_last_item_is_left_to_sql(filled):
    with filled.read() as connection:
        assert ItemSets.of(connection, COLUMNS).uncovered == ((61, ENDLESS),)


def test_an_archive_keeps_nothing_before_anybody_asked_for_it(archive):
    with archive.read() as connection:
        assert ItemSets.of(connection, COLUMNS) is None


def test_a_small_archive_is_left_without(archive, store, cushion, file_of):
    store.add([file_of(cushion)])
    assert keep_sets(archive, DEFINITIONS, thorough=True).chunks == 0
    assert said(archive) is None


def test_a_word_finds_its_set_by_its_stem_and_whatever_is_no_phrase_finds_none(filled):
    with filled.read() as connection:
        sets = ItemSets.of(connection, COLUMNS)
        assert list(sets.words("heading", '"cushions"')) == list(range(2, 61, 2))
        assert list(sets.words("heading", '"seats cushion"')) == list(range(2, 61, 2))
        assert len(sets.words("summary", '"flour"')) == 60
        assert sets.document_count("heading", "cushion") == 30
        asked = ['"cush"*', "NEAR(seat cushion, 3)", '"seat" OR "cushion"', '{description} : "seat"', '""']
        assert [sets.words("heading", each) for each in asked] == [None] * 5
        assert sets.words("rationale", '"pillow"') is None


def test_a_stem_that_has_another_stem_itself_has_the_right_items(archive, store, cushion, file_of):
    kneaded = msgspec.structs.replace(cushion.items[0], rationale="Both reviewers agree about the dough.")
    store.add([file_of(msgspec.structs.replace(cushion, items=(kneaded,)))])
    keep(archive)
    with archive.read() as connection:
        sets = ItemSets.of(connection, COLUMNS)
        assert [list(sets.words("rationale", f'"{word}"')) for word in ("agree", "agreed")] == [[1], [1]]


def test_a_column_that_was_stored_under_another_definition_is_not_given(filled):
    other = msgspec.structs.replace(COLUMNS[0], sql="upper(i.outcome)")
    with filled.read() as connection:
        assert ItemSets.of(connection, (other,)).column("outcome") is None
    keep(filled, SetDefinitions(columns=(other,), phrases=DEFINITIONS.phrases), thorough=False)
    with filled.read() as connection:
        assert ItemSets.of(connection, (other,)).column("outcome").values == [None, "UPHELD", "OVERTURNED"]
        assert ItemSets.of(connection, COLUMNS).column("outcome") is None


CHANGES = {
    "an item": "UPDATE disputed_items SET outcome = 'overturned', rationale = 'Flour' WHERE id = 7",
    "an item's citation": "UPDATE guideline_citations SET guideline_id = 2 WHERE item_id = 7",
    "a citation that goes": "DELETE FROM citation_sections WHERE citation_id = 1",
    "a new citation": "INSERT INTO guideline_citations (item_id, position, cited_by, guideline_id, raw) "
    "VALUES (2, 1, 'reviewer', 1, 'x')",
    "a case": "UPDATE cases SET decision_date = '2019-01-02', summary = 'Massage' WHERE id = 3",
    "a case's reviewer": "UPDATE cases SET reviewer_id = NULL WHERE id = 3",
    "a diagnosis less": "DELETE FROM case_diagnoses WHERE case_id = 3",
    "a diagnosis more": "INSERT INTO case_diagnoses SELECT 3, max(diagnosis_id) + 1, 9 FROM case_diagnoses",
    "a page": "INSERT INTO citation_pages VALUES (1, 9, '60')",
    "a new item": "INSERT INTO disputed_items (case_id, position, description, outcome) "
    "VALUES (1, 3, 'Flour', 'upheld')",
    "an item of another case": "UPDATE disputed_items SET case_id = 4, position = 9 WHERE id = 7",
    "an item of another number": "UPDATE disputed_items SET id = 1000 WHERE id = 60",
    "an item less": "DELETE FROM disputed_items WHERE id = 60",
    "a guideline": "UPDATE guidelines SET source = 'other' WHERE id = 1",
    "a service": "UPDATE service_types SET service = 'kneading' WHERE id = 1",
    "a specialty": "UPDATE specialties SET name = 'Bakery' WHERE id = 1",
    "a set of credentials": "DELETE FROM reviewer_specialties WHERE specialty_id = 1",
    "a diagnosis by another name": "UPDATE diagnoses SET name = 'Flour dust' WHERE id = 1",
    "a cluster": "UPDATE disputed_items SET rationale_cluster = 3 WHERE id IN (3, 5)",
}


@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES)
def test_what_changed_is_left_to_sql_and_then_kept_anew(filled, statement):
    before = said(filled)
    change(filled, statement)

    ids, told = said(filled)
    _, true = rows_say(filled)
    assert told == only({name: true[name] for name in told}, ids)
    assert (ids, told) != before or statement == CHANGES["a new item"]

    keep(filled)
    assert said(filled) == rows_say(filled)


def test_a_change_of_a_few_items_leaves_the_others_covered(filled):
    change(filled, CHANGES["an item"], CHANGES["a case"])
    with filled.read() as connection:
        assert ItemSets.of(connection, COLUMNS).uncovered == ((5, 7), (61, ENDLESS))


def test_clusters_are_a_column_of_their_own_and_leave_the_items_covered(filled):
    change(filled, CHANGES["a cluster"])
    with filled.read() as connection:
        sets = ItemSets.of(connection, COLUMNS)
        assert (sets.numbers("cluster"), len(sets.covered)) == (None, 60)
    assert keep(filled, thorough=False).columns == 1
    with filled.read() as connection:
        assert ItemSets.of(connection, COLUMNS).numbers("cluster")[[2, 3, 5]].tolist()[1:] == [3.0, 3.0]


def test_a_later_letter_of_a_case_and_new_letters_are_answered_by_sql_until_they_are_kept(
    filled, store, cushion, file_of
):
    later = msgspec.structs.replace(
        cushion,
        summary="A miller.",
        items=cushion.items[:1],
        decision_date=cushion.decision_date.replace(2017),
    )
    store.add([file_of(later, path="/later.txt"), *(file_of(one) for one in letters_like(cushion, [31, 32]))])
    with filled.read() as connection:
        assert ItemSets.of(connection, COLUMNS).uncovered == ((1, 2), (61, ENDLESS))
    keep(filled, thorough=False)
    with filled.read() as connection:
        assert ItemSets.of(connection, COLUMNS).uncovered == ((1, 2), (61, ENDLESS))
    keep(filled)
    assert said(filled) == rows_say(filled)
    assert said(filled)[0] == [1, *range(3, 65)]


def test_shared_rows_that_nothing_uses_come_and_go_unnoticed(filled):
    change(
        filled,
        "INSERT INTO guidelines (label, source, recognised) VALUES ('ACOEM', 'ACOEM', 1)",
        "INSERT INTO specialties (name, recognised) VALUES ('Milling', 0)",
        "INSERT INTO reviewers (credentials) VALUES ('Milling')",
        "INSERT INTO reviewer_specialties VALUES (2, 3, 1)",
        "DELETE FROM guidelines WHERE label = 'ACOEM'",
        "DELETE FROM reviewer_specialties WHERE reviewer_id = 2",
    )
    assert said(filled) == rows_say(filled)


def test_an_archive_that_has_doubled_keeps_sets_of_all_its_items_again(filled, store, cushion, file_of):
    store.add([file_of(letter) for letter in letters_like(cushion, range(101, 201))])
    keep(filled, thorough=False)
    with filled.read() as connection:
        assert list(ItemSets.of(connection, COLUMNS).covered) == list(range(1, 261))


def test_items_are_told_by_their_numbers_and_in_their_order(filled):
    change(
        filled,
        "UPDATE disputed_items SET rationale_cluster = NULL",
        "UPDATE disputed_items SET rationale_cluster = 70000 WHERE id IN (5, 2)",
        "UPDATE disputed_items SET rationale_cluster = 3 WHERE id IN (9, 4)",
    )
    keep(filled)
    others = [item for item in range(1, 61) if item not in {2, 4, 5, 9}]
    with filled.read() as connection:
        sets = ItemSets.of(connection, COLUMNS)
        assert list(sets.ordered("cluster", falling=False)) == [4, 9, 2, 5, *others]
        assert list(sets.ordered("cluster", falling=True)) == [2, 5, 4, 9, *others]
        assert list(sets.numbered("cluster", np.array([3, 8]))) == [4, 9]
        assert list(sets.numbered("cluster", np.array([70000, 3]))) == [2, 4, 5, 9]
        assert list(sets.numbered("cluster", np.array([], np.int64))) == []
        assert list(sets.groups("cluster")[:6]) == [0, 0, 70001, 0, 4, 70001]
        assert (sets.ordered("none", falling=True), sets.numbered("none", np.array([1]))) == (None, None)


@pytest.mark.parametrize("width", [np.uint8, np.uint32])
def test_a_column_tells_the_items_of_its_codes(width):
    one = Codes([None, "a", "b", "c"], single=np.array([0, 2, 1, 2, 3], width))
    assert list(one.having(np.array([False, True, True, False]))) == [1, 2, 3]
    assert list(one.having(np.array([False, False, False, True]))) == [4]
    several = (np.array([1, 1, 5, 7], np.uint32), np.array([1, 2, 2, 0], width))
    many = Codes([None, "a", "b"], pairs=several)
    assert list(many.having(np.array([False, True, True]))) == [1, 5]
    assert list(many.having(np.array([False, False, False]))) == []


def test_a_run_that_is_stopped_goes_on_where_it_was(filled):
    asked = []

    def stop():
        asked.append(1)
        return True

    with filled.write() as connection:
        connection.exec_driver_sql("DELETE FROM item_chunks")
        connection.exec_driver_sql("UPDATE item_set_state SET last_item_id = -1")
    assert keep_sets(filled, DEFINITIONS, thorough=True, fewest_items=0, stop=stop).stopped
    assert (said(filled), asked) == (None, [1])
    assert keep(filled).chunks == 1
    assert said(filled) == rows_say(filled)


def test_what_changes_while_a_chunk_is_made_stays_noted(filled, monkeypatch):
    from imr_archive.archive.kept import building as set_building

    plain = set_building.write_chunk

    def change_first(cursor, *rest):
        cursor.execute(CHANGES["an item"])
        return plain(cursor, *rest)

    monkeypatch.setattr(set_building, "write_chunk", change_first)
    keep(filled, anew=True)

    with filled.read() as connection:
        assert ItemSets.of(connection, COLUMNS).uncovered == ((7, 7), (61, ENDLESS))


def test_an_item_that_comes_in_while_a_chunk_is_made_is_left_to_sql_until_the_next_run(filled, monkeypatch):
    from imr_archive.archive.kept import building as set_building

    plain = set_building.begin_span

    def add_after(cursor, span):
        made = plain(cursor, span)
        cursor.execute(CHANGES["a new item"])
        return made

    with monkeypatch.context() as patched:
        patched.setattr(set_building, "begin_span", add_after)
        keep(filled, anew=True)

    with filled.read() as connection:
        assert ItemSets.of(connection, COLUMNS).uncovered == ((61, ENDLESS),)
    change(filled, "UPDATE disputed_items SET description = 'Seat', outcome = 'overturned' WHERE id = 61")
    keep(filled)
    assert said(filled) == rows_say(filled)
    assert said(filled)[0] == list(range(1, 62))


def test_new_letters_are_added_to_the_chunk_without_reading_it_again(
    filled, store, cushion, file_of, monkeypatch
):
    from imr_archive.archive.kept import spans, word_sets

    read = []

    class Noted(word_sets.ItemWords):
        def __init__(self, cursor, first, last):
            read.append((first, last))
            super().__init__(cursor, first, last)

    monkeypatch.setattr(word_sets, "ItemWords", Noted)
    monkeypatch.setattr(spans, "_LONGEST_TAIL", 30)
    change(filled, CHANGES["an item"])
    for numbers in (range(31, 41), range(41, 47), range(47, 51)):
        store.add([file_of(letter) for letter in letters_like(cushion, numbers)])
        keep(filled, thorough=False)
    with filled.read() as connection:
        assert ItemSets.of(connection, COLUMNS).uncovered == ((7, 7), (93, ENDLESS))
    assert read == [(61, 65_535)]
    ids, told = said(filled)
    _, true = rows_say(filled)
    assert told == only(true, ids)


def test_new_letters_are_not_noted_one_by_one(filled, store, cushion, file_of):
    store.add([file_of(letter) for letter in letters_like(cushion, range(31, 41))])
    with filled.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM changed_items").scalar_one() == 0


def test_items_of_several_chunks_are_kept_together(filled):
    change(filled, "PRAGMA foreign_keys = OFF", "DELETE FROM guideline_citations",
           "UPDATE disputed_items SET id = id + 65506")  # fmt: skip
    keep(filled, anew=True)
    ids, told = said(filled)
    assert (ids, told) == rows_say(filled)
    assert (ids[0], ids[-1]) == (65_507, 65_566)


def test_a_large_span_is_answered_by_the_index_of_the_archive(filled, monkeypatch):
    from imr_archive.archive.kept import item_words

    monkeypatch.setattr(item_words, "_FEW", 0)
    monkeypatch.setattr(item_words, "_NEAR_CASES", 0)
    change(filled, "UPDATE cases SET summary = 'Flour and seats' WHERE id IN (3, 9)")
    keep(filled, anew=True)
    assert said(filled) == rows_say(filled)


def test_a_run_that_is_stopped_among_its_words_writes_nothing_of_them(filled):
    asked = []

    def stop():
        asked.append(1)
        return len(asked) > 1

    with filled.write() as connection:
        connection.exec_driver_sql("DELETE FROM item_chunks")
        connection.exec_driver_sql("UPDATE item_set_state SET last_item_id = -1")
    summary = keep_sets(filled, DEFINITIONS, thorough=True, fewest_items=0, stop=stop)
    assert (summary.stopped, summary.chunks, said(filled)) == (True, 0, None)
    assert keep(filled).chunks == 1
    assert said(filled) == rows_say(filled)


def test_an_open_transaction_goes_on_seeing_what_it_saw(filled):
    before = said(filled)
    with filled.read() as connection:
        ItemSets.of(connection, COLUMNS)
        with open_for_writing(filled.path) as other:
            change(other, CHANGES["an item"], CHANGES["a service"])
            keep(other)
        sets = ItemSets.of(connection, COLUMNS)
        service = sets.column("service")
        assert sets.uncovered == ((61, ENDLESS),)
        assert [service.values[service.single[i]] for i in (1, 2)] == ["massage therapy", None]
    assert said(filled) != before


def test_a_tool_that_drops_a_trigger_makes_all_that_is_kept_go(filled):
    assert said(filled) is not None
    change(filled, "DROP TRIGGER kept_cases_update", CHANGES["a case"])
    with open_for_writing(filled.path):
        assert said(filled) is None
    with filled.write() as connection:
        assert ensure_change_marks(connection) is True
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE name GLOB 'kept_*'")
        assert dict(tuple(row) for row in rows) == TRIGGERS


def test_a_value_that_is_no_date_makes_its_column_unknown_and_no_other(filled):
    change(filled, "UPDATE cases SET decision_date = '2016' WHERE id = 2")
    keep(filled)
    with filled.read() as connection:
        sets = ItemSets.of(connection, COLUMNS)
        assert sets.numbers("decided") is None
        assert sets.column("year").values == [None, 2016]


def test_a_check_finds_nothing_wrong_and_then_what_is(filled):
    with filled.read() as connection:
        looked_at, findings = compare_kept(sqlite_cursor(connection), COLUMNS)
    assert (looked_at > 20, findings) == (True, [])

    with filled.write() as connection:
        connection.exec_driver_sql(
            "UPDATE item_column_chunks SET codes = (SELECT max(codes) FROM item_column_chunks AS other "
            "WHERE other.id = item_column_chunks.id + 1) WHERE id = 1"
        )
        connection.exec_driver_sql(
            "DELETE FROM word_set_chunks WHERE id IN (SELECT id FROM word_sets WHERE part = 'summary')"
        )
    with filled.read() as connection:
        _, findings = compare_kept(sqlite_cursor(connection), COLUMNS)
    assert findings[0] == "chunk 0: the column outcome differs from the rows"
    assert 'chunk 0: the set of "a" in the summary differs from the index' in findings


EDITS = [*CHANGES.values(), "keep", "keep thoroughly", "letters", "again"]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(edits=st.lists(st.sampled_from(EDITS), min_size=1, max_size=12), seed=st.integers(0, 2**16))
def test_whatever_is_edited_in_whatever_order_covered_items_are_told_rightly(
    empty_archive, tmp_path_factory, cushion, file_of, edits, seed
):
    chance = random.Random(seed)
    path = tmp_path_factory.mktemp("edited") / "imr.db"
    path.write_bytes(empty_archive.read_bytes())
    with open_for_writing(path) as archive:
        store = Store(archive)
        store.add([file_of(letter) for letter in letters_like(cushion, range(1, 12))])
        keep(archive)
        for place, edit in enumerate(edits):
            if edit.startswith("keep"):
                keep(archive, thorough=edit.endswith("thoroughly"))
            elif edit == "letters":
                new = letters_like(cushion, [1000 * (place + 1) + number for number in range(30)])
                store.add([file_of(letter) for letter in new])
            elif edit == "again":
                again = letters_like(cushion, [chance.randint(1, 11)])[0]
                again = msgspec.structs.replace(again, items=again.items[: chance.randint(0, 2)])
                store.add([file_of(again, path=f"/{place}.txt", text=f"{place} {seed}")])
                store.tidy()
            else:
                number = str(chance.randint(1, 11))
                try:
                    change(archive, edit.replace("= 7", f"= {number}").replace("= 3", f"= {number}"))
                except sqlite3.IntegrityError:
                    continue
            ids, told = said(archive)
            _, true = rows_say(archive)
            assert told == only({name: true[name] for name in told}, ids)
        keep(archive)
        assert said(archive) == rows_say(archive)
