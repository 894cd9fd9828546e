"""An installed copy, without the checkout, creates an archive and answers from it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> str:
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "IMR_", "HATCH_"))
    }
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_carries_migrations_vocabulary_and_types_but_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "imr_archive/_migrations/env.py" in names
    assert any(name.startswith("imr_archive/_migrations/versions/0001") for name in names)
    assert any(name.startswith("imr_archive/vocabulary/data/") for name in names)
    assert "imr_archive/py.typed" in names
    assert not [name for name in names if name.startswith(("tests/", "data/", "migrations/"))]


def test_the_wheel_is_pure_python_unless_asked_otherwise(wheel: Path) -> None:
    assert wheel.name.endswith("-py3-none-any.whl")


def test_an_installed_copy_ingests_and_answers(wheel: Path, tmp_path: Path, sample_letters: Path) -> None:
    home = tmp_path / "home"
    venv.create(home / "env", with_pip=True)
    bin_folder = home / "env" / ("Scripts" if os.name == "nt" else "bin")
    pip = [bin_folder / "python", "-m", "pip", "--quiet", "--disable-pip-version-check"]
    run(*pip, "install", wheel, cwd=home)
    command = bin_folder / "imr-archive"
    run(command, "ingest", sample_letters, cwd=home)
    answer = json.loads(run(command, "query", "massage upheld by specialty", "--json", cwd=home))
    assert answer["query"] == "massage upheld by specialty"
    assert sum(row["items"] for row in answer["rows"]) >= answer["total"] >= 12
    assert {"specialty", "items", "upheld", "overturned", "uphold_rate"} <= answer["rows"][0].keys()
