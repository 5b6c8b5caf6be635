"""Periods as the release spells them: 2025-03, 2025-Q1, 2025-H1, 2025 and all. Months are YYYY-MM."""

from __future__ import annotations

from datetime import date, timedelta

WAVE = "all"


def month_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def block_of(month: str, grain: str) -> str:
    """The block of a month for a grain month | quarter | half | year | wave."""
    year, number = month.split("-")
    part = int(number)
    if grain == "month":
        return month
    if grain == "quarter":
        return f"{year}-Q{(part + 2) // 3}"
    if grain == "half":
        return f"{year}-H{(part + 5) // 6}"
    if grain == "year":
        return year
    if grain == "wave":
        return WAVE
    raise ValueError("grain is one of month, quarter, half, year, wave")


def months_of(period: str) -> tuple[str, ...]:
    """Months of a period in order; () for 'all'. Raises ValueError for anything that is not a period."""
    if period == WAVE:
        return ()
    year, _, part = period.partition("-")
    # isdigit alone takes digits of other scripts, which sort after all ours
    if not period.isascii() or len(year) != 4 or not year.isdigit():
        raise ValueError("not a period")
    if not part:
        first, count = 1, 12
    elif part in ("Q1", "Q2", "Q3", "Q4"):
        first, count = 3 * int(part[1]) - 2, 3
    elif part in ("H1", "H2"):
        first, count = 6 * int(part[1]) - 5, 6
    elif len(part) == 2 and part.isdigit() and 1 <= int(part) <= 12:
        first, count = int(part), 1
    else:
        raise ValueError("not a period")
    return tuple(f"{year}-{m:02d}" for m in range(first, first + count))


def last_day(period: str) -> date:
    """Last day of a period other than 'all'."""
    year, month = (int(x) for x in months_of(period)[-1].split("-"))
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def first_day(period: str) -> date:
    year, month = (int(x) for x in months_of(period)[0].split("-"))
    return date(year, month, 1)


def within(period: str, start: str | None, end: str | None) -> bool:
    """Whether the whole period lies between two months, both included. 'all' does only when neither is given."""
    if period == WAVE:
        return start is None and end is None
    months = months_of(period)
    return (start is None or months[0] >= start) and (end is None or months[-1] <= end)


def year_before(period: str) -> str:
    """The same period one year earlier; 'all' has none (ValueError)."""
    if period == WAVE:
        raise ValueError("the whole period has no year before")
    return f"{int(period[:4]) - 1:04d}{period[4:]}"
