"""The rules of ``check`` in one explicit tuple. To add one: write a function with its reason as docstring, give it a
code here, and add a passing and a failing case to metrics/strategy/cases.yaml."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from inspect import getdoc
from itertools import islice

from metrics.strategy import rules_actions as actions
from metrics.strategy import rules_brand as brand
from metrics.strategy import rules_goals as goals
from metrics.strategy import rules_kpis as kpis
from metrics.strategy import rules_listening as listening
from metrics.strategy import rules_loyalty as loyalty
from metrics.strategy import rules_people as people
from metrics.strategy import rules_targets as targets
from metrics.strategy import rules_values as values
from metrics.strategy import rules_views as views
from metrics.strategy.finding import Finding, Hits, Now, Places, Severity
from metrics.strategy.model import Strategy

ERROR, DEBT, HINT = Severity.ERROR, Severity.DEBT, Severity.HINT
MOST_HITS = 100
"""Findings of one rule in one file; nobody mends more before checking again."""


@dataclass(frozen=True)
class Rule:
    """``run`` yields what is wrong; its docstring is the documentation of the rule."""

    code: str
    severity: Severity
    run: Callable[[Strategy, Now], Hits]

    @property
    def name(self) -> str:
        return self.run.__name__

    @property
    def reason(self) -> str:
        return " ".join((getdoc(self.run) or "").split())


RULES: tuple[Rule, ...] = (
    Rule("U001", ERROR, goals.used_for),
    Rule("N001", ERROR, people.person_named),
    Rule("N002", ERROR, people.contact_named),
    Rule("R001", DEBT, brand.no_promise),
    Rule("R002", DEBT, brand.promise_not_measured),
    Rule("R003", DEBT, brand.promise_not_served),
    Rule("R004", DEBT, brand.goal_without_promise),
    Rule("R005", ERROR, brand.unknown_promise),
    Rule("R006", HINT, brand.no_core_competence),
    Rule("R007", ERROR, brand.target_segments),
    Rule("G001", ERROR, kpis.kpi_without_goal),
    Rule("G002", ERROR, kpis.unknown_goal),
    Rule("G003", ERROR, goals.goal_without_kpi),
    Rule("G004", ERROR, goals.goal_without_customer_outcome),
    Rule("G005", ERROR, goals.goal_without_business_outcome),
    Rule("G006", ERROR, goals.goal_kpi),
    Rule("G007", DEBT, goals.goal_past_horizon),
    Rule("G008", DEBT, goals.goal_without_leading_kpi),
    Rule("G009", DEBT, goals.goal_without_lagging_kpi),
    Rule("G010", DEBT, goals.goal_without_horizon),
    Rule("O001", ERROR, people.owner_is_person),
    Rule("O002", ERROR, kpis.kpi_without_owner),
    Rule("K001", ERROR, kpis.unknown_metric),
    Rule("K002", ERROR, kpis.parameters),
    Rule("K003", ERROR, kpis.parameter_question),
    Rule("K004", ERROR, kpis.scale),
    Rule("K005", ERROR, kpis.unknown_stage),
    Rule("K006", DEBT, kpis.kpi_without_lever),
    Rule("K007", DEBT, kpis.kpi_without_reading),
    Rule("K008", ERROR, kpis.same_number_twice),
    Rule("K009", ERROR, kpis.counter),
    Rule("K010", DEBT, kpis.sales_without_counter),
    Rule("K011", HINT, kpis.long_names),
    Rule("K012", DEBT, kpis.lever_without_owner),
    Rule("K013", DEBT, kpis.same_name_twice),
    Rule("T001", DEBT, targets.kpi_without_target),
    Rule("T002", ERROR, targets.target_dates),
    Rule("T003", ERROR, targets.target_direction),
    Rule("T004", ERROR, targets.direction_of_metric),
    Rule("T005", ERROR, targets.target_possible),
    Rule("T006", DEBT, targets.target_overdue),
    Rule("T007", ERROR, targets.no_target_ahead),
    Rule("T008", HINT, targets.target_out_of_reach),
    Rule("L001", ERROR, kpis.links),
    Rule("L002", DEBT, kpis.link_without_reason),
    Rule("L003", DEBT, kpis.link_past_review),
    Rule("L004", ERROR, kpis.cycle),
    Rule("L005", DEBT, kpis.link_without_review),
    Rule("B001", ERROR, loyalty.loyalty_outcome),
    Rule("B002", DEBT, loyalty.loyalty_is_behaviour),
    Rule("B003", ERROR, loyalty.loyalty_stated),
    Rule("B004", ERROR, loyalty.driver_items),
    Rule("B005", ERROR, loyalty.driver_outcomes),
    Rule("B006", DEBT, loyalty.loyalty_declared),
    Rule("B007", ERROR, loyalty.panel_cuts),
    Rule("B008", ERROR, loyalty.panel_controls),
    Rule("J001", DEBT, listening.stage_without_listening_post),
    Rule("J002", ERROR, listening.listening_posts),
    Rule("J003", ERROR, listening.stage_volume),
    Rule("J004", ERROR, listening.touchpoint_channel),
    Rule("J005", DEBT, listening.listens_without_presence),
    Rule("Q001", DEBT, listening.question_never_asked),
    Rule("Q002", ERROR, listening.scale_runs_up),
    Rule("Q003", DEBT, listening.question_without_answers),
    Rule("Q004", DEBT, listening.asked_where_no_kpi_reads),
    Rule("A001", DEBT, actions.action_without_kpi),
    Rule("A002", DEBT, actions.action_without_effect),
    Rule("A003", DEBT, actions.action_without_review),
    Rule("A004", ERROR, actions.action_names),
    Rule("A005", DEBT, actions.lever_of_another_kpi),
    Rule("A006", ERROR, actions.effect_the_wrong_way),
    Rule("A007", ERROR, actions.review_before_start),
    Rule("A008", DEBT, actions.action_past_review),
    Rule("A009", DEBT, actions.action_without_owner),
    Rule("A010", DEBT, actions.action_without_lever),
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
    Rule("V010", DEBT, views.same_view_twice),
    Rule("V011", ERROR, views.scope_in_view),
    Rule("V012", ERROR, values.value_names_staff),
    Rule("D001", ERROR, views.floors),
    Rule("E001", ERROR, goals.events),
    Rule("H001", HINT, goals.languages),
    Rule("H002", ERROR, views.time_zone),
    Rule("H003", HINT, goals.written_once),
)
BY_CODE: dict[str, Rule] = {rule.code: rule for rule in RULES}


def check(strategy: Strategy, places: Places, now: Now) -> Iterator[Finding]:
    """All findings of all rules, at most ``MOST_HITS`` of each."""
    for rule in RULES:
        for h in islice(rule.run(strategy, now), MOST_HITS):
            yield Finding(rule.code, rule.severity, places(h.path, h.at_key), h.what, h.mend, h.values)
