"""Lines of text out of blocks and tables, for formats that describe structure and not lines."""

from __future__ import annotations

CELL_BREAK = "\t"
PAGE_BREAK = "\f"

# A label or a value that its cell wraps is one line; a longer cell keeps its lines.
_ONE_LINE_CELL = 120

# Real tables nest a few deep; beyond this a table is read as blocks, so that the work of carrying
# lines from each table to the one around it stays bounded.
_DEEPEST_TABLE = 16


class LineWriter:
    """Collects runs of text into lines; tables, which may be nested, into one line a row."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._tables: list[_Table] = []
        self._deeper = 0
        self.characters = 0
        """Characters written so far, so that the caller can stop at its limit."""

    def text(self, run: str) -> None:
        """Adds to the line as it is."""
        self._line.append(run)
        self.characters += len(run)

    def flowing(self, run: str) -> None:
        """Adds to the line with white space folded, as HTML shows running text."""
        run = _with_single_spaces(run)
        if run[:1] == " " and (not self._line or self._line[-1].endswith((" ", PAGE_BREAK))):
            run = run[1:]
        if run:
            self.text(run)

    def preformatted(self, run: str) -> None:
        """Adds text that has line breaks of its own."""
        first, *others = run.replace("\r\n", "\n").split("\n")
        if first:
            self.text(first)
        for line in others:
            self.new_line()
            if line:
                self.text(line)

    def new_line(self) -> None:
        """Ends the line, even an empty one: a line break that was written as such."""
        self._lines.append("".join(self._line).rstrip(" "))
        self._line.clear()

    def end_line(self) -> None:
        """Ends the line if there is anything on it: where a block begins or ends."""
        if self._line:
            self.new_line()

    def page_break(self) -> None:
        """Ends the line if there is anything on it; the next begins with a form feed."""
        self.end_line()
        self._line.append(PAGE_BREAK)

    def begin_table(self) -> None:
        """What follows stands in a table, until `end_table`."""
        self.end_line()
        if len(self._tables) == _DEEPEST_TABLE:
            self._deeper += 1
        else:
            self._tables.append(_Table(self._lines))
            self._lines = []

    def end_cell(self) -> None:
        """What was written since the row's last cell is one more cell of it."""
        self.end_line()
        if self._tables and not self._deeper:
            self._tables[-1].row.append(self._lines)
            self._lines = []

    def end_row(self) -> None:
        """The cells since the last row are a row; text outside of cells goes before it."""
        self.end_line()
        if self._tables and not self._deeper:
            table = self._tables[-1]
            table.lines += self._lines
            table.lines += row_lines(table.row)
            self._lines, table.row = [], []

    def end_table(self) -> None:
        """Writing goes on where it was before the table."""
        self.end_row()
        if self._deeper:
            self._deeper -= 1
        elif self._tables:
            self._lines = self._tables.pop().lines

    def finish(self) -> str:
        """All lines, parted by LF, without the blank ones around them."""
        while self._tables:
            self.end_table()
        self.end_line()
        return "\n".join(self._lines).strip("\n")


def _with_single_spaces(run: str) -> str:
    """The run with one space for each stretch of ASCII white space: HTML's, of which U+00A0 is none.

    Plain replacements, of which most find nothing, take a fifth of the time of a pattern.
    """
    run = run.replace("\n", " ").replace("\t", " ").replace("\r", " ").replace("\f", " ")
    while "  " in run:
        run = run.replace("  ", " ")
    return run


class _Table:
    """An open table: the lines before its current row, and that row's cells so far."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.row: list[list[str]] = []


def row_lines(cells: list[list[str]]) -> list[str]:
    """A row of a table as lines, with a tab between its cells; empty cells are left out.

    A lone cell stays as it is: it may hold the whole page. Cells of as many lines each stand side
    by side, as a column of labels and one of values do that share a row. Else a cell that wraps a
    short text becomes one line.
    """
    filled = [cell for cell in map(_without_blank_ends, cells) if cell]
    if len(filled) <= 1:
        return filled[0] if filled else []
    if len({len(cell) for cell in filled}) == 1:
        return [CELL_BREAK.join(line.strip() for line in lines) for lines in zip(*filled, strict=True)]
    return CELL_BREAK.join(_folded(cell) for cell in filled).split("\n")


def _without_blank_ends(cell: list[str]) -> list[str]:
    filled = [at for at, line in enumerate(cell) if line.strip()]
    return cell[filled[0] : filled[-1] + 1] if filled else []


def _folded(cell: list[str]) -> str:
    lines = [line.strip() for line in cell]
    short = sum(map(len, lines)) <= _ONE_LINE_CELL
    return " ".join(filter(None, lines)) if short else "\n".join(lines)
