"""Values, intervals, changes and groups as people read them: one place, so that a number has one form everywhere.

Digits follow the unit (one decimal for shares and scores, none for NPS and counts); a score whose interval would
round to nothing takes a second one.
"""

from __future__ import annotations

from collections.abc import Sequence

from metrics.answers import Row
from metrics.kpis.metric import Unit
from metrics.strategy.model import KPI, Strategy
from metrics.words import NBSP, Words

DIGITS = {Unit.PERCENT: 1, Unit.POINTS: 0, Unit.SCORE: 1, Unit.HOURS: 1, Unit.MONEY: 0, Unit.COUNT: 0}
NARROW = 0.1
"""Width of a score's interval below which one decimal hides it: 3.0 (3.0–3.0) against a target of 3.0 says nothing."""


def digits_of(unit: Unit, low: float | None = None, high: float | None = None) -> int:
    """Decimals of a figure and of its interval."""
    narrow = unit is Unit.SCORE and low is not None and high is not None and 0 < high - low < NARROW
    return DIGITS[unit] + 1 if narrow else DIGITS[unit]


def row_text(row: Row | None, unit: Unit, w: Words, currency: str = "VND") -> str:
    """The value of a row with the digits its interval carries: 6.6, or 2.95 where the interval is 2.93–2.97."""
    if row is None:
        return "–"
    return value_text(row.value, unit, w, currency, digits_of(unit, row.low, row.high))


def value_text(value: float | None, unit: Unit, w: Words, currency: str = "VND", digits: int | None = None) -> str:
    """32.8%, 26, 6.6, 3.4 hours, ₫58 million; an en dash where there is no value. ``digits``: other than the unit's,
    for counts and scores."""
    if value is None:
        return "–"
    if unit is Unit.PERCENT:
        return w.percent(value)
    if unit is Unit.MONEY:
        return w.money(value, currency, short=True)
    if unit is Unit.HOURS:
        return w("{hours} hours", hours=w.number(value, 1))
    return w.number(value, DIGITS[unit] if digits is None else digits)


def value_parts(
    row: Row | None, unit: Unit, w: Words, top: int | None = None, currency: str = "VND"
) -> tuple[str, str]:
    """The value of a row for a card: the figure and its small unit, for example ("6.6", "of 10")."""
    if row is None or row.value is None:
        return "–", ""
    digits, value = digits_of(unit, row.low, row.high), row.value
    return _parts(value, unit, w, top, currency, digits)


def _parts(value: float, unit: Unit, w: Words, top: int | None, currency: str, digits: int) -> tuple[str, str]:
    if unit is Unit.PERCENT:
        return w.number(value, 1), "%"
    if unit is Unit.HOURS:
        return w.number(value, 1), NBSP + w("hours")
    if unit is Unit.SCORE and top is not None:
        return w.number(value, digits), w(" of {top}", top=top)
    if unit is Unit.MONEY and abs(value) >= 1e6:
        scale, en, vi = _money_scale(value)
        sign = {"VND": "₫"}.get(currency, currency)
        figure = w.number(value / scale, 0 if abs(value / scale) >= 100 else 1)
        return (figure, f"{NBSP}{vi}{NBSP}{sign}") if w.lang == "vi" else (sign + figure, en)
    return value_text(value, unit, w, currency, digits), ""


def target_text(value: float, unit: Unit, w: Words, currency: str = "VND") -> str:
    """A target, short: a declared round figure keeps no empty decimals (92%, 91.3%, 8.5, ₫650M)."""
    if unit in (Unit.PERCENT, Unit.SCORE, Unit.HOURS) and abs(value - round(value)) < 0.05:
        return w.number(value) + ("%" if unit is Unit.PERCENT else "")
    if unit in (Unit.SCORE, Unit.HOURS):
        return w.number(value, 1)
    return "".join(_parts(value, unit, w, None, currency, DIGITS[unit]))


def span_text(low: float | None, high: float | None, unit: Unit, w: Words) -> str:
    """An interval without its unit: 31.5–34.2; empty where there is none. Money in the millions or billions of its
    upper end, as the value beside it says them."""
    if low is None or high is None:
        return ""
    if unit is Unit.MONEY and abs(high) >= 1e6:
        scale = _money_scale(high)[0]
        return w.span(low / scale, high / scale, 0 if abs(high / scale) >= 100 else 1)
    return w.span(low, high, digits_of(unit, low, high))


def money_text(value: float, w: Words, currency: str = "VND") -> str:
    """Money with the three digits that fitted figures carry: ₫1.18 million, ₫57,400."""
    scale = _three(value)
    if scale == 1:
        return w.money(_rounded(value, value), currency)
    figure = w.number(value / scale, _places(value / scale))
    sign = {"VND": "₫"}.get(currency, currency)
    if w.lang == "vi":
        return f"{figure}{NBSP}{'tỷ' if scale == 1e9 else 'triệu'}{NBSP}{sign}"
    return f"{sign}{figure}{NBSP}{'billion' if scale == 1e9 else 'million'}"


def money_span(low: float, high: float, value: float, w: Words) -> str:
    """An interval of money in the scale and digits in which ``money_text`` says ``value``: 1.15–1.22."""
    scale = _three(value)
    if scale == 1:
        return w.span(_rounded(low, value), _rounded(high, value), 0)
    return w.span(low / scale, high / scale, _places(value / scale))


def _three(value: float) -> float:
    return 1e9 if abs(value) >= 1e9 else 1e6 if abs(value) >= 1e6 else 1.0


def _places(scaled: float) -> int:
    return 2 if abs(scaled) < 10 else 1 if abs(scaled) < 100 else 0


def _rounded(value: float, like: float) -> float:
    """To the last of the three digits of ``like``."""
    step = 10.0 ** max(len(str(int(abs(like)))) - 3, 0)
    return round(value / step) * step


def _money_scale(value: float) -> tuple[float, str, str]:
    return (1e9, "bn", "tỷ") if abs(value) >= 1e9 else (1e6, "M", "tr")


def change_text(
    change: float, unit: Unit, w: Words, currency: str = "VND", signed: bool = True, digits: int | None = None
) -> str:
    """A difference with its unit: −3.2 points (of a percentage), +5 points (of NPS), −0.4, +₫58 million."""
    if not signed:
        change = abs(change)
    digits = DIGITS[unit] if digits is None else digits
    figure = w.signed(change, digits) if signed else w.number(change, digits)
    if unit is Unit.PERCENT:
        return w("{change} points", change=figure)
    if unit is Unit.POINTS:
        return w("{change} NPS points", change=figure)
    if unit is Unit.HOURS:
        return w("{hours} hours", hours=figure)
    if unit is Unit.MONEY:
        text = w.money(change, currency, short=True)
        return "+" + text if signed and change > 0 else text
    return figure


def scale_top(strategy: Strategy, kpi: KPI) -> int | None:
    """The highest answer of the question behind a KPI, None when it has no question."""
    id = kpi.of.get("question")
    return next((q.scale[1] for q in strategy.questions if q.id == id), None)


def value_name(strategy: Strategy, dimension: str, value: str, w: Words) -> str:
    """The declared name of one value of a dimension."""
    if value == "other":
        return w("Other")
    named = dict(strategy.values(dimension)).get(value)
    if named is None:
        return value
    if named.en == value:
        return _condition(dimension, value, w) or value
    return named(w.lang)


def values_name(strategy: Strategy, dimension: str, values: Sequence[str], w: Words) -> str:
    """The values of one dimension that stand together in a cell: "Website and Facebook"."""
    return join_names([value_name(strategy, dimension, v, w) for v in values], w)


def group_name(strategy: Strategy, dims: Sequence[tuple[str, Sequence[str]]], w: Words) -> str:
    """A cell by its declared names: "Central", "Website and Facebook", "Hotline · Households". () is everyone.

    A dimension that is not split, because all its values stand in the cell, is left out."""
    parts = []
    for dimension, values in dims:
        declared = {v for v, _ in strategy.values(dimension)}
        if declared and declared <= set(values):
            continue
        parts.append(values_name(strategy, dimension, values, w))
    return " · ".join(parts) if parts else w("All together")


def join_names(names: Sequence[str], w: Words) -> str:
    """a, b and c."""
    if len(names) < 2:
        return "".join(names)
    return w("{some} and {last}", some=", ".join(names[:-1]), last=names[-1])


def dimension_name(strategy: Strategy, dimension: str, w: Words) -> str:
    """The declared name of a dimension, or the name this product gives it."""
    declared = next((d.name for d in strategy.dimensions if d.id == dimension), None)
    if declared:
        return declared(w.lang)
    given = {
        "stage": w("Journey stage"),
        "touchpoint": w("Touchpoint"),
        "channel": w("Channel"),
        "segment": w("Customer segment"),
        "product": w("Product group"),
        "region": w("Customer region"),
        "language": w("Language"),
        "topic": w("Topic"),
        "promise": w("Delivery promise"),
        "installation": w("Installation promise"),
        "complaint": w("Complaint outcome"),
        "waited": w("Wait for a reply"),
    }
    return given.get(dimension, dimension)


def _condition(dimension: str, value: str, w: Words) -> str | None:
    """Names of condition values, which a strategy need not declare."""
    given = {
        ("promise", "kept"): w("Delivered on time"),
        ("promise", "late"): w("Delivered late"),
        ("promise", "never"): w("Promised, not delivered"),
        ("installation", "kept"): w("Installed on time"),
        ("installation", "late"): w("Installed late"),
        ("installation", "never"): w("Promised, not installed"),
        ("complaint", "none"): w("No complaint"),
        ("complaint", "fast"): w("Closed within a day"),
        ("complaint", "slow"): w("Took longer than a day"),
        ("complaint", "reopened"): w("Had to be reopened"),
        ("waited", "within"): w("Answered in time"),
        ("waited", "over"): w("Waited too long"),
    }
    return given.get((dimension, value))


def about_text(count: float, w: Words) -> str:
    """Rows behind a fitted result, which a release tells roughly."""
    return w("about {count}", count=w.number(count))
