"""What every type of the scenario language shares: frozen, strict, documented fields."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    """A block of a scenario file: immutable, unknown keys refused, no silent type changes.

    Attribute docstrings become the field's description in the schema and in the reference page.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        allow_inf_nan=False,
        validate_default=True,
        arbitrary_types_allowed=True,
    )


def assumed(default: Any, source: str, *, unit: str = "", **constraints: Any) -> Any:
    """A field with a default whose origin is on record.

    Args:
        default: the value used when the scenario does not give one; must be immutable.
        source: where the default comes from, shown by `dualedge check --assumptions`.
        unit: unit of the value, e.g. "days", "CNY per unit", "share".
        constraints: further arguments of `pydantic.Field` (`ge`, `gt`, `le`, `lt`, ...).
    """
    return Field(default=default, json_schema_extra={"source": source, "unit": unit}, **constraints)


def given(*, unit: str = "", **constraints: Any) -> Any:
    """A field that every scenario must state; see `assumed` for the arguments."""
    return Field(json_schema_extra={"unit": unit}, **constraints)
