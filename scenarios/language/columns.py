"""Big tables as checked, read-only columns instead of one object per row."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, get_args

import numpy as np
import numpy.typing as npt
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from scenarios.language.base import Model

Row = TypeVar("Row", bound=Model)
Column = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Columns(Generic[Row]):
    """The rows of one table, column by column.

    `Row` is a `Model` that documents the columns: name, type, bounds, unit, default. Text and dates are
    object arrays (`str`, `datetime.date`), numbers int64 / float64, flags bool. Arrays are read-only and
    share one length.
    """

    row: type[Row]
    columns: Mapping[str, Column]
    source: str = ""
    """File the rows came from, relative to the scenario's folder; empty when they stood in the YAML."""
    line_numbers: Column = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Line of each row in its file, for messages; empty when unknown."""

    def __getitem__(self, name: str) -> Column:
        """One column, read-only, in row order."""
        return self.columns[name]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def digest(self) -> str:
        """A digest of the content alone: same rows, same digest, whatever file they came from."""
        state = hashlib.blake2b(digest_size=16)
        for name in sorted(self.columns):
            column = self.columns[name]
            state.update(name.encode())
            if column.dtype == object:
                state.update("\x1f".join(str(value) for value in column).encode())
            else:
                state.update(str(column.dtype).encode() + np.ascontiguousarray(column).tobytes())
        return state.hexdigest()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        del handler
        row = get_args(source)[0]

        def check(value: Any) -> Columns[Any]:
            if isinstance(value, Columns) and value.row is row:
                return value
            raise ValueError("expected a table: `{table: file.csv}` or a list of rows")

        return core_schema.no_info_plain_validator_function(
            check, serialization=core_schema.plain_serializer_function_ser_schema(lambda c: c.digest())
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        del schema, handler
        return {"anyOf": [{"type": "object"}, {"type": "array"}]}
