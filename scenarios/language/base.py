"""What every type of the scenario language shares: frozen, strict, documented fields."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


class Model(BaseModel):
    """A block of a scenario file: immutable, unknown keys refused, no silent type changes.

    Attribute docstrings become the field's description in the schema and in the reference page; see `meanings_of`.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        validate_default=True,
        arbitrary_types_allowed=True,
    )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """The schema of this block, each key with its meaning."""
        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        for name, meaning in meanings_of(cls).items():
            properties[cls.model_fields[name].alias or name]["description"] = meaning
        return schema


@cache
def meanings_of(model: type[Model]) -> dict[str, str]:
    """What the fields of a block mean: the docstring below each, of the fields that have one.

    Read from the sources when asked for: pydantic would do so for every block whenever the language is imported,
    which takes longer than building the blocks.
    """
    import ast
    import inspect
    from itertools import pairwise
    from textwrap import dedent

    found: dict[str, str] = {}
    for owner in reversed(model.__mro__):
        if not issubclass(owner, Model) or owner is Model:
            continue
        (definition,) = ast.parse(dedent(inspect.getsource(owner))).body
        assert isinstance(definition, ast.ClassDef)
        for field, below in pairwise(definition.body):
            match field, below:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str(text))),
                ) if name in model.model_fields:
                    found[name] = inspect.cleandoc(text)
    return found


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
