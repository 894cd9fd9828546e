"""What the compiled build takes in can be compiled without changing what it does; nothing is built here.

mypyc makes classes of no native kind, as msgspec's structs are, without their class keywords and with less
than their annotations say. `make test-compiled` builds it and runs the parser's tests against it.
"""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
HOOK = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]["mypyc"]
DECODED = {"Strict", "Struct"}
"""Bases of structs that msgspec decodes, or that would not be frozen as those of `Value` are."""


def matching(patterns: list[str]) -> set[str]:
    """The modules that the patterns name: from the root where they begin with a stroke, else anywhere."""
    found = (
        ROOT.glob(pattern[1:]) if pattern.startswith("/") else (ROOT / "imr_archive").rglob(pattern)
        for pattern in patterns
    )
    return {path.relative_to(ROOT).as_posix() for paths in found for path in paths}


COMPILED = sorted(matching(HOOK["include"]) - matching(HOOK["exclude"]))


def name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def classes(file: str) -> list[ast.ClassDef]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def test_a_plain_build_compiles_nothing():
    assert HOOK["enable-by-default"] is False


def test_the_parser_is_compiled_but_for_what_is_left_out_by_name():
    left_out = {file.removeprefix("imr_archive/") for file in matching(HOOK["include"]) - set(COMPILED)}
    assert left_out == {
        "parsing/__init__.py",
        "parsing/explaining.py",
        "parsing/record.py",
        "vocabulary/__init__.py",
        "vocabulary/loader.py",
        "vocabulary/schema.py",
        "vocabulary/values.py",
    }


@pytest.mark.parametrize("pattern", HOOK["include"] + HOOK["exclude"])
def test_every_pattern_names_modules_that_are_there(pattern):
    assert matching([pattern])


@pytest.mark.parametrize("file", COMPILED)
def test_no_compiled_class_has_class_keywords_or_is_decoded_from_data(file):
    keywords = [one.name for one in classes(file) if one.keywords]
    decoded = [one.name for one in classes(file) if DECODED & {name_of(base) for base in one.bases}]
    assert (keywords, decoded) == ([], [])


@pytest.mark.parametrize("file", COMPILED)
def test_no_compiled_comparison_spreads_a_collection(file):
    """`x in ("a", *OTHERS)` ends mypyc with an assertion; a named frozenset is quicker besides."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    spread = [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        for right in node.comparators
        if isinstance(right, ast.Tuple | ast.List | ast.Set)
        and any(isinstance(element, ast.Starred) for element in right.elts)
    ]
    assert spread == []
