"""Rules about listening: stages, their questions, and the eight answers a question owes."""

from __future__ import annotations

from metrics.strategy.finding import Hits, Now, Path, hit
from metrics.strategy.model import Purpose, Stage, Strategy
from metrics.strategy.rules_goals import named


def stage_without_listening_post(s: Strategy, now: Now) -> Hits:
    """Where the company meets customers it asks them something; elsewhere it is blind."""
    for i, stage in enumerate(s.journey):
        if stage.presence == "present" and not stage.listening_posts:
            what, mend = "Nobody listens at the stage “{stage}”.", "Place a question here: “listening_posts: [...]”."
            yield hit(("journey", i, "id"), what, mend, stage=stage.id)


def listening_posts(s: Strategy, now: Now) -> Hits:
    """Listening posts are declared questions."""
    known = [q.id for q in s.questions]
    for i, stage in enumerate(s.journey):
        for j, post in enumerate(stage.listening_posts):
            path: Path = ("journey", i, "listening_posts", j)
            yield from named(path, post, known, "There is no question “{name}”.")


def stage_volume(s: Strategy, now: Now) -> Hits:
    """The KPI that counts a stage's traffic is declared."""
    for i, stage in enumerate(s.journey):
        if stage.volume:
            known = [k.id for k in s.kpis]
            yield from named(("journey", i, "volume"), stage.volume, known, "There is no KPI “{name}”.")


def touchpoint_channel(s: Strategy, now: Now) -> Hits:
    """The channel of a touchpoint is a declared value of the dimension channel."""
    known = [v for v, _ in s.values("channel")]
    for i, stage in enumerate(s.journey):
        for j, point in enumerate(stage.touchpoints):
            if point.channel:
                path: Path = ("journey", i, "touchpoints", j, "channel")
                yield from named(path, point.channel, known, "There is no channel “{name}”.")


def question_never_asked(s: Strategy, now: Now) -> Hits:
    """A question stands at a stage, drives loyalty or feeds a KPI; else it wastes the customer's time."""
    used = {post for stage in s.journey for post in stage.listening_posts}
    used |= {str(k.of.get("question")) for k in s.kpis}
    used |= {item.question for item in (s.loyalty.drivers.items if s.loyalty.drivers else ())}
    for i, question in enumerate(s.questions):
        if question.listens_to != "relationship" and question.id not in used:
            what = "The question “{question}” stands at no stage and feeds no KPI."
            yield hit(("questions", i, "id"), what, "Say where it is asked, or stop asking.", question=question.id)


def scale_runs_up(s: Strategy, now: Now) -> Hits:
    """A scale runs from its low end to its high end."""
    for i, question in enumerate(s.questions):
        if question.scale[0] >= question.scale[1]:
            what, mend = "This scale does not run upwards.", "Write the low end first, for example [1, 5]."
            yield hit(("questions", i, "scale"), what, mend)


#: The eight questions of the test, and the keys of ``purpose`` that answer each.
EIGHT: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("what if it is low, and what if it is high", ("if_low", "if_high")),
    ("how we act", ("how",)),
    ("who owns it", ("owner",)),
    ("who else needs it", ("also_for",)),
    ("who acts", ("acts",)),
    ("how fast", ("within_days",)),
    ("can we change it", ("changeable",)),
    ("why we ask", ("why",)),
)


def unanswered(purpose: Purpose) -> tuple[str, ...]:
    """Keys of ``purpose`` without an answer, in the order of the eight questions."""
    return tuple(key for _, keys in EIGHT for key in keys if getattr(purpose, key) is None)


def question_without_answers(s: Strategy, now: Now) -> Hits:
    """A question owes eight answers before a customer is asked it: what if it is low and what if it is high, how we
    act, who owns it, who else needs it, who acts, how fast, can we change it, why we ask. Asking without acting costs
    more trust than not asking."""
    for i, question in enumerate(s.questions):
        missing = unanswered(question.purpose)
        if missing:
            what = "The question “{question}” does not answer: {missing}."
            mend = "Write it under “purpose:”, or stop asking."
            path: Path = ("questions", i, "purpose") if len(missing) < 9 else ("questions", i, "id")
            yield hit(path, what, mend, question=question.id, missing=", ".join(missing))


def asked_where_no_kpi_reads(s: Strategy, now: Now) -> Hits:
    """What customers say at a stage is read there by a KPI or by the driver model; else they answer into the void."""
    drivers = {item.question for item in (s.loyalty.drivers.items if s.loyalty.drivers else ())}
    for i, stage in enumerate(s.journey):
        if stage.listening_posts and not any(p in drivers or _reads(s, stage, p) for p in stage.listening_posts):
            what = "Customers are asked at the stage “{stage}”, and no KPI reads what they say there."
            mend = "Give a KPI the question and this stage, or stop asking here."
            yield hit(("journey", i, "listening_posts"), what, mend, stage=stage.id)


def _reads(s: Strategy, stage: Stage, question: str) -> bool:
    for kpi in s.kpis:
        where = kpi.scope.where.get("stage") if kpi.scope else None
        if kpi.of.get("question") == question and (where is None or stage.id in where):
            return True
    return False


def listens_without_presence(s: Strategy, now: Now) -> Hits:
    """Where the company is not present it asks nobody; one of the two is wrong."""
    for i, stage in enumerate(s.journey):
        if stage.presence == "none" and stage.listening_posts:
            what = "The company is not present at the stage “{stage}”, and asks a question there."
            mend = "Drop “presence: none”, or move the question to where we meet customers."
            yield hit(("journey", i, "presence"), what, mend, stage=stage.id)
