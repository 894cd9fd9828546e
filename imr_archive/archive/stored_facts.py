"""What the rows of cases say, read many cases at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from imr_archive.archive.facts import Told, named, told_guideline, told_problem, values_of
from imr_archive.archive.rows import COLUMNS

T = TypeVar("T")


def told_by_rows(cursor: sqlite3.Cursor, case_ids: Sequence[int]) -> dict[int, Told]:
    """What the rows of these cases say, by case."""
    rows = _Rows(cursor, case_ids)
    cases = rows.of("cases", "cases WHERE id IN ({ids}) ORDER BY id", key="id")
    items = rows.parts(
        "disputed_items", "disputed_items WHERE case_id IN ({ids}) ORDER BY case_id, position", "case_id"
    )
    services = rows.services()
    citations = rows.citations()
    letters = rows.letters()
    reviewers, diagnoses = rows.reviewers(), rows.diagnoses()
    told = {}
    for case_id, row in cases.items():
        specialties, states = reviewers.get(case_id, ((), ()))
        values = values_of("cases", row) | {
            "reviewer.specialties": specialties,
            "reviewer.licensure_states": states,
            "diagnoses": diagnoses.get(case_id, ()),
        }
        its_items = [
            _stored_item(item, services.get(item[0]), citations.get(item[0], []))
            for item in items.get(case_id, [])
        ]
        title = str(row[COLUMNS["cases"].index("known_by")])
        told[case_id] = Told((), title, values, {"items": its_items, "letter": letters.get(case_id, [])})
    return told


def _stored_item(row: Sequence[Any], service: tuple[str, ...] | None, citations: list[Told]) -> Told:
    values = values_of("disputed_items", row)
    values["service"] = service
    description = str(values["description"])
    return Told((description,), description, values, {"citations": citations})


class _Rows:
    """The rows of some cases, table by table."""

    def __init__(self, cursor: sqlite3.Cursor, case_ids: Sequence[int]) -> None:
        self._cursor = cursor
        self._ids = ", ".join(str(int(case_id)) for case_id in case_ids)

    def select(self, columns: str, rest: str) -> list[tuple[Any, ...]]:
        """The rows of a query in which {ids} stands for the cases."""
        return self._cursor.execute(f"SELECT {columns} FROM {rest.format(ids=self._ids)}").fetchall()

    def of(self, table: str, rest: str, key: str) -> dict[int, tuple[Any, ...]]:
        """Rows with the columns of `COLUMNS`, by the value of one of them."""
        place = COLUMNS[table].index(key)
        return {row[place]: row for row in self.select(", ".join(COLUMNS[table]), rest)}

    def parts(self, table: str, rest: str, owner: str) -> dict[int, list[tuple[Any, ...]]]:
        """Rows with the columns of `COLUMNS`, gathered by what they hang on."""
        place = COLUMNS[table].index(owner)
        columns = ", ".join(f"{table}.{column}" for column in COLUMNS[table])
        return _gathered((row[place], row) for row in self.select(columns, rest))

    def services(self) -> dict[int, tuple[str, ...]]:
        """Category, subcategory and service of each item."""
        rest = (
            "disputed_items JOIN service_types ON service_types.id = service_type_id WHERE case_id IN ({ids})"
        )
        columns = "disputed_items.id, category, subcategory, service"
        return {row[0]: row[1:] for row in self.select(columns, rest)}

    def citations(self) -> dict[int, list[Told]]:
        """The citations of each item."""
        of_cases = "item_id IN (SELECT id FROM disputed_items WHERE case_id IN ({ids}))"
        citing = f"SELECT id FROM guideline_citations WHERE {of_cases}"
        guidelines = {
            row[0]: told_guideline(row[1], row[2], row[3], known=row[1] == "other" or bool(row[4]))
            for row in self.select(
                "guideline_citations.id, source, title, year, recognised",
                "guideline_citations JOIN guidelines ON guidelines.id = guideline_id WHERE " + of_cases,
            )
        }
        sections = self._listed("citation_sections", "section", "recognised", citing)
        pages = self._listed("citation_pages", "pages", "1", citing)
        told: dict[int, list[Told]] = {}
        rest = f"guideline_citations WHERE {of_cases} ORDER BY item_id, position"
        for item_id, rows in self.parts("guideline_citations", rest, "item_id").items():
            told[item_id] = []
            for row in rows:
                values = values_of("guideline_citations", row) | guidelines.get(row[0], {})
                values |= {"sections": sections.get(row[0], ()), "pages": pages.get(row[0], ())}
                raw = str(values["raw"])
                told[item_id].append(Told((str(values["cited_by"]), raw), raw, values))
        return told

    def _listed(self, table: str, column: str, recognised: str, citing: str) -> dict[int, tuple[str, ...]]:
        rest = f"{table} WHERE citation_id IN ({citing}) ORDER BY citation_id, position"
        rows = self.select(f"citation_id, {column}, {recognised}", rest)
        return {owner: tuple(names) for owner, names in _gathered(_named(rows)).items()}

    def letters(self) -> dict[int, list[Told]]:
        """The letters of each case with their problems, in order of version."""
        problems = _gathered(
            (row[0], told_problem(row[1:]))
            for row in self.select(
                ", ".join(COLUMNS["letter_problems"]),
                "letter_problems WHERE letter_id IN (SELECT id FROM letters WHERE case_id IN ({ids})) "
                "ORDER BY letter_id, position",
            )
        )
        rows = self.select(
            "case_id, id, source, version, is_current, layout",
            "letters WHERE case_id IN ({ids}) ORDER BY case_id, version",
        )
        return _gathered(
            (
                case_id,
                Told(
                    (letter_id,),
                    source,
                    {"version": version, "is_current": bool(is_current), "layout": layout},
                    {"problems": problems.get(letter_id, [])},
                ),
            )
            for case_id, letter_id, source, version, is_current, layout in rows
        )

    def reviewers(self) -> dict[int, tuple[tuple[str, ...], tuple[str, ...]]]:
        """Specialties and states of each case's reviewer."""
        specialties = self.select(
            "cases.id, name, recognised",
            "cases JOIN reviewer_specialties USING (reviewer_id) "
            "JOIN specialties ON specialties.id = specialty_id WHERE cases.id IN ({ids}) "
            "ORDER BY cases.id, position",
        )
        states = self.select(
            "cases.id, state, 1",
            "cases JOIN reviewer_states USING (reviewer_id) WHERE cases.id IN ({ids}) "
            "ORDER BY cases.id, position",
        )
        named, licensed = _gathered(_named(specialties)), _gathered(_named(states))
        return {
            case_id: (tuple(named.get(case_id, ())), tuple(licensed.get(case_id, ())))
            for case_id in named.keys() | licensed.keys()
        }

    def diagnoses(self) -> Mapping[int, tuple[str, ...]]:
        """The diagnoses of each case."""
        rows = self.select(
            "case_id, name, recognised",
            "case_diagnoses JOIN diagnoses ON diagnoses.id = diagnosis_id WHERE case_id IN ({ids}) "
            "ORDER BY case_id, position",
        )
        return {case_id: tuple(names) for case_id, names in _gathered(_named(rows)).items()}


def _named(rows: Iterable[tuple[Any, ...]]) -> Iterable[tuple[int, str]]:
    """Rows of an owner, a name and whether it is known."""
    return ((owner, named(name, bool(recognised))) for owner, name, recognised in rows)


def _gathered(pairs: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    gathered: dict[int, list[T]] = {}
    for owner, one in pairs:
        gathered.setdefault(owner, []).append(one)
    return gathered
