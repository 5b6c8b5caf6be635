"""The planted truths, measured from the CSV files with pandas and numpy alone, for three seeds."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd
import pytest

from tests.conftest import AUDIT
from tests.demo.conftest import SEED, Company

SEEDS = (SEED, 7, 424242) + ((1, 2, 3, 99, 2026, 31337) if AUDIT else ())
ITEMS = ("on_time", "first_time", "price", "returns", "friendly", "web", "stock", "payment")


@pytest.fixture(params=SEEDS, scope="module")
def company(request: pytest.FixtureRequest, company_for: Callable[[int], Company]) -> Company:
    return company_for(request.param)


def close(company: Company, truth: str, **measured: float) -> None:
    expected = company.expected(truth)
    for name, value in measured.items():
        target, tolerance = expected[name]
        assert abs(value - target) <= tolerance + 1e-9, f"{truth} {name}: {value:.3f}, not {target} ± {tolerance}"


def lmg(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Shares of R2 averaged over all orders of entry (Lindeman, Merenda and Gold 1980), by plain enumeration."""
    p = x.shape[1]
    both = np.corrcoef(np.column_stack([x, y]).T)

    def r2(chosen: tuple[int, ...]) -> float:
        if not chosen:
            return 0.0
        at = list(chosen)
        return float(both[at, p] @ np.linalg.solve(both[np.ix_(at, at)], both[at, p]))

    shares = np.zeros(p)
    for i in range(p):
        rest = [j for j in range(p) if j != i]
        for size in range(p):
            weight = factorial(size) * factorial(p - size - 1) / factorial(p)
            for chosen in combinations(rest, size):
                shares[i] += weight * (r2((*chosen, i)) - r2(chosen))
    return shares, r2(tuple(range(p)))


def test_lmg_of_independent_columns_is_their_squared_correlation() -> None:
    x = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]], dtype=float)
    shares, r2 = lmg(x, 3 * x[:, 0] + x[:, 1])
    assert np.allclose(shares, [0.9, 0.1]) and np.isclose(r2, 1.0)


def test_p1_friendliness_drives_the_score_and_not_the_return(company: Company) -> None:
    survey = company.relationship
    bought = company.orders.merge(survey[["customer_id", "answered_at"]], on="customer_id")
    days = (bought["day"] - bought["answered_at"].dt.normalize()).dt.days
    returned = survey["customer_id"].isin(bought.loc[(days > 0) & (days <= 180), "customer_id"])
    assert (returned.astype(int) == survey["repurchase_180d"]).all()
    assert survey["answered_at"].max() + pd.Timedelta(days=181) < pd.Timestamp("2026-04-01")

    x = survey[[f"q_{item}" for item in ITEMS]].to_numpy(float)
    back, back_r2 = lmg(x, returned.to_numpy(float))
    score, score_r2 = lmg(x, survey["q_nps"].to_numpy(float))
    back, score = dict(zip(ITEMS, 100 * back / back_r2)), dict(zip(ITEMS, 100 * score / score_r2))
    by_back = sorted(ITEMS, key=lambda item: -back[item])
    assert by_back[:3] == ["on_time", "first_time", "price"]
    assert by_back.index("friendly") >= 4
    assert max(score, key=lambda item: score[item]) == "friendly"
    close(
        company, "P1", n=len(survey), r2_return_180=back_r2, r2_rnps=score_r2,
        share_return_180_r_on_time=back["on_time"], share_return_180_r_first_time=back["first_time"],
        share_return_180_r_price=back["price"], share_return_180_r_friendly=back["friendly"],
        share_rnps_r_friendly=score["friendly"], share_rnps_r_on_time=score["on_time"],
        share_rnps_r_first_time=score["first_time"], share_rnps_r_price=score["price"],
        r_friendly_return_180=float(np.corrcoef(survey["q_friendly"], returned)[0, 1]),
    )  # fmt: skip
    ranks = survey[[f"rank_{item}" for item in ITEMS]].mean()
    assert ranks.idxmin() == "rank_friendly"


def test_p3_late_installation_loses_customers_and_nobody_asks(company: Company) -> None:
    orders, tickets, first = company.orders, company.tickets, company.firsts
    complaints = tickets[tickets["is_complaint"] == 1]
    about = complaints[complaints["category"] == "installation"]
    late = first["installed_at"] > first["install_promised_at"]
    kept = first["installed_at"] <= first["install_promised_at"]
    close(
        company, "P3", needs_install=100 * orders["needs_install"].mean(),
        share_of_complaints=100 * len(about) / len(complaints),
        invitations_at_installation=(company.invites["stage"] == "installation").sum(),
        filed_at_installation=100 * (about["stage"] == "installation").mean(),
        return_90_install_kept=100 * first.loc[kept, "back_90"].mean(),
        return_90_install_late=100 * first.loc[late, "back_90"].mean(),
    )  # fmt: skip
    assert (about["stage"].isna() | (about["stage"] == "use")).mean() > 0.8
    assert not (company.responses["stage"] == "installation").any()


def test_p4_facebook_has_three_members_of_staff_and_zalo_five(company: Company) -> None:
    tickets = company.tickets
    staff = tickets.groupby("channel")["agent_id"].nunique()
    rest = tickets[tickets["channel"] != "zalo"]
    zalo = (tickets["channel"] == "zalo").groupby(tickets["created"].dt.to_period("Q")).mean()
    close(
        company, "P4", staff_facebook=staff["facebook"], staff_zalo=staff["zalo"],
        facebook_of_other_tickets=100 * (rest["channel"] == "facebook").mean(),
        zalo_first_quarter=100 * zalo.iloc[0], zalo_last_quarter=100 * zalo.iloc[-1],
    )  # fmt: skip
    assert set(staff[["hotline", "store", "website"]]) == {34, 11, 5}
    # Who answered Facebook's tNPS is known through the ticket, so its small team is found there too.
    answers = company.responses
    theirs = answers[(answers["question"] == "tnps") & (answers["channel"] == "facebook")]
    handled = theirs.merge(tickets, left_on="contact_id", right_on="ticket_id", how="left")
    assert len(theirs) > 50 and handled["agent_id"].notna().all() and handled["agent_id"].nunique() == 3


def test_p6_the_total_stands_still_while_every_channel_loses(company: Company) -> None:
    rated = company.tickets.dropna(subset="csat")
    year = np.where(rated["created"] < "2025-04-01", "first", "second")
    good = 100 * (rated["csat"] >= 4)
    total = good.groupby(year).mean()
    channel = good.groupby([rated["channel"], year]).mean().unstack()
    others = good[rated["channel"] != "zalo"].groupby(year[rated["channel"] != "zalo"]).mean()
    close(
        company, "P6", total_first=total["first"], total_second=total["second"],
        zalo_first=channel.loc["zalo", "first"], zalo_second=channel.loc["zalo", "second"],
        others_first=others["first"], others_second=others["second"],
    )  # fmt: skip
    assert abs(total["second"] - total["first"]) <= 1
    assert (channel["first"] - channel["second"] >= 2).all() and len(channel) == 5


def test_p8_fast_complaints_keep_customers_and_slow_ones_lose_them(company: Company) -> None:
    tickets, first = company.tickets, company.firsts.reset_index()
    about = tickets[(tickets["is_complaint"] == 1) & tickets["order_id"].notna()].set_index("order_id")
    assert about.index.is_unique
    hours = (about["resolved"] - about["created"]).dt.total_seconds() / 3600
    outcome = pd.Series(np.select([about["reopened"] == 1, hours < 24], ["reopened", "fast"], "slow"), about.index)
    state = first["order_id"].map(outcome).fillna("none")
    rate = 100 * first.groupby(state)["back_90"].mean()
    close(company, "P8", **{f"return_90_{name}": rate[name] for name in ("none", "fast", "slow", "reopened")})
    assert rate["fast"] > rate["slow"] + 5 and rate["slow"] > rate["reopened"]
    # A second order never comes before the complaint about the first one is over.
    over = first.set_index("order_id").join(about["resolved"], how="inner").dropna(subset=["gap", "resolved"])
    assert (over["day"] + pd.to_timedelta(over["gap"], "D") > over["resolved"]).mean() > 0.95
