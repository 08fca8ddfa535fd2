"""Plans as files that a person reads, edits and gives back: YAML, with a CSV table beside it for what is long."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

from scenarios import Columns, Decisions, GreenfieldRow, ServiceStation, columns_of, write_table
from study.atomic import replacing, write_text

_HEADER = """\
# A plan of dualedge: the policy of a scenario worked out to numbers.
#
#   parts            where the numbers come from: solver, status, and what they promise (measure -> forecast)
#   *_levels, skills tables beside this file, one row per cell
#   expansion, greenfield  later years and proposals, to be read: no run follows them; *_new_stations.csv are rows for
#                    a scenario's table of stations
#   the rest         people, suppliers, carriers and partners, as in a scenario
#
# Edit any number and give the file back with `--plan`. A part whose numbers were edited promises nothing any more.
# What is deleted here stays as the scenario's policy says.
"""


def write_plan(decisions: Decisions, path: Path) -> list[Path]:
    """Write a plan; each file appears whole or not at all, the YAML last.

    Args:
        decisions: what was decided, as in `Plan.decisions`.
        path: YAML file to write; tables go beside it, called after it.

    Returns:
        The files written, the YAML first.
    """
    content = decisions.model_dump(mode="json", exclude_defaults=True)
    tables = {
        name: value
        for name in Decisions.model_fields
        if isinstance(value := getattr(decisions, name), Columns)
    }
    written = [path]
    for name, table in tables.items():
        file = path.with_name(f"{path.stem}_{name}.csv")
        with replacing(file) as partial:
            write_table(table, partial)
        content[name] = {"table": file.name}
        written.append(file)
    if decisions.greenfield is not None:
        written.append(_candidates(decisions.greenfield, path.with_name(f"{path.stem}_new_stations.csv")))
    ordered = {name: content[name] for name in Decisions.model_fields if name in content}
    write_text(path, f"{_HEADER}{_as_yaml({'format': decisions.format, **ordered})}")
    return written


def _candidates(proposed: Columns[GreenfieldRow], file: Path) -> Path:
    """Rows for the table of stations of a scenario: what is left to fill in are costs and supply."""
    places = {name: proposed[name] for name in ("station_id", "latitude", "longitude")}
    with replacing(file) as partial:
        write_table(columns_of(ServiceStation, places), partial)
    return file


def _as_yaml(content: dict[str, Any]) -> str:
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 110
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = StringIO()
    yaml.dump(content, text)
    return text.getvalue()


__all__ = ["write_plan"]
