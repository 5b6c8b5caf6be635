"""Which survey questions a sources file feeds, so that a new strategy can declare them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from metrics.sources.mapping import Feed, load_sources


@dataclass(frozen=True)
class Fed:
    """A question that a sources file names, with its scale. Questions named only inside the data are not seen."""

    question: str
    scale: tuple[int, int]
    listens_to: Literal["contact", "order", "relationship"]


def questions_fed(path: Path) -> tuple[Fed, ...]:
    """In the order of the file, each once. Raises DataError as ``load_sources`` does."""
    found: dict[str, Fed] = {}
    for file in load_sources(path).files:
        for feed in file.tables:
            about = _about(feed)
            for item in feed.items:
                found.setdefault(item.question, Fed(item.question, item.scale, about))
            ends = [feed.constants.get(name) for name in ("scale_min", "scale_max")]
            if "question" in feed.constants and ends[0] is not None and ends[1] is not None:
                question = feed.constants["question"]
                found.setdefault(question, Fed(question, (int(ends[0]), int(ends[1])), about))
    return tuple(found.values())


def _about(feed: Feed) -> Literal["contact", "order", "relationship"]:
    if "contact_id" in feed.columns:
        return "contact"
    return "order" if "order_id" in feed.columns else "relationship"
