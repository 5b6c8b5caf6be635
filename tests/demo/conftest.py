"""Demo companies made once per test run, and their files as text tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from metrics.demo import generate

SEED = 20260101


@dataclass(frozen=True)
class Company:
    """The written files, read back with pandas only."""

    folder: Path

    def table(self, name: str, *times: str) -> pd.DataFrame:
        found = pd.read_csv(self.folder / f"{name}.csv", keep_default_na=True, low_memory=False)
        for column in times:
            found[column] = pd.to_datetime(found[column])
        return found

    @cached_property
    def customers(self) -> pd.DataFrame:
        return self.table("customers", "joined")

    @cached_property
    def orders(self) -> pd.DataFrame:
        """Orders that were not cancelled, with their calendar day."""
        names = ("ordered_at", "promised_at", "delivered_at", "install_promised_at", "installed_at")
        found = self.table("orders", *names)
        found = found[found["status"] != "canceled"].copy()
        found["day"] = found["ordered_at"].dt.normalize()
        return found

    @cached_property
    def tickets(self) -> pd.DataFrame:
        return self.table("tickets", "created", "first_response", "resolved")

    @cached_property
    def invites(self) -> pd.DataFrame:
        return self.table("survey_invites", "sent")

    @cached_property
    def responses(self) -> pd.DataFrame:
        return self.table("survey_responses", "answered_at")

    @cached_property
    def relationship(self) -> pd.DataFrame:
        return self.table("relationship", "answered_at")

    @cached_property
    def series(self) -> pd.DataFrame:
        return self.table("series").pivot(index="month", columns="name", values="value")

    @cached_property
    def key(self) -> dict[str, Any]:
        return json.loads((self.folder / "truth.json").read_text(encoding="utf-8"))

    def expected(self, truth: str) -> dict[str, tuple[float, float]]:
        found = next(t for t in self.key["truths"] if t["id"] == truth)
        return {name: (value, tolerance) for name, (value, tolerance) in found["expected"].items()}

    @cached_property
    def firsts(self) -> pd.DataFrame:
        """First orders ever of customers who joined in the window, watched for 90 days, with what came after."""
        joined = self.customers.loc[self.customers["joined"] >= "2024-04-01", "customer_id"]
        mine = self.orders[self.orders["customer_id"].isin(joined)].sort_values("ordered_at")
        first = mine.drop_duplicates("customer_id").set_index("customer_id")
        later = mine.merge(first["day"].rename("first_day"), left_on="customer_id", right_index=True)
        later = later[later["day"] > later["first_day"]].groupby("customer_id")["day"].min()
        first["gap"] = (later - first["day"]).dt.days
        first["back_90"] = first["gap"] <= 90
        return first[first["day"] < "2026-01-01"]


@pytest.fixture(scope="session")
def company_for(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Company]:
    made: dict[int, Company] = {}

    def company(seed: int) -> Company:
        if seed not in made:
            folder = tmp_path_factory.mktemp(f"demo{seed}")
            generate(folder, seed)
            made[seed] = Company(folder)
        return made[seed]

    return company


@pytest.fixture(scope="session")
def demo(company_for: Callable[[int], Company]) -> Company:
    return company_for(SEED)
