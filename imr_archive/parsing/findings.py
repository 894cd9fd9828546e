"""Where values came from and what was wrong, gathered while a letter is read."""

from __future__ import annotations

from imr_archive.parsing.problems import SENTENCES
from imr_archive.parsing.record import Finding, Problem, Span


class Notes:
    """The findings and problems of one letter, in the order in which they were met.

    offset: where the letter begins in the text given to the parser, from which all spans count.
    """

    __slots__ = ("findings", "offset", "problems")

    def __init__(self, offset: int = 0) -> None:
        self.offset = offset
        self.findings: list[Finding] = []
        self.problems: list[Problem] = []

    def found(
        self,
        field: str,
        start: int,
        end: int,
        rule: str,
        raw: str | None = None,
        recognised: bool = True,
        certain: bool = True,
    ) -> None:
        """Notes that `field` was read from `text[start:end]` by `rule`."""
        span = Span(start + self.offset, end + self.offset)
        self.findings.append(Finding(field, span, rule, raw, recognised, certain))

    def met(self, code: str, field: str | None = None, span: Span | None = None, **facts: object) -> None:
        """Notes the problem of that code, its sentence filled with `facts`."""
        self.problems.append(Problem(code, SENTENCES[code].format(**facts), field, span))

    def span(self, start: int, end: int) -> Span:
        """The letter's `text[start:end]` as a span of the text given to the parser."""
        return Span(start + self.offset, end + self.offset)
