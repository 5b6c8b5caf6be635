"""The cell rule, written a second time from the design alone: who must stand behind one published number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from metrics.periods import months_of
from tests.attacks.captured import Said

UNKNOWN = "?"


def behind(said: Said, rows: pd.DataFrame, counts: np.ndarray) -> pd.DataFrame:
    """Rows that a published group names, of those its metric counts."""
    inside = np.array(counts)
    for dimension, values in (("month", months_of(said.period)), *said.dims):
        if values:
            inside &= rows[dimension].isin(values).to_numpy()
    return rows[inside]


def broken(rows: pd.DataFrame) -> str | None:
    """What is wrong with a number about these rows (``who``: set of staff, {?} or None; ``customer``), or None."""
    return staff_broken(rows["who"]) or customers_broken(rows["customer"])


def staff_broken(who: Iterable[frozenset[str] | None]) -> str | None:
    """At least 5 known staff, the busiest with at most 40 % of the handled rows, the two busiest with at most 75 %;
    unknown staff are one more person who handled all unknown rows and add nobody to the five."""
    handled = [staff for staff in who if staff is not None and isinstance(staff, frozenset)]
    if not handled:
        return None
    count = Counter(person for staff in handled for person in staff)
    first, second = ([n for _, n in count.most_common(2)] + [0, 0])[:2]
    known = len(set(count) - {UNKNOWN})
    if known < 5:
        return f"{known} known staff"
    if first > 0.4 * len(handled) + 1e-9:
        return f"one person has {first} of {len(handled)} rows"
    if first + second > 0.75 * len(handled) + 1e-9:
        return f"two people have {first + second} of {len(handled)} rows"
    return None


def customers_broken(customers: Sequence[object] | pd.Series) -> str | None:
    """At least 10 customers, the largest with at most half; an unknown customer counts as one of its own."""
    texts = [c if isinstance(c, str) else "" for c in customers]
    count = Counter(c or f"unknown {i}" for i, c in enumerate(texts))
    if len(count) < 10:
        return f"{len(count)} customers"
    largest = count.most_common(1)[0][1]
    return f"one customer has {largest} of {len(texts)} rows" if largest > 0.5 * len(texts) + 1e-9 else None


def faults(said: Iterable[Said], rows: pd.DataFrame, counts: Mapping[str, np.ndarray]) -> list[str]:
    """Published numbers that break the cell rule on their own denominator, or say one result of every row."""
    found = []
    for s in said:
        here = behind(s, rows, counts[s.metric])
        assert len(here) == s.sums["n"], f"{s}: {len(here)} rows stand behind it, n says {s.sums['n']:g}"
        if why := broken(here):
            found.append(f"{s}: {why}")
        bounded = {"satisfied", "complaints", "within", "resolved", "answered", "promoters", "detractors"}
        for measure in bounded & set(s.sums):
            same = s.sums[measure] == s.sums["n"]
            if same or (s.sums[measure] == 0 and measure not in ("promoters", "detractors")):
                found.append(f"{s}: every row has the same {measure}")
    return found
