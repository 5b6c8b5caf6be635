"""A strategy with seven planted flaws: `check` finds these, where they stand, and no others."""

from __future__ import annotations

from metrics.strategy.load import check_text
from metrics.strategy.model import Strategy
from tests.conftest import ROOT
from tests.strategy.flawed import FLAWS, flawed
from tests.strategy.test_shipped import AS_OF


def test_the_planted_flaws_are_found_and_no_others() -> None:
    text = flawed()
    loaded = check_text(text.encode(), "s.yaml", AS_OF)
    lines = text.split("\n")

    def kpi_at(line: int) -> str:
        return next(t.split("id: ")[1] for t in reversed(lines[:line]) if t.startswith("  - id: "))

    assert loaded.strategy is None
    assert sorted((kpi_at(f.place.line or 0), f.code) for f in loaded.errors) == sorted(FLAWS)
    for finding in loaded.errors:
        line = lines[(finding.place.line or 0) - 1]
        assert line.startswith("    targets:") if finding.code == "T003" else line.startswith("  - id: ")


def test_debts_are_those_of_the_shipped_file_and_of_the_flaws() -> None:
    shipped = check_text((ROOT / "strategy.yaml").read_bytes(), "s.yaml", AS_OF)
    assert isinstance(shipped.strategy, Strategy) and not shipped.errors
    assert {f.code for f in check_text(flawed().encode(), "s.yaml", AS_OF).debt} == {f.code for f in shipped.debt}
