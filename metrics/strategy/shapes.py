"""What the models of ``strategy.yaml`` are made of: ids, days, numbers, flags, and texts in both languages."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", description="Lower case letters, digits and _.")]
Whole = Annotated[int, Field(strict=True)]
Number = Annotated[float, Field(strict=True)]
Flag = Annotated[bool, Field(strict=True)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def _written_day(value: Any) -> Any:
    """A number is no date (0 would be read as 1 January 1970); dates and their texts go on to pydantic."""
    if isinstance(value, (int, float)):
        raise ValueError("a number")
    return value


Day = Annotated[date, BeforeValidator(_written_day)]


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Local(Model):
    """A text in both languages."""

    en: Text = Field(description="In English.")
    vi: Text = Field(description="In Vietnamese.")

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        return {"en": value, "vi": value} if isinstance(value, str) else value

    def __call__(self, lang: str) -> str:
        return self.vi if lang == "vi" else self.en
