"""The generator's own promises: same bytes, size, time, links between files, and a mapping the reader understands."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from ruamel.yaml import YAML

from metrics.demo import generate
from metrics.demo.comments import templates
from metrics.sources.canonical import BY_NAME
from metrics.strategy.model import JOURNEY_DIMENSIONS
from tests.demo.conftest import Company

ROOT = Path(__file__).parents[2]


def test_the_same_seed_gives_the_same_bytes_in_another_process(demo: Company, tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from metrics.demo import generate; generate(Path(sys.argv[1]))"
    env = {"PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "America/Lima", "PATH": "/usr/bin:/bin"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, cwd=ROOT, env=env, timeout=120)
    names = sorted(p.name for p in demo.folder.iterdir())
    assert names == sorted(p.name for p in tmp_path.iterdir()) and len(names) == 11
    for name in names:
        text = (tmp_path / name).read_bytes()
        assert text == (demo.folder / name).read_bytes(), name
        assert b"\r" not in text


def test_another_seed_gives_other_data(tmp_path: Path) -> None:
    generate(tmp_path / "a", seed=1, scale=0.05)
    generate(tmp_path / "b", seed=2, scale=0.05)
    assert (tmp_path / "a/orders.csv").read_bytes() != (tmp_path / "b/orders.csv").read_bytes()


@pytest.mark.parametrize("scale", [0.0, -1.0, float("nan")])
def test_a_scale_that_is_not_positive_is_refused(tmp_path: Path, scale: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        generate(tmp_path / "none", scale=scale)
    assert not (tmp_path / "none").exists()


def test_it_is_quick_and_small(tmp_path: Path) -> None:
    start = time.process_time()
    generate(tmp_path)
    assert time.process_time() - start < 30
    assert sum(p.stat().st_size for p in tmp_path.iterdir()) <= 30e6


def test_rows_are_those_of_the_specification(demo: Company) -> None:
    rows = demo.key["rows"]
    assert (rows["customers.csv"], rows["orders.csv"], rows["tickets.csv"]) == (12_000, 46_000, 48_000)
    assert rows["relationship.csv"] == 2_400 and rows["agents.csv"] == 58 and rows["incidents.csv"] == 8
    assert 60_000 <= rows["survey_invites.csv"] <= 66_000
    forms = demo.responses[demo.responses["question"] != "service_level"]
    assert 12_000 <= len(forms) <= 13_000
    for name, n in rows.items():
        assert len(pd.read_csv(demo.folder / name, low_memory=False)) == n, name


def test_the_big_teams_grow_with_scale_and_the_small_ones_do_not(tmp_path: Path) -> None:
    generate(tmp_path, scale=2)
    staff = pd.read_csv(tmp_path / "agents.csv").groupby("team").size()
    assert staff["Facebook"] == 3 and staff["Zalo"] == 5
    assert staff["Hotline Bắc"] == 36 and staff["CSKH cửa hàng"] == 22 and staff["Web chat"] == 10
    assert len(pd.read_csv(tmp_path / "tickets.csv", usecols=["ticket_id"])) == 96_000


def test_ids_are_unique_and_every_link_points_to_a_row(demo: Company) -> None:
    customers, orders, tickets = demo.customers["customer_id"], demo.table("orders"), demo.tickets
    tables = (customers, orders["order_id"], tickets["ticket_id"], demo.invites["invite_id"])
    for column in (*tables, demo.responses["response_id"], demo.relationship["customer_id"]):
        assert column.is_unique and column.str.len().min() >= 8
    for table in (orders, tickets, demo.invites, demo.responses, demo.relationship):
        for name, known in (("customer_id", customers), ("order_id", orders["order_id"])):
            if name in table:
                assert table[name].dropna().isin(known).all()
    for table in (demo.invites, demo.responses):
        assert table["contact_id"].dropna().isin(tickets["ticket_id"]).all()
    agents = demo.table("agents")["agent_id"]
    assert tickets["agent_id"].dropna().isin(agents).all()
    assert set(tickets.loc[tickets["agent_id"].isna(), "team_id"]) == {"TEAM-DTR"}


def test_times_run_forward_and_nothing_is_known_after_as_of(demo: Company) -> None:
    orders, tickets = demo.orders, demo.tickets
    assert (orders["ordered_at"] >= "2024-04-01").all() and (orders["ordered_at"] < "2026-04-01").all()
    for earlier, later in (("ordered_at", "delivered_at"), ("delivered_at", "installed_at")):
        both = orders.dropna(subset=[earlier, later])
        assert (both[earlier] < both[later]).all()
    assert (tickets["created"] <= tickets["first_response"]).all()
    assert not (tickets["resolved"] < tickets["first_response"]).any()
    for table in (orders, tickets, demo.invites, demo.responses):
        for column in table.select_dtypes("datetime"):
            if "promised" not in column:
                assert table[column].max() < pd.Timestamp("2026-04-06"), column
    first = demo.orders.groupby("customer_id")["day"].min()
    joined = demo.customers.set_index("customer_id")["joined"]
    inside = joined[joined >= "2024-04-01"]
    assert (first.reindex(inside.index) == inside).all()


def test_the_mapping_names_only_columns_that_exist_on_both_sides(demo: Company) -> None:
    sources = YAML(typ="safe").load((demo.folder / "sources.yaml").read_text(encoding="utf-8"))
    assert str(sources["as_of"]) == "2026-04-05"
    for file in sources["files"]:
        header = (demo.folder / file["file"]).read_text(encoding="utf-8").split("\n", 1)[0].split(",")
        for feed in file["tables"]:
            table = BY_NAME[feed["table"]]
            for canonical, column in feed["columns"].items():
                assert table.column(canonical) is not None, canonical
                assert column in header
            given = {*feed["columns"], *feed.get("constants", {})} | ({"question"} if "items" in feed else set())
            assert {c.name for c in table.columns if c.needed} <= given
            for item in feed.get("items", []):
                assert (
                    item["column"] in header
                    and demo.table(file["file"][:-4])[item["column"]].between(*item["scale"]).all()
                )
        for column in (*file.get("workforce", []), *file.get("not_staff", [])):
            assert column in header
    named = {file["file"] for file in sources["files"]}
    assert not named & {"agents.csv", "incidents.csv"}


def test_the_reader_accepts_the_mapping(demo: Company) -> None:
    from metrics.sources.mapping import load_sources

    sources = load_sources(demo.folder / "sources.yaml")
    assert sources.trait("orders").no_staff and sources.trait("orders").leave_out_status == ("canceled",)


def test_dimension_values_are_ids_of_the_strategy(demo: Company) -> None:
    stages = {"find_out", "choose", "buy", "delivery", "installation", "use", "support", "returns", "buy_again"}
    channels = {"store", "hotline", "zalo", "website", "facebook"}
    for table in (demo.tickets, demo.invites, demo.responses):
        assert set(table["stage"].dropna()) <= stages and set(table["channel"]) == channels
    assert set(demo.tickets["stage"].dropna()) == stages
    assert set(demo.customers["segment"]) == {"household", "young", "small_business"}
    assert set(demo.customers["region"]) == {"north", "central", "south"}
    assert set(demo.orders["product"]) == {"cooling", "kitchen", "laundry", "cleaning", "household"}
    assert demo.tickets["category"].nunique() == 14
    assert {"stage", "channel", "segment", "region", "product", "topic"} <= set(JOURNEY_DIMENSIONS)


def test_base_rates(demo: Company) -> None:
    orders, tickets, answers = demo.orders, demo.tickets, demo.responses
    region = orders["customer_id"].map(demo.customers.set_index("customer_id")["region"])
    due = orders["promised_at"].notna()
    kept = orders["delivered_at"] <= orders["promised_at"]
    turned = orders["promised_at"] >= "2025-05-01"
    assert abs(kept[due & (region != "central")].mean() - 0.91) < 0.01
    assert abs(kept[due & (region == "central") & ~turned].mean() - 0.91) < 0.015
    assert abs(kept[due & (region == "central") & turned].mean() - 0.78) < 0.015
    assert abs((tickets["is_complaint"] == 1).mean() - 0.41) < 0.01
    assert abs(tickets["csat"].notna().mean() - 0.24) < 0.002
    assert abs(tickets["stage"].isna().mean() - 0.06) < 0.005
    spent = orders.groupby("customer_id")["amount_vnd"].sum().reindex(demo.customers["customer_id"]).fillna(0)
    assert abs(spent.nlargest(2_400).sum() / spent.sum() - 0.58) < 0.03
    medians = orders.groupby("channel")["amount_vnd"].median()
    for channel, median in (("store", 620e3), ("website", 780e3), ("hotline", 1350e3), ("zalo", 450e3)):
        assert abs(medians[channel] / median - 1) < 0.01
    forms = answers[answers["question"] != "service_level"].groupby("channel").size()
    rate = forms / demo.invites.groupby("channel").size()
    for channel, share in (("store", 0.27), ("hotline", 0.24), ("website", 0.14), ("zalo", 0.19), ("facebook", 0.09)):
        assert abs(rate[channel] - share) < 0.01
    lost = answers["order_id"].isna() & answers["contact_id"].isna()
    hotline = answers["channel"] == "hotline"
    assert abs(lost[hotline].mean() - 0.08) < 0.01 and not lost[~hotline].any()
    known = tickets.dropna(subset="customer_id").sort_values("created", kind="stable")
    gap = known.groupby(["customer_id", "category"])["created"].shift(-1) - known["created"]
    solved = ~(gap <= pd.Timedelta(days=7)) & (known["reopened"] == 0)
    assert abs(solved.mean() - 0.68) < 0.02


def test_no_name_of_staff_stands_in_a_mapped_file_but_the_twelve_mentions(demo: Company) -> None:
    names = demo.table("agents")["full_name"]
    assert names.is_unique
    for path in demo.folder.glob("*.csv"):
        if path.name != "agents.csv":
            text = path.read_text(encoding="utf-8")
            assert not [n for n in names if n in text], path.name
    answers = demo.responses
    said = answers[answers["comment_vi"].fillna("").str.contains("tư vấn .* rất nhiệt tình")]
    assert len(said) == 12 and set(said["response_id"]) == set(demo.key["mentions"])
    assert len(set(templates())) == 60
