"""Dimensions that say who did the work in other words: told after a build by dimension and value, never by person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from metrics.build import build
from metrics.build.proxies import CLOSE, Proxy, _close
from metrics.build.report import lines
from tests.build.small import STRATEGY, small_company, write_company

TOPICS = ("billing", "delivery", "damage", "invoice", "return", "missing", "colour", "size")
DECLARED = "".join(f"      - {{id: {t}, name: {t.capitalize()}}}\n" for t in TOPICS)
WITH_TOPICS = STRATEGY.replace(
    "  - {id: waited", f"  - id: topic\n    name: Topic\n    values:\n{DECLARED}  - {{id: waited"
).replace("kpis:\n", "  - {id: by_topic, dimensions: [topic], question: About what?}\nkpis:\n", 1)


def company(topic_of: Any) -> dict[str, list[dict[str, Any]]]:
    """Eight people who all work every channel; ``topic_of(person, contact)`` says about what."""
    tables = small_company()
    for i, row in enumerate(tables["contacts"]):
        person = (i * 5 + i // 60) % 8
        row["agent"] = f"Nguyễn Thị {'ABCDEFGH'[person]}nhh"
        row["topic"] = TOPICS[topic_of(person, i)]
    return tables


def reported(tmp_path: Path, tables: dict[str, list[dict[str, Any]]]) -> tuple[tuple[Proxy, ...], str]:
    report = build(*write_company(tmp_path, tables, strategy=WITH_TOPICS), tmp_path / "release.duckdb")
    return report.proxies, "\n".join(lines(report))


def test_topics_that_everybody_handles_are_no_proxy(tmp_path: Path) -> None:
    found, text = reported(tmp_path, company(lambda person, i: (i * 3 + i // 7) % 8))
    assert found == () and "one-to-one" not in text


def test_a_topic_for_each_person_is_a_proxy_as_a_whole(tmp_path: Path) -> None:
    found, text = reported(tmp_path, company(lambda person, i: person if i % 10 else (i // 10) % 8))
    assert found == (Proxy("topic", TOPICS, True),)
    assert "topic as a whole: billing" in text and "Nguyễn" not in text and "nhh" not in text


def test_one_topic_of_one_person_is_named_alone(tmp_path: Path) -> None:
    found, text = reported(
        tmp_path, company(lambda person, i: 2 if person == 4 else (3, 4, 5, 6)[(i * 3 + i // 7) % 4])
    )
    assert found == (Proxy("topic", ("damage",), False),)
    assert "  topic: damage" in text.splitlines()


def test_a_topic_of_one_person_who_does_much_else_is_left_to_the_cell_rule(tmp_path: Path) -> None:
    found, _ = reported(tmp_path, company(lambda person, i: 2 if person == 4 and i % 8 == 0 else (i * 3 + i // 7) % 2))
    assert found == ()


@pytest.mark.parametrize(("share", "close"), [(1.0, True), (0.6, True), (0.45, False), (0.1, False)])
def test_closeness_is_the_smaller_of_both_shares(share: float, close: bool) -> None:
    """200 rows of value 0, a share of them by person 0 who does nothing else."""
    mine = int(200 * share)
    place, staff, rows = [0], [0], [mine]
    others = range(1, 12)
    for person in others:
        place += [0, 1]
        staff += [person, person]
        rows += [(200 - mine) // 11, 500]
    found, whole = _close(np.array(place), np.array(staff), np.array(rows))
    assert (0 in found) is close and not whole and CLOSE == 0.5


def test_nothing_is_nothing() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert _close(none, none, none) == ([], False)
