"""What every metric must be, whoever writes it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from itertools import product
from pathlib import Path
from random import Random

import duckdb
import ibis
import pyarrow as pa
import pytest
from ibis.config import Config

import metrics.kpis
from metrics.kpis import BY_ID, METRICS
from metrics.kpis.metric import Metric, Params, Unit, month_end
from metrics.words import Words
from tests.kpis.conftest import FACTS, MARCH, expression, run_on, schema

EXAMPLES: dict[str, str | int | float] = {
    "question": "q",
    "days": 90,
    "age": 3,
    "hours": 2.0,
    "name": "cost",
    "promise": "installation",
}
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7), "ladder": (1, 6)}


class _SparkOptions(Config):
    """What Ibis would read from an installed pyspark; only its compiler is used here."""

    treat_nan_as_null: bool = False


def params(metric: Metric) -> Params:
    return metric.given({p.name: EXAMPLES[p.name] for p in metric.parameters if p.name in EXAMPLES})


def test_ids_are_the_file_names() -> None:
    files = {p.stem for p in Path(metrics.kpis.__file__).parent.glob("*.py")} - {"__init__", "metric", "intervals"}
    assert {m.id for m in METRICS} == files and len(BY_ID) == len(METRICS)


@pytest.mark.parametrize("metric", METRICS, ids=lambda m: m.id)
def test_the_file_says_what_a_reader_must_know(metric: Metric) -> None:
    text = import_module(f"metrics.kpis.{metric.id}").__doc__ or ""
    for word in ("Definition:", "Source:", "Interval:"):
        assert word in text, f"{metric.id}.py does not say its {word}"
    assert metric.source and metric.fact in FACTS


@pytest.mark.parametrize("metric", METRICS, ids=lambda m: m.id)
def test_it_is_said_in_vietnamese(metric: Metric) -> None:
    vi = Words("vi")
    assert vi(metric.definition) != metric.definition and vi(metric.formula) != metric.formula
    for scale in product(range(2), range(4, 11)):
        message = metric.scale(*scale)
        assert message is None or vi(message) != message


@pytest.mark.parametrize("metric", METRICS, ids=lambda m: m.id)
def test_a_scale_that_does_not_fit_is_refused(metric: Metric) -> None:
    """A question from 1 to 5 is never an NPS; top-2 of seven is never compared with top-2 of five."""
    fits = {scale for scale in product(range(2), range(4, 11)) if metric.scale(*scale) is None}
    assert fits == ({SCALES[metric.id]} if metric.id in SCALES else set(product(range(2), range(4, 11))))


@pytest.fixture
def spark() -> Iterator[None]:
    before = ibis.options.pyspark
    ibis.options.pyspark = before or _SparkOptions()
    yield
    ibis.options.pyspark = before


@pytest.mark.usefixtures("spark")
@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "pyspark"])
@pytest.mark.parametrize("metric", METRICS, ids=lambda m: m.id)
def test_it_compiles_for_every_engine(metric: Metric, dialect: str) -> None:
    sql = ibis.to_sql(expression(metric, params(metric)), dialect=dialect)
    assert "SUM(" in sql.upper()


@pytest.mark.parametrize("metric", METRICS, ids=lambda m: m.id)
def test_measures_add_up_and_n_counts_rows(metric: Metric) -> None:
    """Months add up to quarters and cells to totals: sums of two halves are the sums of the whole."""
    columns, given = FACTS[metric.fact], params(metric)
    values = {
        "boolean": (True, False, None, True, True),
        "float64": (1.0, 10.0, None, 4.0, 6.5),
        "int64": (100, None, 5, 70, 3),
        "int32": (5, None, 200, 3, 1),
        "string": ("q", "q", "q", "cost", "cost"),
        "date": (MARCH, MARCH, MARCH, MARCH, None),
        "array<int32>": ([3], [], None, [1, 2], [3, 4]),
        "array<string>": (["q"], [], None, ["p", "q"], ["p"]),
    }
    draw, size = Random(3), 200
    drawn = {name: [draw.choice(values[kind]) for _ in range(size)] for name, kind in columns.items()}
    whole = pa.table(drawn, schema=schema(metric.fact))
    halves = [whole.filter([i % 2 == half for i in range(size)]) for half in (0, 1)]
    found = []
    with duckdb.connect() as connection:
        for table in (whole, *halves):
            connection.register("fact", table)
            found.append(run_on(connection, metric, given).get(MARCH, {}))
            count = ibis.to_sql(metric.rows(ibis.table(columns, name="fact"), given), dialect="duckdb")
            ((counted,),) = connection.sql(f"SELECT count(*) FROM ({count}) WHERE month = DATE '{MARCH}'").fetchall()
            assert counted == found[-1]["n"] > 0
    assert found[0] == pytest.approx({name: found[1][name] + found[2][name] for name in found[0]})
    value, ends = metric.value(found[0]), metric.interval(found[0])
    assert value is not None and (ends is None or ends[0] <= value <= ends[1])


def test_a_cell_in_which_all_answered_alike_says_what_each_answered() -> None:
    assert BY_ID["nps"].constant({"n": 9, "promoters": 0, "detractors": 0})
    assert BY_ID["csat"].constant({"n": 9, "satisfied": 9})
    assert BY_ID["ladder"].constant({"n": 9, "l1": 0, "l2": 9, "l3": 0, "l4": 0, "l5": 0, "l6": 0})
    assert BY_ID["score_mean"].constant({"n": 9, "total": 63, "squares": 441})
    assert not BY_ID["score_mean"].constant({"n": 9, "total": 63, "squares": 443})
    assert not BY_ID["series"].constant({"n": 9, "total": 9})


def test_one_number_has_one_name() -> None:
    replied, on_time = BY_ID["replied_within"], BY_ID["on_time"]
    assert replied.key({"hours": 2}) == replied.key({"hours": 2.0}) == "replied_within(hours=2)"
    assert replied.key({"hours": 0.5}) == "replied_within(hours=0.5)"
    assert on_time.key({}) == on_time.key({"promise": "delivery"}) == "on_time(promise=delivery)"
    assert BY_ID["fcr"].key({}) == "fcr"


def test_a_series_brings_its_own_unit() -> None:
    series = BY_ID["series"]
    assert series.unit_of({"name": "cost"}) is Unit.COUNT
    assert series.unit_of({"name": "cost", "unit": "money"}) is Unit.MONEY
    assert BY_ID["nps"].unit_of({"question": "q"}) is Unit.POINTS


@pytest.mark.parametrize(
    ("id", "given", "last"),
    [
        ("csat", {"question": "q"}, date(2026, 3, 31)),
        ("fcr", {}, date(2026, 4, 7)),
        ("resolved_within", {"hours": 24}, date(2026, 4, 1)),
        ("replied_within", {"hours": 0.25}, date(2026, 4, 1)),
        ("resolved_within", {"hours": 72}, date(2026, 4, 3)),
    ],
)
def test_a_month_closes_when_its_last_row_had_its_time(id: str, given: Params, last: date) -> None:
    assert BY_ID[id].closes(MARCH, given) == last


@pytest.mark.parametrize(
    ("month", "later", "end"),
    [
        (date(2024, 2, 10), 0, date(2024, 2, 29)),
        (date(2025, 12, 1), 0, date(2025, 12, 31)),
        (date(2025, 1, 31), 13, date(2026, 2, 28)),
        (date(2025, 11, 30), 1, date(2025, 12, 31)),
    ],
)
def test_month_end(month: date, later: int, end: date) -> None:
    assert month_end(month, later) == end


def test_pages_pay_for_no_library_they_do_not_need() -> None:
    """Pages import this package at start: Ibis, DuckDB, scipy and statsmodels stay out until something asks."""
    code = "import sys, metrics.kpis; print([m for m in ('ibis','duckdb','scipy','statsmodels') if m in sys.modules])"
    root = Path(metrics.kpis.__file__).parents[2]
    shown = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
