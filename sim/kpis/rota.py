"""How far the rota of technicians was followed (table `rota_visits`)."""

from __future__ import annotations

from collections.abc import Mapping

from sim.records import Table
from sim.rotas import NOBODY_NAMED

_NAN = float("nan")


def rota_kpis(tables: Mapping[str, Table], first_second: int) -> dict[str, float]:
    """Work out how far the rota was followed.

    Args:
        tables: event tables of a run; without `rota_visits` there is no rota.
        first_second: begin of the days that count.

    Returns:
        KPI name -> value; NaN where there was no rota, or nobody to follow it.
    """
    ranks = None
    if "rota_visits" in tables:
        table = tables["rota_visits"]
        ranks = table["rank"][table["second"] >= first_second]
    if ranks is None or not len(ranks):
        return dict.fromkeys(("rota_followed_share", "rota_first_choice_share", "rota_fallback_share"), _NAN)
    named = ranks[ranks != NOBODY_NAMED]
    return {
        "rota_followed_share": float((named >= 0).mean()) if len(named) else _NAN,
        "rota_first_choice_share": float((named == 0).mean()) if len(named) else _NAN,
        "rota_fallback_share": float((ranks < 0).mean()),
    }
