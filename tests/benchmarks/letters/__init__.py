"""A generator of fictional determination letters, each with its known truth.

    from letters import generate

    made = generate(seed=1, index=0)
    made.text, made.data, made.truth

Letter i of a seed is the same whether it is made alone or in a run, so that workers can share a run. Nothing
in the letters is real: workers, claims, case numbers and every sentence are made up; what guidelines and
reviewers say, and how often they decide what, is fiction shaped like published figures.
"""

from __future__ import annotations

import sys
from pathlib import Path

TESTS = str(Path(__file__).resolve().parents[2])
if TESTS not in sys.path:  # letter_forms, which sets the letters, stands there
    sys.path.append(TESTS)

from .generator import Generated, generate  # noqa: E402

__all__ = ["Generated", "generate"]
