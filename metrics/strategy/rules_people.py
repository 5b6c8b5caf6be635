"""Rules that keep people out of the file: owners are roles, and nobody is named anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from metrics.strategy.finding import Hits, Now, Path, hit
from metrics.strategy.model import Local, Strategy
from metrics.strategy.workforce import looks_like_person, mentions_contact, mentions_person

#: A firm may bear the name of its founder.
NAME_OF_THE_FIRM: Path = ("organisation", "name")


def owners(s: Strategy) -> Iterator[tuple[Path, Local]]:
    """Every place that says whose something is."""
    found: list[tuple[Path, Local | None]] = [(("goals", i, "sponsor"), g.sponsor) for i, g in enumerate(s.goals)]
    found += [(("journey", i, "owner"), stage.owner) for i, stage in enumerate(s.journey)]
    for i, question in enumerate(s.questions):
        for key in ("owner", "also_for", "acts"):
            found.append((("questions", i, "purpose", key), getattr(question.purpose, key)))
    for i, kpi in enumerate(s.kpis):
        found.append((("kpis", i, "owner"), kpi.owner))
        found += [(("kpis", i, "levers", j, "owner"), lever.owner) for j, lever in enumerate(kpi.levers)]
    found += [(("actions", i, "owner"), action.owner) for i, action in enumerate(s.actions)]
    return ((path, owner) for path, owner in found if owner)


def owner_is_person(s: Strategy, now: Now) -> Hits:
    """Owners and sponsors are functions or roles: people change, and a name beside a number is a grade."""
    for path, owner in owners(s):
        if looks_like_person(owner.en) or looks_like_person(owner.vi):
            what = "This owner looks like a person, not a role."
            yield hit(path, what, "Write the function or role, for example “Logistics”.")


def texts(node: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text, id and spelling of the file with its place, also the keys of ``of`` and ``where``."""
    if isinstance(node, str):
        yield path, node
    elif isinstance(node, Local):
        yield (*path, "en"), node.en
        if node.vi != node.en:
            yield (*path, "vi"), node.vi
    elif isinstance(node, (tuple, dict)):
        for step, child in node.items() if isinstance(node, dict) else enumerate(node):
            yield from texts(child, (*path, step))
    else:
        for name in getattr(type(node), "model_fields", {}):
            yield from texts(getattr(node, name), (*path, name))


def person_named(s: Strategy, now: Now) -> Hits:
    """No person is named anywhere in the file: the release keeps a copy of it, and a name beside a number is a grade.
    A firm with a person's name is written “company …” or “công ty …”."""
    told = {path for path, _ in owners(s)}
    for path, text in texts(s):
        at = path[:-1] if path[-1] in ("en", "vi") else path
        if at not in told and at != NAME_OF_THE_FIRM and mentions_person(text.replace("_", " ")):
            what = "A person seems to be named here."
            yield hit(path, what, "Write the role or function; before the name of a firm write “company”.")


def contact_named(s: Strategy, now: Now) -> Hits:
    """No staff code, e-mail address, handle or phone number stands anywhere in the file."""
    told = {path for path, owner in owners(s) if looks_like_person(owner.en) or looks_like_person(owner.vi)}
    for path, text in texts(s):
        at = path[:-1] if path[-1] in ("en", "vi") else path
        if at not in told and mentions_contact(text):
            what = "A staff code, an address or a phone number seems to stand here."
            yield hit(path, what, "Take it out: no number here is about one person.")
