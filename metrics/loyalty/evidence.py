"""The closed words of loyalty evidence: what a model stands on, what it says of a driver, a link and a KPI.

Every word is stored in a release and read back as its enum, so that a misspelt one cannot pass for a milder one.
"""

from __future__ import annotations

from enum import Enum, unique

from metrics.errors import Refused


@unique
class Kind(Enum):
    """What an outcome is: something customers did, or something they said."""

    BEHAVIOUR = "behaviour"
    STATED = "stated"


@unique
class Base(Enum):
    """The rows that a result was fitted on."""

    SURVEY = "survey"
    """One row per response to the driver questions; behaviour after the answer."""
    CUSTOMERS = "customers"
    """One row per customer: what happened around the first order, and what they did after it."""
    MONTHS = "months"
    """One row per month of the company's published figures."""
    NONE = ""
    """Nothing was fitted."""


@unique
class What(Enum):
    """What a driver is: an answer, the customer's own part of a KPI, a thing that happened, or an action met."""

    QUESTION = "question"
    KPI = "kpi"
    CONDITION = "condition"
    ACTION = "action"
    """Met after an action began, where it was done."""


@unique
class Method(Enum):
    """Where the intervals come from."""

    BOOTSTRAP = "bootstrap"
    """Customers resampled in blocks."""
    DELTA = "delta"
    """First-order change of the result with each block (infinitesimal jackknife), where all subsets are many."""


@unique
class Shape(Enum):
    """How an outcome goes with the two ends of a scale (penalty and reward, Brandt 1987)."""

    MUST_HAVE = "must_have"
    """A poor experience goes with much less of the outcome, a very good one with no more."""
    LINEAR = "linear"
    """Both count alike."""
    DELIGHTER = "delighter"
    """A very good experience goes with more, a poor one with no less."""
    UNCLEAR = "unclear"
    """Neither end lies certainly apart from the middle, or one end is too rare."""


@unique
class Evidence(Enum):
    """What the data say of a link, strongest first. Below ``TESTED`` the words are "goes with", never "drives"."""

    IDENTITY = "identity"
    TESTED = "tested"
    OBSERVED = "observed"
    UNCLEAR = "unclear"
    CONTRADICTED = "contradicted"
    ASSUMED = "assumed"


@unique
class Label(Enum):
    """What is known of a KPI and loyalty."""

    OUTCOME = "outcome"
    """It is the behaviour itself."""
    RETURN = "return"
    """Goes with return; "drives" only where an action tested it (then the reason is ``TESTED``)."""
    SCORE_ONLY = "score_only"
    """Moves the score, not the return."""
    NONE = "none"
    """No evidence."""
    CONTRADICTED = "contradicted"
    """Better goes with fewer coming back."""


@unique
class Why(Enum):
    """The reason behind a label or a class of evidence."""

    ARITHMETIC = "arithmetic"
    """One is computed from the other."""
    TESTED = "tested"
    """An action with a comparison moved both."""
    EFFECT = "effect"
    """The interval of the adjusted effect excludes zero, and halves and main segments agree."""
    AGAINST = "against"
    """The interval excludes zero on the side nobody believed in."""
    INCLUDES_ZERO = "includes_zero"
    ONE_OF_MANY = "one_of_many"
    """The interval excludes zero, but among so many that were looked at, one such is expected by chance."""
    UNSTABLE = "unstable"
    """The interval excludes zero, but a half of the customers or a main segment says the opposite."""
    LEAK = "leak"
    """It nearly determines the outcome: one is probably recorded from the other."""
    TOO_FEW = "too_few"
    """Too few months to say anything."""
    NOT_CLEARED = "not_cleared"
    """Too few customers for a model, or what stands behind it is not cleared."""
    NOT_MEASURED = "not_measured"
    """The sources do not say it of single customers, and months are too few or missing."""
    IS_OUTCOME = "is_outcome"


def one_reason(why: Refused) -> Refused:
    """A reason as a release tells it. Too few customers and not cleared are one: told apart, they would say that many
    customers stand behind a model, and that somebody handled most of them."""
    return Refused.NOT_CLEARED if why is Refused.TOO_FEW else why
