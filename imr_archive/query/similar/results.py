"""What `similar` gives: for each request the nearest decisions, and both outcomes of the same request."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from imr_archive.query.similar.request import Request

UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb]+"
)
"""Characters that a terminal obeys or that turn the direction of a line, and halves of characters."""

SameBy = Literal["service", "subcategory", "heading"]

PAIRED = (
    ("reason", "Reason"),
    ("guidelines", "Reviewer's guideline"),
    ("sections", "Section"),
    ("ur_guidelines", "UR's guideline"),
    ("specialties", "Reviewer"),
    ("diagnoses", "Diagnoses"),
    ("asked_for", "Asked for"),
)
"""By what the two decisions of a pair are set against each other, with its heading."""


def one_line(text: str | None) -> str:
    """A text as it can be shown: on one line, without characters that a terminal would obey."""
    return " ".join(UNPRINTABLE.sub(" ", text or "").split())


class Alike(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that is like the request; the fields up to `specialties` are those of a search's hit.

    likeness: 0 to 1, comparable within one request. agrees: in what it agrees with the request of what the
    parser has read; words: the rarest that both have. excerpt: the sentence that says its reason, else the
    beginning of its rationale. near_duplicates: decisions of other cases with nearly the same rationale that
    are left out because this one stands for them.
    """

    case_number: str | None
    source: str | None
    position: int
    description: str
    outcome: str
    category: str | None
    subcategory: str | None
    service: str | None
    decision_date: str | None
    specialties: tuple[str, ...]
    reason: str | None
    guidelines: tuple[str, ...]
    sections: tuple[str, ...]
    ur_guidelines: tuple[str, ...]
    diagnoses: tuple[str, ...]
    quantity: float | None
    quantity_unit: str | None
    dose: str | None
    body_part: str | None
    laterality: str | None
    likeness: float
    agrees: tuple[str, ...]
    words: tuple[str, ...]
    excerpt: str
    near_duplicates: int

    @property
    def asked_for(self) -> str:
        """How much, how strong and of what part, in one line."""
        return asked_for(self)

    def to_dict(self) -> dict[str, object]:
        """The decision as JSON has it."""
        return _plain(self)


class Pair(msgspec.Struct, frozen=True):
    """An upheld decision and an overturned one on the same request; either may be missing."""

    upheld: Alike | None
    overturned: Alike | None

    @property
    def differs(self) -> tuple[str, ...]:
        """By which names of `PAIRED` the two differ."""
        return tuple(
            name for name, _ in PAIRED if self._value("upheld", name) != self._value("overturned", name)
        )

    @property
    def same(self) -> tuple[str, ...]:
        """In which names of `PAIRED` both say the same."""
        return tuple(
            name for name, _ in PAIRED if name not in self.differs and self._value("upheld", name) is not None
        )

    def _value(self, side: str, name: str) -> object:
        """A side's value, so that it can be compared: letter case and order are none of it."""
        one = getattr(self, side)
        value = getattr(one, name) if one is not None else None
        if isinstance(value, tuple):
            return frozenset(name.casefold() for name in value) or None
        return value or None

    def to_dict(self) -> dict[str, object]:
        """The pair as JSON has it."""
        sides = {"upheld": self.upheld, "overturned": self.overturned}
        return {
            **{name: one.to_dict() if one else None for name, one in sides.items()},
            "differs": list(self.differs) if self.upheld and self.overturned else [],
            "same": list(self.same) if self.upheld and self.overturned else [],
        }


class Contrast(msgspec.Struct, frozen=True):
    """How many of the closest upheld and overturned decisions have one value of a dimension."""

    dimension: str
    value: str
    upheld: int
    overturned: int


class Amount(msgspec.Struct, frozen=True):
    """The median quantity asked for on each side, where both sides say one of that unit."""

    unit: str
    upheld: float
    overturned: float


class Opposites(msgspec.Struct, frozen=True, kw_only=True):
    """Both outcomes of the same request.

    same_by: what makes a request the same (`service`; `subcategory` where one outcome has none on the
    service; `heading`, half of the words of the heading, where the service is unknown), and `named` which.
    upheld, overturned: how many of the closest the contrasts count.
    """

    same_by: SameBy
    named: str
    upheld: int
    overturned: int
    pairs: tuple[Pair, ...]
    contrasts: tuple[Contrast, ...]
    amounts: tuple[Amount, ...]

    def to_dict(self) -> dict[str, object]:
        """Both sides as JSON has them."""
        return {
            "same_by": self.same_by,
            "named": self.named,
            "upheld": self.upheld,
            "overturned": self.overturned,
            "pairs": [pair.to_dict() for pair in self.pairs],
            "contrasts": [_plain(one) for one in self.contrasts],
            "amounts": [_plain(one) for one in self.amounts],
        }


class SimilarTo(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for one request: the nearest decisions, best first, and both outcomes side by side.

    compared: how many decisions were compared in full.
    """

    request: Request
    rows: tuple[Alike, ...]
    opposites: Opposites | None
    compared: int

    def to_dict(self) -> dict[str, object]:
        """The answer as JSON has it."""
        asked = {key: value for key, value in _plain(self.request).items() if key not in _PROSE}
        return {
            "request": asked,
            "rows": [row.to_dict() for row in self.rows],
            "opposites": self.opposites.to_dict() if self.opposites else None,
            "compared": self.compared,
        }


class Similar(msgspec.Struct, frozen=True):
    """The answer for each request of a case, a letter or a pasted text. notes: what was left out, and why."""

    groups: tuple[SimilarTo, ...]
    notes: tuple[str, ...] = ()

    def to_dicts(self) -> list[dict[str, object]]:
        """The answers as JSON has them."""
        return [group.to_dict() for group in self.groups]


_PROSE = {"rationale", "summary", "reason_sentence"}


def _plain(one: msgspec.Struct) -> dict[str, object]:
    """The fields of a struct, tuples as lists."""
    fields = msgspec.structs.asdict(one).items()
    return {key: list(value) if isinstance(value, tuple) else value for key, value in fields}


def asked_for(one: Alike | Request) -> str:
    """Quantity, dose and part of the body in one line; empty where nothing of it is said."""
    amount = f"{one.quantity:g} {one.quantity_unit or ''}".strip() if one.quantity else ""
    part = " ".join(filter(None, (one.laterality, one.body_part)))
    return " · ".join(filter(None, (amount, one.dose, part)))
