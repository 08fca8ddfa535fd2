"""Spare parts: what lies where follows from what moved, and the ledger carries it at cost."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.aftersales.requests import Echelon, MoveReason, PartSource
from sim.books.audit import Audit, Axis
from sim.books.events import NOT_YET, counted
from sim.books.service_terms import ServiceTerms
from sim.records import IntArray, Table
from sim.result import ServiceLabels

_OURS = (Echelon.CENTRE, Echelon.STATION, Echelon.VAN, Echelon.SHOP)


def check_parts(
    audit: Audit,
    tables: Mapping[str, Table],
    inventory_minor: IntArray,
    names: ServiceLabels,
    terms: ServiceTerms,
    of_centre: Axis,
) -> None:
    """Follow every unit of every part through vans, stations, centres, the repair shop and scrap.

    Args:
        audit: collects what fails.
        tables: all event tables.
        inventory_minor: (centres,) balance of the account of spare parts at the end.
        names: axes of after-sales service.
        terms: what parts cost, and in whose books places stand.
        of_centre: axis of centres.
    """
    moves, stock = tables["part_moves"], tables["part_stock"]
    of_move = (Axis("move of a part"),)
    audit.equal(
        "parts move at cost",
        moves["value_minor"],
        moves["units"] * terms.part_cost_minor[moves["part"]],
        of_move,
    )
    came = moves["arrived_second"] != NOT_YET
    audit.at_most(
        "parts leave before they arrive", moves["left_second"][came], moves["arrived_second"][came], of_move
    )
    _check_stock(audit, moves, stock, names)
    closing = stock["closing_units"]
    audit.equal(
        "parts are carried at cost",
        stock["value_minor"],
        closing * terms.part_cost_minor[stock["part"]],
        (Axis("place and part"),),
    )
    audit.not_negative("no stock of parts is below zero", closing, (Axis("place and part"),))
    centre = terms.centre_of_place(stock["echelon"], stock["place"])
    audit.equal(
        "balance of PARTS_INVENTORY = parts at cost",
        inventory_minor,
        counted((len(of_centre.names),), (centre,), stock["value_minor"]),
        (of_centre,),
    )
    _check_deviation(audit, tables, names)
    _check_uses(audit, tables)


def _check_stock(audit: Audit, moves: Table, stock: Table, names: ServiceLabels) -> None:
    """What is on its way counts where it goes to."""
    places = 1 + max(
        int(column.max(initial=0)) for column in (moves["from_place"], moves["to_place"], stock["place"])
    )
    shape = (len(Echelon), places, max(len(names.parts), 1))
    axes = (Axis("echelon", [kind.name for kind in Echelon]), Axis("place"), Axis("part", names.parts))
    at = (stock["echelon"], stock["place"], stock["part"])
    opening, closing = (counted(shape, at, stock[f"{end}_units"]) for end in ("opening", "closing"))
    gone = counted(shape, (moves["from_echelon"], moves["from_place"], moves["part"]), moves["units"])
    come = counted(shape, (moves["to_echelon"], moves["to_place"], moves["part"]), moves["units"])
    ours = np.isin(np.arange(len(Echelon)), _OURS)[:, None, None]
    audit.equal(
        "parts at the end = parts at the start + moved in - moved out",
        np.where(ours, closing, 0),
        np.where(ours, opening + come - gone, 0),
        axes,
    )


def _check_deviation(audit: Audit, tables: Mapping[str, Table], names: ServiceLabels) -> None:
    """What a station's record does not know of has vanished and has not been counted since."""
    moves, counts, stock = tables["part_moves"], tables["part_counts"], tables["part_stock"]
    shape = (max(len(names.stations), 1), max(len(names.parts), 1))
    lost = (moves["reason"] == MoveReason.LOSS) & (moves["from_echelon"] == Echelon.STATION)
    found = (moves["reason"] == MoveReason.LOSS) & (moves["to_echelon"] == Echelon.STATION)
    here = stock["echelon"] == Echelon.STATION
    audit.equal(
        "parts that are there less those on record = turned up - vanished - counted",
        counted(shape, (stock["place"][here], stock["part"][here]), stock["closing_deviation"][here]),
        counted(shape, (moves["to_place"][found], moves["part"][found]), moves["units"][found])
        - counted(shape, (moves["from_place"][lost], moves["part"][lost]), moves["units"][lost])
        - counted(shape, (counts["station"], counts["part"]), counts["deviation"]),
        (Axis("station", names.stations), Axis("part", names.parts)),
    )


def _check_uses(audit: Audit, tables: Mapping[str, Table]) -> None:
    """Every visit at which a part was put in took one out of stock."""
    visits, moves = tables["visits"], tables["part_moves"]
    number = len(tables["requests"])
    put_in = visits["part_source"] != PartSource.NONE
    used = (moves["reason"] == MoveReason.USE) & (moves["request"] >= 0)
    audit.equal(
        "parts put in at visits were taken out of stock",
        counted((number,), (visits["request"][put_in],)),
        counted((number,), (moves["request"][used],), moves["units"][used]),
        (Axis("request"),),
    )
