"""Everything that is fitted for a strategy, as rows of the release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from metrics.errors import Refusal, Refused
from metrics.loyalty import survey
from metrics.loyalty.evidence import Base
from metrics.loyalty.models import Cut, Fitted, fit_panel, rows_of
from metrics.loyalty.results import NoModelRow, table_row
from metrics.periods import WAVE
from metrics.sources.read import Read
from metrics.strategy.model import Strategy

Tables = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Loyalty:
    """``tables``: rows by table of the release. ``respondents``: (base, outcome) -> rows behind the model of
    everybody; ``no_model``: (base, outcome) -> why there is none; ``left_out``: (base, outcome) -> (incomplete,
    censored)."""

    tables: Tables
    respondents: Mapping[tuple[str, str], int]
    no_model: Mapping[tuple[str, str], str]
    left_out: Mapping[tuple[str, str], tuple[int, int]]


def fit_all(engine: Any, strategy: Strategy, found: Read) -> Loyalty:
    """All declared models of the company whose facts stand in the engine."""
    tables: Tables = {name: [] for name in ("driver_model", "driver", "no_model")}
    whole: dict[tuple[str, str], Fitted] = {}
    no_model: dict[tuple[str, str], str] = {}
    left_out: dict[tuple[str, str], tuple[int, int]] = {}
    for outcome in strategy.loyalty.drivers.outcomes if strategy.loyalty.drivers else ():
        key = (Base.SURVEY.value, outcome.kpi)
        try:
            panel = survey.panel(engine, strategy, found, outcome.kpi)
        except Refusal as no:
            tables["no_model"].append(table_row(_none(Base.SURVEY, outcome.kpi, no.kind)))
            no_model[key] = no.kind.value
            continue
        left_out[key] = (panel.incomplete, panel.censored)
        models = fit_panel(engine, strategy, panel)
        made, drivers, none = rows_of(models, panel, len(tables["driver_model"]) + 1)
        tables["driver_model"] += map(table_row, made)
        tables["driver"] += map(table_row, drivers)
        tables["no_model"] += map(table_row, none)
        for one in models.fitted[:1]:
            whole[key] = one
        for cut, why in models.refused:
            if cut == Cut():
                no_model[key] = why.value
    return Loyalty(tables, {key: one.model.n for key, one in whole.items()}, no_model, left_out)


def _none(base: Base, outcome: str, why: Refused) -> NoModelRow:
    return NoModelRow(base, outcome, "", "", "", WAVE, why)
