"""What is kept beside the rows changes no answer: with it and by SQL alone plans find and count the same."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from imr_archive.archive.connection import ArchiveDatabase, open_for_writing
from imr_archive.archive.kept.building import keep_sets
from imr_archive.archive.models import (
    Case,
    CaseDiagnosis,
    CitationPage,
    CitationSection,
    Diagnosis,
    DisputedItem,
    Guideline,
    GuidelineCitation,
    Letter,
    Reviewer,
    ReviewerSpecialty,
    ReviewerState,
    ServiceType,
    Specialty,
)
from imr_archive.query.comparison import compare
from imr_archive.query.dimensions import DIMENSIONS
from imr_archive.query.evaluating import Evaluator
from imr_archive.query.kept import plan_sets
from imr_archive.query.kept.definitions import DEFINITIONS
from imr_archive.query.language.reading import read
from imr_archive.query.language.terms import Term
from imr_archive.query.lift import lift
from imr_archive.query.page_sql import ALIKE, BY_LETTER
from imr_archive.query.plan import Plan
from imr_archive.query.rates import tabulate
from imr_archive.query.search import find, find_letters

CASES = 150
APART = 997
"""Row numbers lie apart, so that the few cases fill several chunks of 65,536 items."""

SERVICES = (
    ("Rehabilitation", "Other Therapies", "massage therapy", "Massage therapy, 6 visits, low back"),
    ("Diagnostic Testing", "Imaging/Radiology", "MRI", "MRI of the lumbar spine"),
    ("Pharmaceuticals", "Opioids", "hydrocodone/acetaminophen", "Norco 10/325mg #60"),
    ("Pharmaceuticals", "Anti-epilepsy drugs", "gabapentin", "Gabapentin 300mg #90"),
    ("Surgery", "Spine", "gabapentin", "Surgery in the name of gabapentin"),
    (None, None, None, "Seat cushion for the left knee"),
)
RATIONALES = (
    "Earlier care brought no functional gains and pain stays.",
    "The chart shows no taper plan for opioids.",
    "Red flags are absent; conservative care was not tried.",
    "Gains at work are measured, so pain relief and massage go on.",
    None,
)
SUMMARIES = (
    "A worker with low back pain after a fall.",
    "Burning pain; massage helped.",
    "Numb hands.",
    None,
)
GUIDELINES = (
    ("MTUS", "Chronic Pain", 2016), ("MTUS", "Low Back Complaints", 2004), ("ODG", "Pain", None),
    ("ODG", "Chronic Pain", 2016), ("other", None, None),
)  # fmt: skip
SECTIONS = ("Opioids", "opioids", "Weaning", "Massage")
PAGES = ("60", "98-99", "8")
SPECIALTIES = ("Pain Management", "Neurology", "Chiropractic")
STATES = ("California", "Texas")
DIAGNOSES = ("lumbar sprain", "neuropathy")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArchiveDatabase]:
    """An archive of made-up decisions, with columns and sets for all of them."""
    path = tmp_path_factory.mktemp("kept") / "imr.db"
    with open_for_writing(path, create=True) as database:
        with database.write() as connection, Session(connection) as session:
            _Filling(session, random.Random(7)).fill()
            session.commit()
        keep_sets(database, DEFINITIONS, thorough=True, fewest_items=0)
        yield database


class _Filling:
    """Fills an archive by chance."""

    def __init__(self, session: Session, chance: random.Random) -> None:
        self._session = session
        self._chance = chance
        self._services = [
            ServiceType(category=category, subcategory=kind, service=service)
            for category, kind, service, _ in SERVICES
            if category
        ]
        self._guidelines = [
            Guideline(
                label=" ".join(str(part) for part in (source, title, year) if part),
                source=source, title=title, year=year, recognised=True,
            )
            for source, title, year in GUIDELINES
        ]  # fmt: skip
        specialties = [Specialty(name=name, recognised=True) for name in SPECIALTIES]
        self._reviewers = [
            Reviewer(
                credentials=f"credentials {number}",
                specialties=[
                    ReviewerSpecialty(specialty=one, position=at)
                    for at, one in enumerate(self._some(specialties), start=1)
                ],
                states=[
                    ReviewerState(state=one, position=at)
                    for at, one in enumerate(self._some(STATES), start=1)
                ],
            )
            for number in range(6)
        ]
        self._diagnoses = [Diagnosis(name=name, recognised=True) for name in DIAGNOSES]

    def fill(self) -> None:
        """Add all the cases."""
        self._session.add_all([*self._services, *self._guidelines, *self._reviewers, *self._diagnoses])
        self._session.flush()
        for number in range(1, CASES + 1):
            self._session.add(self._case(number))

    def _some(self, among):
        return [one for one in among if self._chance.random() < 0.6]

    def _maybe(self, value):
        return value if self._chance.random() < 0.8 else None

    def _case(self, number: int) -> Case:
        day = datetime.date(2014, 1, 1) + datetime.timedelta(days=self._chance.randrange(40) * 40)
        return Case(
            id=number * 3,
            known_by=f"case {number}",
            case_number=f"CM16-{number:07}",
            decision_date=self._maybe(day),
            date_of_injury=self._maybe(day - datetime.timedelta(days=700)),
            patient_age=self._maybe(self._chance.randrange(20, 80)),
            patient_sex=self._maybe(self._chance.choice(["male", "female"])),
            priority=self._maybe(self._chance.choice(["standard", "expedited"])),
            outcome=self._maybe(self._chance.choice(["upheld", "overturned", "partially_overturned"])),
            summary=self._chance.choice(SUMMARIES),
            reviewer=self._maybe(self._chance.choice(self._reviewers)),
            diagnoses=[
                CaseDiagnosis(diagnosis=one, position=at)
                for at, one in enumerate(self._some(self._diagnoses), start=1)
            ],
            letters=[
                Letter(
                    version=1, is_current=True, sha256=f"{number:064x}", part=1, text_sha256=f"{number:064x}",
                    source=f"letter{number % 9}.txt", path="letters", layout="D", parser_version="1",
                    ingested_at=datetime.datetime(2026, 1, 1), packed_text=b"",  # noqa: DTZ001 - stored as UTC
                )
            ],
            items=[self._item(number, place) for place in range(1, self._chance.randrange(1, 4) + 1)],
        )  # fmt: skip

    def _item(self, number: int, place: int) -> DisputedItem:
        category, kind, _, heading = self._chance.choice(SERVICES)
        service = [one for one in self._services if (one.category, one.subcategory) == (category, kind)]
        quantity = self._maybe(float(self._chance.randrange(1, 30)))
        return DisputedItem(
            id=number * APART + place,
            position=place,
            description=heading,
            outcome=self._chance.choice(["upheld", "upheld", "overturned"]),
            service_type=service[0] if service else None,
            rationale=self._chance.choice(RATIONALES),
            reason=self._maybe(self._chance.choice(["no_findings", "criteria_met"])),
            quantity=quantity,
            quantity_unit=quantity and self._chance.choice(["visits", "tablets"]),
            body_part=self._maybe(self._chance.choice(["lumbar spine", "neck, head", "knee, knee"])),
            laterality=self._maybe(self._chance.choice(["left", "right"])),
            ur_action=self._maybe(self._chance.choice(["denied", "modified"])),
            rationale_cluster=self._maybe(self._chance.randrange(1, 9)),
            citations=[self._citation(at) for at in range(1, self._chance.randrange(0, 4) + 1)],
        )

    def _citation(self, position: int) -> GuidelineCitation:
        return GuidelineCitation(
            position=position,
            cited_by=self._chance.choice(["reviewer", "claims_administrator"]),
            raw="as printed",
            guideline=self._chance.choice(self._guidelines),
            sections=[
                CitationSection(position=at, section=one, recognised=True)
                for at, one in enumerate(self._some(SECTIONS), start=1)
            ],
            pages=[CitationPage(position=at, pages=one) for at, one in enumerate(self._some(PAGES), start=1)],
        )


WORDS = (
    "massage", "pain", "norco", "lumbar mri", "opioids", "gabapentin OR massage", "-surgery", "acup*",
    '"low back"', "rationale:opioids", "summary:massage", "item:gabapentin", '"back pain"~6', "care gains",
    '"pain relief"', '-"low back"', 'summary:"back pain"', '"gains at work"', 'item:"the lumbar spine"',
    '"pain stays" OR "taper plan"', "zebra", "norco vs gabapentin", "upheld", "overturned", "why",
    "how often",
)  # fmt: skip
FILTERED = (
    "outcome:upheld", 'specialty:"pain management"', "state:california,Texas", "drug:gabapentin",
    "class:opioids", "category:Pharmaceuticals", "service:GABAPENTIN", "reason:no_findings",
    "year:2015..2016", "decided:2016..", "injured:..2014", "age:40..60", "visits:>6", "quantity:..12",
    "body:neck", "laterality:left", "sex:female", "priority:expedited", 'guideline:"chronic pain"',
    'guideline:"MTUS Chronic Pain 2016"', "source:ODG", "section:Opioids", "page:90..110", "cited-by:both",
    "cited-by:ur", "agrees:yes", "agrees:no", "file:letter3.txt", "case:CM16-0000007", "ur-action:modified",
    "diagnosis:neuropathy", "letter-outcome:upheld", "ur-source:MTUS", "subcategory:Spine",
)  # fmt: skip
EDITS = (
    "UPDATE disputed_items SET outcome = 'overturned' WHERE id % 7 = {n} % 7 AND id % 3 = 0",
    "UPDATE disputed_items SET description = 'Massage of the neck' WHERE id / 997 = {n}",
    "UPDATE disputed_items SET rationale = 'Opioids and pain' WHERE id / 997 = {n}",
    "UPDATE disputed_items SET service_type_id = 1 + {n} % 5, body_part = 'neck' WHERE id / 997 = {n}",
    "UPDATE disputed_items SET quantity = {n}, quantity_unit = 'visits', reason = NULL WHERE id / 997 = {n}",
    "UPDATE disputed_items SET rationale_cluster = 1 + {n} % 9 WHERE id / 997 = {n}",
    "UPDATE cases SET decision_date = '2015-03-0' || (1 + {n} % 9), patient_age = {n} % 9 WHERE id = 3 * {n}",
    "UPDATE cases SET summary = 'Massage after a fall', patient_sex = NULL WHERE id = 3 * {n}",
    "UPDATE cases SET reviewer_id = 1 + {n} % 6 WHERE id = 3 * {n}",
    "DELETE FROM case_diagnoses WHERE case_id = 3 * {n}",
    "UPDATE guideline_citations SET cited_by = 'reviewer' WHERE item_id / 997 = {n}",
    "UPDATE guideline_citations SET guideline_id = 1 + {n} % 5 WHERE item_id / 997 = {n}",
    "UPDATE citation_sections SET section = 'Massage' WHERE position = 1 AND citation_id % 50 = {n} % 50",
    "UPDATE service_types SET service = 'MRI' WHERE id = 1 + {n} % 5",
    "UPDATE guidelines SET title = 'Pain', label = 'label {n}' WHERE id = 1 + {n} % 5",
    "DELETE FROM reviewer_specialties WHERE reviewer_id = 1 + {n} % 6",
    (
        "INSERT INTO disputed_items"
        " (id, case_id, position, description, outcome, rationale, rationale_cluster)"
        " SELECT 500000 + {n}, 3 * {n}, 9, 'Norco again', 'upheld', 'Massage for pain', 3"
    ),
)  # fmt: skip


@st.composite
def questions(draw: st.DrawFn) -> str:
    """A query of a few words and filters, some not, grouped by one dimension or two."""
    words = draw(st.lists(st.sampled_from(WORDS), max_size=2, unique=True))
    filters = draw(st.lists(st.sampled_from(FILTERED), max_size=3, unique=True))
    negated = draw(st.lists(st.booleans(), min_size=len(filters), max_size=len(filters)))
    narrowed = [f"-{one}" if no else one for one, no in zip(filters, negated, strict=True)]
    names = draw(st.lists(st.sampled_from([one.name for one in DIMENSIONS]), max_size=2, unique=True))
    return " ".join([*words, *narrowed, *([f"by {' and '.join(names)}".replace("_", " ")] if names else [])])


edits = st.lists(st.tuples(st.sampled_from(EDITS), st.integers(1, CASES)), max_size=3, unique=True)


@given(question=questions(), changes=edits, read_at_once=st.sampled_from([1, 10_000]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_asked_and_changed_the_answers_are_those_of_sql(
    kept: ArchiveDatabase, question: str, changes: list[tuple[str, int]], read_at_once: int
) -> None:
    """Whether texts are read or the index is asked for all makes no difference either."""
    with kept.engine.connect() as connection, patch.object(plan_sets, "_READ_AT_ONCE", read_at_once):
        for sql, number in changes:
            connection.execute(text(sql.format(n=number)))
        plan = read(question)
        for asked in (plan.as_hits(), plan.as_rates(), *(plan.as_rates().of_arm(arm) for arm in plan.arms)):
            assert _answers(connection, asked, by_sql=False) == _answers(connection, asked, by_sql=True)
        connection.rollback()


def _answers(connection: Connection, plan: Plan, *, by_sql: bool) -> dict[str, object]:
    """Everything that is asked of an evaluator."""
    evaluator = Evaluator(connection, by_sql=by_sql)
    assert (evaluator._sets is None) is by_sql
    found = evaluator.matching(plan)
    some = list(found)[:40]
    terms: set[Term] = {term for group in plan.alternatives for term in group}
    return {
        "items": found,
        "tiers": evaluator.tiers(plan),
        "total": evaluator.total(plan),
        "groups": evaluator.tally(plan) if plan.dimensions else None,
        "alike": evaluator.groups(plan, ALIKE),
        "letters": evaluator.groups(plan, BY_LETTER),
        "values": evaluator.values(plan, [one.name for one in DIMENSIONS]),
        "newest": evaluator.by_date(found, 30, newest=True),
        "oldest": evaluator.by_date(found, 30, newest=False),
        "groups of some": evaluator.groups_of(some, ALIKE),
        "words": [evaluator.having(one, in_heading=where) for one in terms for where in (True, False)],
        "by service": evaluator.by_service(plan) if len(plan.dimensions) == 1 else None,
    }


@pytest.mark.parametrize("collapse", [True, False])
@pytest.mark.parametrize("sort", ["best", "newest", "oldest"])
@pytest.mark.parametrize("question", ["massage", "pain -norco", "specialty:Neurology", "lumbar mri"])
def test_pages_of_hits_are_those_of_sql(
    kept: ArchiveDatabase, question: str, sort: str, collapse: bool
) -> None:
    plan = read(question).as_hits()
    with kept.read() as connection:
        for offset in (0, 15, 400):
            asked = {"limit": 15, "offset": offset, "sort": sort}
            by_sql = Evaluator(connection, by_sql=True)
            one = find(connection, plan, collapse=collapse, **asked)
            assert one == find(connection, plan, collapse=collapse, evaluator=by_sql, **asked)
            assert find_letters(connection, plan, **asked) == find_letters(
                connection, plan, evaluator=by_sql, **asked
            )


@pytest.mark.parametrize(
    "question",
    ["by specialty", "massage by year and category", "source:MTUS by section", "by drug", "norco rate"],
)
def test_the_sql_of_rates_gives_their_rows(kept: ArchiveDatabase, question: str) -> None:
    with kept.read() as connection:
        found = tabulate(connection, read(question).as_rates())
        rows = connection.execute(text(found.sql), found.statement.parameters).all()
        count = len(found.dimensions)
        assert rows
        assert {tuple(row[:count]): tuple(row[count:]) for row in rows} == {
            row.values: (row.items, row.upheld, row.overturned) for row in found.rows
        }


def test_the_sql_of_a_comparison_gives_its_items(kept: ArchiveDatabase) -> None:
    with kept.read() as connection:
        found = compare(connection, read("norco vs gabapentin vs massage").as_rates())
        rows = connection.execute(text(found.sql), found.statement.parameters).all()
        assert len({row.id for row in rows}) == found.total > 0
        assert len(rows) == sum(group.rates.total for group in found.groups)


@pytest.mark.parametrize(
    ("name", "outcome"), [("section", "overturned"), ("specialty", "upheld"), ("reason", "upheld")]
)
def test_the_sql_of_a_lift_gives_its_rows(kept: ArchiveDatabase, name: str, outcome: str) -> None:
    with kept.read() as connection:
        found = lift(connection, read("massage").as_rates(), name, outcome)  # type: ignore[arg-type]
        rows = connection.execute(text(found.statement.sql), found.statement.parameters).all()
        said = {
            row.value: (row.items, row.observed, pytest.approx(row.expected)) for row in rows if row.observed
        }
        assert {row.value: (row.items, row.observed, row.expected) for row in found.rows} == said
        assert {row.asked for row in rows} == {found.total}
