"""The real Datasette, run on the exported folder and asked over HTTP."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest

from imr_archive.export import export
from imr_archive.export.site import canned_queries
from imr_archive.export.tables import exported_tables

pytestmark = pytest.mark.slow

SECONDS_TO_START = 60
TABLES = [table.name for table in exported_tables()]


@pytest.fixture(scope="module")
def web(archive: Path) -> Iterator[httpx.Client]:
    """A client of `datasette FOLDER`, which listens on a socket in a folder with a short name."""
    short = Path(tempfile.mkdtemp(prefix="imr"))
    folder, address = short / "site", short / "http"
    export(archive, folder, "datasette")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    command = [sys.executable, "-m", "datasette", str(folder), "--uds", str(address)]
    with (short / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=short, stdout=log, stderr=subprocess.STDOUT)
    transport = httpx.HTTPTransport(uds=str(address))
    try:
        _wait(address, server, short / "log")
        with httpx.Client(transport=transport, base_url="http://datasette", timeout=30) as client:
            yield client
    finally:
        server.terminate()
        server.wait(timeout=20)
        after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        shutil.rmtree(short)
    assert after == before


def _wait(address: Path, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end and server.poll() is None:
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(address)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"datasette did not answer:\n{log.read_text()}")


def rows(web: httpx.Client, path: str, **parameters: str) -> list[dict[str, object]]:
    answer = web.get(path, params={"_shape": "array", **parameters})
    answer.raise_for_status()
    return answer.json()


def page(web: httpx.Client, path: str, **parameters: str) -> str:
    answer = web.get(path, params=parameters)
    answer.raise_for_status()
    return unescape(answer.text)


def test_the_home_page_leads_to_search_questions_and_tables(web: httpx.Client) -> None:
    home = page(web, "/")
    assert "<h1>Independent Medical Review decisions</h1>" in home
    assert 'action="/imr/decisions"' in home
    for query in canned_queries():
        assert f'<a href="/imr/{query.name}">{query.title}</a>' in home
    for table in exported_tables():
        assert f'<a href="/imr/{table.name}">{table.name}</a><p>{table.description}</p>' in home
    assert "alembic_version" not in home


def test_the_page_of_the_database_lists_tables_and_queries(web: httpx.Client) -> None:
    text = page(web, "/imr")
    assert "Massage upheld, by the reviewer's specialty" in text
    shown = {table["name"] for table in web.get("/imr.json").json()["tables"] if not table["hidden"]}
    assert shown == set(TABLES) - {"decisions"}
    assert "disputed_items_fts_data" not in text


@pytest.mark.parametrize("table", exported_tables(), ids=lambda table: table.name)
def test_every_table_has_a_page_with_descriptions_of_its_columns(table, web: httpx.Client) -> None:
    text = page(web, f"/imr/{table.name}")
    assert table.description in text
    for column in table.columns:
        assert f"<dt>{column.stored_as}</dt><dd>{column.description}</dd>" in text
    assert "These facets timed out" not in text


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_json_and_csv_too(table: str, web: httpx.Client) -> None:
    answer = web.get(f"/imr/{table}.json").json()
    assert answer["filtered_table_rows_count"] == len(answer["rows"]) > 0
    assert web.get(f"/imr/{table}.csv").status_code == 200


@pytest.mark.parametrize(
    ("table", "words", "found"),
    [
        ("disputed_items", "norco", [5]),
        ("disputed_items", "screens", [5]),
        ("disputed_items", "nonesuch", []),
        ("cases", "ladders", [4]),
        ("decisions", "MRI", [6, 7]),
        ("decisions", "shoulder eased", [1, 2, 3, 4, 9]),
        ("decisions", "nonesuch", []),
        ("decisions", '"unclosed NEAR( park.', []),
    ],
)
def test_search_finds_those_rows_and_no_others(
    table: str, words: str, found: list[int], web: httpx.Client
) -> None:
    key = "item_id" if table == "decisions" else "id"
    assert sorted(row[key] for row in rows(web, f"/imr/{table}.json", _search=words)) == found


def test_decisions_are_the_latest_first_with_facets(web: httpx.Client) -> None:
    answer = web.get("/imr/decisions.json").json()
    dates = [row[answer["columns"].index("decision_date")] for row in answer["rows"]]
    assert dates == sorted(dates, reverse=True)
    facets = {
        name: [(each["value"], each["count"]) for each in facet["results"]]
        for name, facet in answer["facet_results"].items()
    }
    assert facets["outcome"] == [("upheld", 5), ("overturned", 4)]
    assert facets["category"] == [("Rehabilitation", 5), ("Diagnostic Testing", 2), ("Pharmaceuticals", 1)]
    assert facets["year"] == [(2016, 5), (2017, 3), (2018, 1)]
    assert facets["specialties"][0] == ("Chiropractic", 2)


def test_a_facet_leads_to_its_rows(web: httpx.Client) -> None:
    answer = web.get("/imr/decisions.json").json()
    target = next(each for each in answer["facet_results"]["category"]["results"] if each["count"] == 2)
    path = target["toggle_url"].removeprefix("http://datasette")
    narrowed = web.get(path).json()
    assert narrowed["filtered_table_rows_count"] == 2


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/imr/disputed_items", '<a href="/imr/service_types/1">massage therapy</a>'),
        ("/imr/disputed_items", '<a href="/imr/cases/4">CM16-0900004</a>'),
        ("/imr/cases", '<a href="/imr/reviewers/1">Chiropractic (California)</a>'),
        ("/imr/guideline_citations", '<a href="/imr/guidelines/3">ODG Pain</a>'),
        ("/imr/guideline_citations", '<a href="/imr/disputed_items/5">Norco 10/325mg #60</a>'),
        ("/imr/reviewer_specialties", '<a href="/imr/specialties/'),
        ("/imr/letters", '<a href="/imr/cases/1">CM16-0900001</a>'),
        ("/imr/letter_problems", '<a href="/imr/letters/8">nameless.txt</a>'),
    ],
)
def test_foreign_keys_are_shown_by_their_labels(path: str, label: str, web: httpx.Client) -> None:
    assert label in page(web, path)


def test_decisions_lead_to_their_rows_and_outcomes_stand_out(web: httpx.Client) -> None:
    text = page(web, "/imr/decisions")
    assert '<a href="/imr/disputed_items/5">5</a>' in text
    assert '<a href="/imr/cases?case_number=CM16-0900004">CM16-0900004</a>' in text
    assert '<span class="outcome outcome-overturned">overturned</span>' in text
    assert page(web, "/imr/cases", case_number="CM16-0900004").count("A gardener fell") == 1


def test_what_a_letter_says_is_never_markup(web: httpx.Client) -> None:
    text = web.get("/imr/cases").text
    assert "<b>bold</b>" not in text
    assert "&lt;b&gt;bold&lt;/b&gt;" in text


def test_the_text_of_a_letter_is_a_click_away(web: httpx.Client) -> None:
    assert '<a href="/imr/-/letters/1.txt">the letter’s text</a>' in page(web, "/imr/letters")
    answer = web.get("/imr/-/letters/1.txt")
    assert answer.text == "Case Number:\r\nCM16-0900001, “quoted”, a < b & c\nand a last line"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert web.get("/imr/-/letters/999.txt").status_code == 404
    assert web.get("/other/-/letters/1.txt").status_code == 404


def test_sql_can_read_the_text_of_a_letter(web: httpx.Client) -> None:
    sql = "SELECT id FROM letters WHERE letter_text(packed_text) LIKE '%none, “quoted”%'"
    assert rows(web, "/imr.json", sql=sql) == [{"id": 8}]


@pytest.mark.parametrize("query", canned_queries(), ids=lambda query: query.name)
def test_every_canned_query_runs_and_has_rows(query, web: httpx.Client) -> None:
    told = web.get("/-/metadata.json").json()["databases"]["imr"]["queries"][query.name]
    text = page(web, f"/imr/{query.name}")
    assert told["title"] in text
    assert told["description"] in text
    assert [name for name in query.params if f'name="{name}"' not in text] == []
    assert len(rows(web, f"/imr/{query.name}.json")) > 0
    assert web.get(f"/imr/{query.name}.csv").status_code == 200


@pytest.mark.parametrize(
    "typed", ["massage", "knee MRI", "L4-L5", '"unclosed', "*", "NEAR(", "AND", "O'Neil", "%"]
)
def test_any_words_may_be_typed_into_any_form(typed: str, web: httpx.Client) -> None:
    for query in canned_queries():
        for name in query.params:
            assert isinstance(rows(web, f"/imr/{query.name}.json", **{name: typed}), list)


def test_words_in_a_form_narrow_what_is_counted(web: httpx.Client) -> None:
    found = rows(web, "/imr/words_upheld_by_specialty.json", words="knee MRI")
    assert [(row["specialty"], row["items"]) for row in found] == [("Orthopedic Surgery", 1)]
    found = rows(web, "/imr/overturned_decisions_of_a_service.json", service="opioids")
    assert [row["description"] for row in found] == ["Norco 10/325mg #60"]


def test_datasette_runs_with_the_settings_of_the_folder(web: httpx.Client) -> None:
    settings = web.get("/-/settings.json").json()
    assert (settings["default_page_size"], settings["suggest_facets"]) == (50, False)
    assert [each["is_mutable"] for each in web.get("/-/databases.json").json() if each["name"] == "imr"] == [
        False
    ]
    assert "table.rows-and-columns" in web.get("/static/imr.css").text
    assert json.loads(web.get("/-/plugins.json").text)[0]["name"] == "imr_letters.py"
