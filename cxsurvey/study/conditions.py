"""Who is meant: conditions on answers, and bases made of them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from cxsurvey.study.record import Record


def _code(value: Any) -> Any:
    """Codes are text everywhere; TOML may write them as whole numbers."""
    if isinstance(value, bool):
        return value
    return str(value) if isinstance(value, int) else value


Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
Code = Annotated[str, BeforeValidator(_code, json_schema_input_type=str | int)]
Label = Annotated[str, Field(min_length=1, max_length=1000)]


class Condition(Record):
    """One condition on the answers to a question; all that it states must hold."""

    question: str
    is_: tuple[Code, ...] | None = Field(None, alias="is")
    not_: tuple[Code, ...] | None = Field(None, alias="not")
    at_least: float | None = None
    at_most: float | None = None
    answered: bool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Condition:
        tests = (self.is_, self.not_, self.at_least, self.at_most, self.answered)
        if all(test is None for test in tests):
            message = "a condition needs one of: is, not, at_least, at_most, answered"
            raise ValueError(message)
        return self


class Base(Record):
    """Who was asked: a filter on other answers, with the words that describe it."""

    label: Label
    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Base:
        if not self.all and not self.any:
            message = "a base needs conditions under 'all' or 'any'"
            raise ValueError(message)
        return self
