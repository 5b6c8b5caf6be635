"""Values that stand for staff inside allowed dimensions: found, counted, never printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from metrics.build.facts.values import fold, spellings
from metrics.errors import DataError
from metrics.sources.canonical import TABLES
from metrics.strategy.model import JOURNEY_DIMENSIONS, Strategy
from metrics.strategy.staff_shaped import known_staff, names_staff, staff_shaped
from metrics.strategy.yaml import read_yaml

#: Different texts of one column that are looked at, the frequent ones first.
LOOKED_AT = 20_000


def shaped_rows(engine: Any, strategy: Strategy, staff: Collection[str]) -> dict[str, int]:
    """Dimension -> rows of the sources whose text reads like staff, or names a member of staff (``staff``: their ids).

    No declared value matches such a text, so these rows count as ``other`` already; a declared one stops the build
    (``refuse_declared``, rule V012)."""
    known = known_staff(staff)
    found: Counter[str] = Counter()
    for table in TABLES:
        for column in (c.name for c in table.columns if c.type == "text" and c.name in JOURNEY_DIMENSIONS):
            declared = spellings(strategy, column)
            texts = engine.query(
                f'SELECT "{column}" AS text, count(*) AS n FROM src_{table.name} WHERE "{column}" IS NOT NULL'
                f" GROUP BY 1 ORDER BY n DESC, text LIMIT {LOOKED_AT}"
            ).to_pylist()
            for row in texts:
                text = row["text"]
                if fold(text) not in declared and (
                    staff_shaped(text, place=column == "region") or names_staff(text, known)
                ):
                    found[column] += row["n"]
    return dict(found)


def refuse_declared(strategy: Strategy, path: Path, staff: Collection[str]) -> None:
    """Raise DataError, without the name, if a value that the strategy declares is the name or id of a member of staff
    in the sources; ``path`` is the strategy file, for the place."""
    known = known_staff(staff)
    for at, texts in _declared(strategy):
        if any(names_staff(text, known) for text in texts):
            _, places, _ = read_yaml(path.read_text(encoding="utf-8-sig"), str(path))
            raise DataError(
                "A declared value is also the name or id of a member of staff in the sources.",
                places(at),
                "Take it out; if nobody has that name, list the word under 'blank' where the staff column is mapped.",
            )


def _declared(strategy: Strategy) -> Iterator[tuple[tuple[str | int, ...], tuple[str, ...]]]:
    """Path in the file and all texts of each value that rows can be cut by."""
    for i, dimension in enumerate(strategy.dimensions):
        for j, value in enumerate(dimension.values):
            yield ("dimensions", i, "values", j), (value.id, value.name.en, value.name.vi, *value.matches)
    for i, stage in enumerate(strategy.journey):
        yield ("journey", i), (stage.id, stage.name.en, stage.name.vi)
        for j, point in enumerate(stage.touchpoints):
            yield ("journey", i, "touchpoints", j), (point.id, point.name.en, point.name.vi)
