"""Dates as the letters print them."""

from __future__ import annotations

import datetime
import re

from imr_archive.vocabulary.remembered import remembered

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH_NAME = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
FIGURE = "[0-9OoIlSs]"
DATE_PATTERN = (
    rf"(?:{FIGURE}{{1,2}}\s?[/.-]\s?{FIGURE}{{1,2}}\s?[/.-]\s?(?:{FIGURE}{{4}}|{FIGURE}{{2}})(?![0-9])"
    r"|(?:18|19|20)\d\d-\d\d?-\d\d?(?!\d)"
    rf"|{MONTH_NAME}\s{{1,3}}\d{{1,2}}(?:st|nd|rd|th)?\s?,?\s{{1,3}}\d{{4}})"
)
"""Month first, as everywhere in the state's letters: 9/26/2013, 09-26-2013, 9/26/13, September 26, 2013; also
2013-09-26. In figures the letters O, I, l and S are read as 0, 1 and 5, which is how OCR misreads them."""

FIGURES = str.maketrans("OoIiLlSs\u0130\u0131\u017f", "00111155115")
"""Where letter case is ignored, FIGURE also takes `i` and `L`, and the forms of i and s that fold to them."""

PARTS = re.compile(r"\d+")
EARLIEST, LATEST = 1900, 2099


@remembered(4096)
def read_date(printed: str) -> datetime.date | None:
    """The date that `printed` (a match of DATE_PATTERN) names; None where there is no such day."""
    if (
        len(printed) == 10
        and printed[2] == printed[5] == "/"
        and (figures := printed.replace("/", "")).isdecimal()
    ):
        return _date(int(figures[4:]), int(figures[:2]), int(figures[2:4]))
    month_name = printed[:3].lower()
    if month_name in MONTHS:
        day, year = (int(part) for part in PARTS.findall(printed)[:2])
        month = MONTHS.index(month_name) + 1
    else:
        first, second, third = (int(part) for part in PARTS.findall(printed.translate(FIGURES))[:3])
        year, month, day = (first, second, third) if first > 31 else (third, first, second)
    if year < 100:
        year += 1900 if year > 68 else 2000
    return _date(year, month, day)


def _date(year: int, month: int, day: int) -> datetime.date | None:
    """The day, where there is one and the year is plausible."""
    if not EARLIEST <= year <= LATEST:
        return None
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None
