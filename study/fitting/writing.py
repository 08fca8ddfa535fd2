"""Files of a fit: the demand block, its rate table, the figures and the classes."""

from __future__ import annotations

from pathlib import Path

from study.fitting.result import RATES_FILE, FittedDemand


def write_fit(fitted: FittedDemand, folder: Path) -> list[Path]:
    """Write a fit into a folder, made if need be; each file appears whole or not at all.

    Args:
        fitted: the fit.
        folder: where `demand.yaml`, `rates.csv`, `skus.csv`, `figures.csv` and `series.csv` go.

    Returns:
        The files written, `demand.yaml` first.
    """
    from io import StringIO

    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.default_flow_style = None
    text = StringIO()
    yaml.dump({"demand": fitted.to_yaml_block()}, text)
    comment = "# Fitted demand: paste into a scenario, with rates.csv beside it.\n"
    rates = fitted.rates[["store_id", "sku_id", "units_per_day"]]
    contents = {
        "demand.yaml": comment + text.getvalue(),
        RATES_FILE: rates.to_csv(index=False, lineterminator="\n"),
        "figures.csv": fitted.figures().to_csv(index=False, lineterminator="\n"),
        "skus.csv": fitted.sku_table.to_csv(index=False, lineterminator="\n", float_format="%.6g"),
        "series.csv": fitted.series.to_csv(index=False, lineterminator="\n", float_format="%.6g"),
    }
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in contents.items():
        target = folder / name
        partial = folder / f".{name}.partial"
        partial.write_text(content, encoding="utf-8")
        partial.replace(target)
        written.append(target)
    return written
