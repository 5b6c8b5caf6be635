"""JSON Schema of strategy.yaml, generated from the model: editors complete and check with it while one types."""

from __future__ import annotations

from typing import Any

from metrics.strategy.model import Strategy

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """The schema (draft 2020-12) of the file as it is written: a text may be a plain string or {en, vi}, dates are
    strings, numbers that the model fills in by default may be left out."""
    schema = Strategy.model_json_schema(mode="validation")
    local = schema["$defs"]["Local"]
    schema["$defs"]["Local"] = {
        "description": local.pop("description", ""),
        "anyOf": [{"type": "string", "minLength": 1}, local],
    }
    schema["properties"]["used_for"] = {
        "const": "strategy",
        "description": "Never pay, ranking or appraisal of people.",
    }
    return {"$schema": DIALECT, "$comment": "Made by: python -m metrics schema", **schema, "title": "strategy.yaml"}
