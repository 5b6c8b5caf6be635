"""The rules of ``check`` in one explicit tuple. To add one: write a function with its reason as docstring, give it a
code here, and add a passing and a failing case to tests/strategy/cases.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from metrics.strategy import rules_goals as goals
from metrics.strategy import rules_kpis as kpis
from metrics.strategy import rules_values as values
from metrics.strategy import rules_views as views
from metrics.strategy.finding import Finding, Hits, Places, Severity
from metrics.strategy.model import Strategy

ERROR, WARNING, HINT = Severity.ERROR, Severity.WARNING, Severity.HINT


@dataclass(frozen=True)
class Rule:
    """``run`` yields what is wrong; its docstring is the documentation of the rule."""

    code: str
    severity: Severity
    run: Callable[[Strategy, date | None], Hits]

    @property
    def reason(self) -> str:
        return " ".join((self.run.__doc__ or "").split())


RULES: tuple[Rule, ...] = (
    Rule("U001", ERROR, goals.used_for),
    Rule("G001", ERROR, kpis.kpi_without_goal),
    Rule("G002", ERROR, kpis.unknown_goal),
    Rule("G003", ERROR, goals.goal_without_kpi),
    Rule("G004", ERROR, goals.goal_without_customer_outcome),
    Rule("G005", ERROR, goals.goal_without_business_outcome),
    Rule("G006", ERROR, goals.goal_kpi),
    Rule("G007", WARNING, goals.goal_past_horizon),
    Rule("O001", ERROR, goals.owner_is_person),
    Rule("O002", ERROR, kpis.kpi_without_owner),
    Rule("K001", ERROR, kpis.unknown_metric),
    Rule("K002", ERROR, kpis.parameters),
    Rule("K003", ERROR, kpis.parameter_question),
    Rule("K004", ERROR, kpis.scale),
    Rule("K005", ERROR, kpis.unknown_stage),
    Rule("K006", WARNING, kpis.kpi_without_lever),
    Rule("K007", WARNING, kpis.kpi_without_reading),
    Rule("K008", ERROR, kpis.same_number_twice),
    Rule("K009", ERROR, kpis.counter),
    Rule("K010", WARNING, kpis.sales_without_counter),
    Rule("K011", HINT, kpis.long_names),
    Rule("T001", WARNING, kpis.kpi_without_target),
    Rule("T002", ERROR, kpis.target_dates),
    Rule("T003", ERROR, kpis.target_direction),
    Rule("T004", ERROR, kpis.direction_of_metric),
    Rule("T005", ERROR, kpis.target_possible),
    Rule("T006", WARNING, kpis.target_overdue),
    Rule("T007", ERROR, kpis.no_target_ahead),
    Rule("L001", ERROR, kpis.links),
    Rule("L002", WARNING, kpis.link_without_reason),
    Rule("L003", WARNING, kpis.link_past_review),
    Rule("L004", ERROR, kpis.cycle),
    Rule("B001", ERROR, goals.loyalty_outcome),
    Rule("B002", WARNING, goals.loyalty_is_behaviour),
    Rule("B003", ERROR, goals.loyalty_stated),
    Rule("B004", ERROR, goals.driver_items),
    Rule("B005", ERROR, goals.driver_outcomes),
    Rule("B006", WARNING, goals.loyalty_declared),
    Rule("J001", WARNING, goals.stage_without_listening_post),
    Rule("J002", ERROR, goals.listening_posts),
    Rule("J003", ERROR, goals.stage_volume),
    Rule("J004", ERROR, goals.touchpoint_channel),
    Rule("Q001", WARNING, goals.question_never_asked),
    Rule("Q002", ERROR, goals.scale_runs_up),
    Rule("I001", ERROR, views.duplicate_ids),
    Rule("V001", ERROR, views.workforce_dimension),
    Rule("V002", ERROR, views.unknown_dimension),
    Rule("V003", ERROR, views.repeated_dimension),
    Rule("V004", ERROR, views.dimension_without_values),
    Rule("V005", ERROR, views.values_given_elsewhere),
    Rule("V006", ERROR, views.reserved_value),
    Rule("V007", ERROR, views.pool_with),
    Rule("V008", ERROR, views.spelling_of_two_values),
    Rule("V009", ERROR, views.waited_hours),
    Rule("V010", WARNING, views.same_view_twice),
    Rule("V011", ERROR, views.scope),
    Rule("V012", ERROR, values.value_names_staff),
    Rule("D001", ERROR, views.floors),
    Rule("E001", ERROR, goals.events),
    Rule("H001", HINT, goals.languages),
    Rule("H002", ERROR, views.time_zone),
)
BY_CODE: dict[str, Rule] = {rule.code: rule for rule in RULES}


def check(strategy: Strategy, places: Places, today: date | None = None) -> Iterator[Finding]:
    """All findings of all rules. ``today`` None leaves out what depends on the date."""
    for rule in RULES:
        for h in rule.run(strategy, today):
            yield Finding(rule.code, rule.severity, places(h.path, h.at_key), h.what, h.mend, h.values)
