"""The answer key: every planted truth with its expected values and tolerances. Tests read it, the product never."""

from __future__ import annotations

from typing import Any

import numpy as np

from metrics.demo.company import COMPLAINT, QUARTER_OF, QUARTERS, ZALO, Table
from metrics.demo.returning import CLOSED, COMPLAINT_RATE, INSTALL_RATE, QUARTER_RATE, latent_rates
from metrics.demo.series import VANITY
from metrics.demo.surveys import EVERYBODY
from metrics.demo.tickets import DOMINATED_LARGEST, DOMINATED_TICKETS

FIRST = "customers whose first order ever is in the period; another order on a later day within 90 days"
SHARES = {
    "return_180": (0.178, {"r_on_time": 35, "r_first_time": 23.5, "r_price": 13.5, "r_friendly": 4.6}),
    "rnps": (0.510, {"r_friendly": 23, "r_on_time": 18.6, "r_first_time": 15.9, "r_price": 11.5}),
}
"""R2 and LMG shares of the generator, from 240,000 simulated respondents (tests/demo checks them on their own)."""


def truths(orders: Table, tickets: Table, survey: Table) -> list[dict[str, Any]]:
    """One entry per truth: id, what, of (the population), expected {name: [value, tolerance]} and what to assert.

    Rates are in percent; tolerances of planted rates are two standard errors of a plain sample of that size.
    """
    return [
        _drivers(survey), _gamed(orders), _blind_spot(orders, tickets), _small_team(), _dominated(), _mix(tickets),
        _tet(), _handling(orders), _vanity(), _null(), _silent(tickets), _noise(),
    ]  # fmt: skip


def _first(orders: Table) -> Table:
    """First orders that were watched for 90 days, with the planted chance of each."""
    first = {name: column[orders["first"]] for name, column in orders.items()}
    rates = latent_rates(first)
    watched = first["day"] < CLOSED
    return {name: column[watched] for name, column in (first | {"rate": rates}).items()}


def _rate(rates: Any) -> list[float]:
    """Expected percent and two standard errors of a sample of that size."""
    n, p = len(rates), float(np.mean(rates)) if len(rates) else 0.0
    return [round(100 * p, 2), round(200 * float(np.sqrt(p * (1 - p) / max(n, 1))), 2)]


def _drivers(survey: Table) -> dict[str, Any]:
    expected: dict[str, Any] = {"n": [len(survey["who"]), 0]}
    for outcome, (r2, shares) in SHARES.items():
        expected[f"r2_{outcome}"] = [r2, 0.04 if outcome == "rnps" else 0.03]
        expected |= {f"share_{outcome}_{item}": [share, 2.5 if share < 10 else 5] for item, share in shares.items()}
    expected["r_friendly_return_180"] = [0.20, 0.05]
    return {
        "id": "P1",
        "what": "Being on time brings customers back; friendliness moves the score and not the loyalty.",
        "of": "respondents; any order on a later day within 180 days after the answer",
        "expected": expected,
        "assert": {
            "return_180_top_three": ["r_on_time", "r_first_time", "r_price"],
            "rnps_first": "r_friendly",
            "friendly_return_180": "outside the top four, planted weight zero",
            "stated_first": "rank_friendly",
        },
    }


def _gamed(orders: Table) -> dict[str, Any]:
    first = _first(orders)
    quarter = QUARTER_OF[first["day"]]
    repurchase = {f"return_90_{QUARTERS[q]}": _rate(first["rate"][quarter == q]) for q in range(1, 7)}
    everybody = {f"everybody_{QUARTERS[q]}": [round(100 * float(EVERYBODY[q]), 1), 0.5] for q in range(1, 7)}
    return {
        "id": "P2",
        "what": "From 2025-04 those likely to score low are invited less: tNPS up, loyalty down.",
        "of": FIRST,
        "expected": repurchase | everybody | {"invited_2024-Q3": [62, 2], "invited_2025-Q4": [43, 3]},
        "assert": {
            "periods": ["2024-Q3", "2025-Q4"], "tnps_up_at_least": 9, "return_90_down_at_least": 5,
            "invited_down_at_least": 15, "censored": "2026-Q1", "planted_quarter_rates": list(QUARTER_RATE),
        },
    }  # fmt: skip


def _blind_spot(orders: Table, tickets: Table) -> dict[str, Any]:
    first = _first(orders)
    return {
        "id": "P3",
        "what": "Installation is where customers are lost, and nobody asks them there.",
        "of": FIRST,
        "expected": {
            "needs_install": [26, 1],
            "share_of_complaints": [19, 1.5],
            "invitations_at_installation": [0, 0],
            "filed_at_installation": [10, 2],
            "return_90_install_kept": _rate(first["rate"][first["install"] == 1]),
            "return_90_install_late": _rate(first["rate"][first["install"] == 2]),
        },
        "assert": {"planted": {"kept": 100 * INSTALL_RATE[1], "late": 100 * INSTALL_RATE[2]}},
    }


def _small_team() -> dict[str, Any]:
    return {
        "id": "P4",
        "what": "Facebook has 3 members of staff and is never shown without the website; Zalo has 5.",
        "of": "tickets",
        "expected": {
            "staff_facebook": [3, 0], "staff_zalo": [5, 0], "facebook_of_other_tickets": [9, 0.7],
            "zalo_first_quarter": [8, 1], "zalo_last_quarter": [38, 1],
        },
        "assert": {"facebook": "never alone, not by subtraction"},
    }  # fmt: skip


def _dominated() -> dict[str, Any]:
    return {
        "id": "P5",
        "what": "One customer makes most of a cell that passes 10 customers and 5 staff.",
        "of": "complaints of small_business x central x hotline opened in 2025-Q3; amounts of any order",
        "expected": {
            "tickets": [DOMINATED_TICKETS, 0], "customers": [14, 0], "largest": [DOMINATED_LARGEST, 0],
            "largest_share": [71.1, 0.1], "buyer_share_small_business_can_tho": [88, 0.2],
        },
        "assert": {"cell": "withheld or merged in spite of its size"},
    }  # fmt: skip


def _mix(tickets: Table) -> dict[str, Any]:
    rated = tickets["rating"] > 0
    late = tickets["time"] >= 365
    return {
        "id": "P6",
        "what": "Ticket CSAT stands still while every channel loses, because Zalo grows.",
        "of": "rated tickets (4 or 5 of 5), first and second year",
        "expected": {
            "total_first": [82, 0.7], "total_second": [82, 0.7],
            "zalo_first": [93, 1.2], "zalo_second": [89, 1.2],
            "others_first": [81, 1.0], "others_second": [77.4, 1.0],
        },
        "assert": {
            "each_channel_down_at_least": 2, "total_moves_at_most": 1,
            "rated": [int((rated & ~late).sum()), int((rated & late).sum())],
        },
    }  # fmt: skip


def _tet() -> dict[str, Any]:
    return {
        "id": "P7",
        "what": "Orders jump before Tết and fall after it; neither is news.",
        "of": "orders a day that were not cancelled, against all days outside both seasons",
        "expected": {"before_2025": [62, 8], "after_2025": [-55, 8], "before_2026": [62, 8], "after_2026": [-55, 8]},
        "assert": {"false_alarms": ["2025-02", "2026-03"], "year_on_year": "flat within 8 %"},
    }


def _handling(orders: Table) -> dict[str, Any]:
    first = _first(orders)
    rates = {f"return_90_{name}": _rate(first["rate"][first["complaint"] == i]) for i, name in enumerate(COMPLAINT)}
    planted = {COMPLAINT[i]: 100 * rate for i, rate in COMPLAINT_RATE.items()}
    return {
        "id": "P8",
        "what": "A complaint closed within 24 hours keeps the customer, a slow or reopened one does not.",
        "of": FIRST + "; complaint = ticket with is_complaint about that first order",
        "expected": rates,
        "assert": {"planted": planted, "none": "what the quarters of P2 leave, about 37"},
    }


def _vanity() -> dict[str, Any]:
    return {
        "id": "P9",
        "what": "Followers nearly triple and have nothing to do with new customers.",
        "of": "24 months; first orders",
        "expected": {"growth": [180, 2], "r_new_customers": [VANITY, 0.02]},
        "assert": {},
    }


def _null() -> dict[str, Any]:
    return {
        "id": "P10",
        "what": "The website redesign of 2025-09 changed nothing.",
        "of": "CES (1-7) after website checkout; website_conversion",
        "expected": {"ces_difference": [0, 0.08], "conversion_difference": [0, 0.08]},
        "assert": {"say": "no evidence"},
    }


def _silent(tickets: Table) -> dict[str, Any]:
    zalo = tickets["channel"] == ZALO
    rated = zalo & (tickets["rating"] > 0)
    true, seen = 100 * float(tickets["happy"][zalo].mean()), 100 * float((tickets["rating"][rated] >= 4).mean())
    return {
        "id": "P11",
        "what": "On Zalo the unhappy answer 0.7 times as often, so its CSAT is about 3 points too high.",
        "of": "Zalo tickets; true = everybody, seen = those who rated",
        "expected": {"true_zalo": [round(true, 2), 0], "seen_zalo": [round(seen, 2), 0.01], "too_high": [3.5, 1]},
        "assert": {},
    }


def _noise() -> dict[str, Any]:
    return {
        "id": "P12",
        "what": "Staff have no effect on any score: a ranking of them would be chance.",
        "of": "ticket ratings within channel and quarter",
        "expected": {"agent_effect_sd": [0, 0]},
        "assert": {"anova_p_above": 0.2, "for_seed": 20260101},
    }
