"""Formats of a workbook: cells hold numbers, and number formats print them with their letters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from cxsurvey.display.book.grid import Cell, Line
from cxsurvey.display.style import LEADERS, SLATE

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

FONT: Final = "Calibri"
RULE: Final = "#C3CCD4"
MADE_UP: Final = "#A8501C"
MINUS: Final = "−"
LESS_THAN_ONE: Final = 0.005
MOST_FORMATS: Final = 190  # of numbers; programs mend a workbook that has more than about 200

_STYLES: Final[dict[str, dict[str, Any]]] = {
    "title": {"font_size": 16, "bold": True, "font_color": LEADERS.text},
    "heading": {"font_size": 13, "bold": True, "font_color": LEADERS.text},
    "text": {"text_wrap": True, "valign": "top"},
    "quiet": {"font_color": SLATE.text, "font_size": 10},
    "note": {"font_color": SLATE.text, "font_size": 9},
    "made_up": {"bold": True, "font_color": MADE_UP},
    "link": {"font_color": LEADERS.text, "underline": 1, "valign": "top", "text_wrap": True},
    "head": {
        "bold": True, "align": "center", "valign": "bottom", "text_wrap": True, "bottom": 1,
        "bottom_color": RULE,
    },
    "letter": {"bold": True, "align": "center", "font_color": LEADERS.text, "bottom": 1, "bottom_color": RULE},
    "column": {"bold": True, "bottom": 1, "bottom_color": RULE, "text_wrap": True, "valign": "bottom"},
    "label": {"text_wrap": True, "align": "left", "valign": "bottom"},
    "label_base": {"font_color": SLATE.text, "font_size": 9},
    "label_missing": {"font_color": SLATE.text, "font_size": 9},
    "label_summary": {"bold": True, "text_wrap": True, "align": "left"},
    "label_minor": {"font_color": SLATE.text, "indent": 1},
    "count": {"num_format": "#,##0", "valign": "top"},
    "marks": {
        "font_color": LEADERS.text, "font_size": 9, "align": "left", "valign": "bottom", "text_wrap": True
    },
    "text_cell": {"num_format": "@"},
}  # fmt: skip


@dataclass(slots=True)
class Formats:
    """The formats of one workbook, each made when it is first used.

    Attributes
    ----------
    workbook : xlsxwriter.Workbook
    """

    workbook: Workbook
    _made: dict[tuple[str, str, str], Format] = field(default_factory=dict)

    def style(self, name: str) -> Format:
        """A format of words: ``title``, ``note``, ``head`` and so on."""
        return self._format(name, "", "")

    def number(self, line: Line, cell: Cell, *, marked: bool) -> Format:
        """The format of a number of this line, with its letters after it or without."""
        return self._format(_style_of(line), number_format(line, cell, marked=marked), "right")

    def mark(self, line: Line) -> Format:
        """The format of a mark that stands for a number."""
        return self._format(_style_of(line), "@", "right")

    def label(self, line: Line) -> Format:
        """The format of the label of a line."""
        name = "minor" if line.minor else line.kind
        return self.style("label" if name == "answer" else f"label_{name}")

    def _format(self, name: str, numbers: str, align: str) -> Format:
        key = (name, numbers, align)
        if key not in self._made:
            looks = {"font_name": FONT, "font_size": 11, **_STYLES[name]}
            looks |= {"num_format": numbers} if numbers else {}
            looks |= {"align": align, "valign": "bottom", "indent": 0} if align else {}
            self._made[key] = self.workbook.add_format(looks)
        return self._made[key]


def _style_of(line: Line) -> str:
    name = "minor" if line.minor else line.kind
    return "label" if name == "answer" else f"label_{name}"


def number_formats(written: Iterable[Sequence[Line]]) -> int:
    """Count the number formats that tables need with letters beside their numbers.

    Parameters
    ----------
    written : iterable of sequence of Line

    Returns
    -------
    int
    """
    return len({number_format(line, cell) for lines in written for line in lines for cell in line.cells})


def number_format(line: Line, cell: Cell, *, marked: bool = True) -> str:
    """Write the number format of a cell, its letters after the number.

    Parameters
    ----------
    line : Line
    cell : Cell
    marked : bool
        Print its letters.

    Returns
    -------
    str
        Spreadsheets round halves away from zero, as the house does.

    Examples
    --------
    >>> from cxsurvey.display.book.grid import Cell, Line
    >>> number_format(Line("Yes", "answer", "percent", ()), Cell(0.25, "25%", "B"))
    '[=0]0%" B";[<0.005]"<1% B";0%" B"'
    """
    marks = cell.marks.replace('"', "") if marked else ""
    tail = f'" {marks}"' if marks else ""
    if line.unit == "percent":
        small = f'"<1% {marks}"' if marks else '"<1%"'
        return f"[=0]0%{tail};[<{LESS_THAN_ONE}]{small};0%{tail}"
    if line.unit not in {"nps", "score"}:
        return f"#,##0{tail}"
    digits = f"0.{'0' * line.decimals}" if line.decimals and line.unit == "score" else "0"
    plus = "+" if line.unit == "nps" and cell.text != "0" else ""
    zero = cell.value is not None and cell.value < 0 and MINUS not in cell.text  # prints as 0, without a sign
    minus = "" if zero else f'"{MINUS}"'
    return f"{plus}{digits}{tail};{minus}{digits}{tail};{digits}{tail}"
