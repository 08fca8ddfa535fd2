"""Random streams keyed by name: who draws what, without anything being remembered.

A draw is a pure function of (seed, replication, purpose, entity, index, sub). Entities are known by
their ids, so adding a store or a SKU, or reordering a table, leaves every other draw as it was, bit
for bit. The generator behind is Philox4x32-10, see `sim.kernels.philox`; names become keys by
BLAKE2b, which is the same in every process and on every machine (Python's own ``hash`` is not).

Two different entities share a key with probability 2^-64. Among n of them some pair does with
probability about n^2 / 2^65: 1e-7 for the 2 million cells of 1,000 stores x 2,000 SKUs, and such a
pair would only have equal draws.
"""

import hashlib
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.kernels.compilation import bound
from sim.kernels.philox import uniform_draw, uniform_row, uniform_rows4

CELL_MULTIPLIER: Final = 0x9E3779B97F4A7C15
"""Odd, so that distinct SKU keys stay distinct; it keeps (A, B) apart from (B, A)."""

_MASK_32: Final = (1 << 32) - 1


class Purpose(StrEnum):
    """What a draw decides. Each purpose has a stream of its own; its index and sub are said here."""

    DEMAND = "demand"
    """Units asked for. Cell; day."""
    DEMAND_HOUR = "demand hour"
    """Second of the day at which a unit is asked for. Cell; day, unit."""
    SHELF_PICK = "shelf pick"
    """Whether a customer takes the freshest or the oldest unit. Cell; day, unit."""
    SUBSTITUTION = "substitution"
    """Whether a customer accepts another SKU. Cell asked for; day, unit."""
    RETURNS = "returns"
    """Whether, and when, a sold unit comes back. Cell; day of sale, unit."""
    SUPPLIER_LEAD_TIME = "supplier lead time"
    """Lead time of a purchase order. Supplier and SKU; number of the order's day."""
    ALLOCATION_TIES = "allocation ties"
    """Who comes first among equals under shortage. Cell, or station that wants parts; day."""
    MARK_DOWN_DEMAND = "mark-down demand"
    """Extra units asked for because they are marked down. Cell; day."""
    DEFECTS_SHIPPED = "defects shipped"
    """Whether a unit that a centre ships is defective. Cell; day, order kind and days waited, unit."""
    DEFECTS_SOLD = "defects sold"
    """Whether a unit sold is one of the defective ones on the shelf, and when it comes back. Cell; day, unit."""
    SHRINKAGE = "shrinkage"
    """How many units vanish overnight. Centre and SKU; day."""
    MISCOUNTS = "miscounts"
    """Whether a unit is lost or turns up when a line is picked. Cell; day, order kind and days waited."""
    RETURNS_TRIAGE = "returns triage"
    """What becomes of a unit that came back to the centre. Cell; day, unit."""
    MARKET_SHOCK = "market shock"
    """Common movement of demand. Region, store or category; day."""
    DESK_TIME = "desk time"
    """Time that an order takes at the desk. Store; day, kind of order."""
    PICKING_TIME = "picking time"
    """Time that a pick list takes. Store and list; day, minute of the wave."""
    STREAM_GAP = "stream gap"
    """Time between two orders of a stream. Stream and number of the order."""
    STREAM_WORK = "stream work"
    """Work on an order of a stream. Stream and number of the order."""
    TRAVEL = "travel"
    """Time of a leg on a road. From and to; day."""
    CARRIER = "carrier"
    """Whether a drop goes by carrier, and by which. Store; day."""
    CARRIER_DELAY = "carrier delay"
    """Whether and how long a carrier is late. Carrier and store; day."""
    SETTLEMENT = "settlement"
    """When a store pays. Store; day of delivery."""
    OPENING_HISTORY = "opening history"
    """Demand before day 0 that forecasters have seen. Cell; days before."""
    SUPPLIER_EXPRESS_LEAD_TIME = "supplier express lead time"
    """Lead time of an express line. Supplier, centre and SKU; number of the day it leaves."""
    SUPPLIER_PRICE = "supplier price"
    """Step of the price level. Supplier; number of the day of the price list."""
    SUPPLIER_DISRUPTION = "supplier disruption"
    """Whether a disruption begins, and how long it lasts. Supplier; day; 0 or 1."""
    SUPPLIER_QUEUE = "supplier queue"
    """Who comes first among the lines of one day when capacity is short. Supplier, centre and SKU; day."""
    DEFECTS = "defects"
    """Quality of a lot and its defective units. Supplier, centre and SKU or part; day of the order; day and step."""
    INSPECTION = "inspection"
    """Which units are sampled. Supplier, centre and SKU; day of the order; day and unit."""
    FAILURES = "failures"
    """How many units of a cell fail. Product, region and cohort; day."""
    FAILURES_AVOIDED = "failures avoided"
    """Whether a failure of a unit under contract is foreseen. Request."""
    SCRAPPAGE = "scrappage"
    """How many units of a cell are taken out of use. Product, region and cohort; day."""
    REQUEST_KEY = "request key"
    """Key of all that is drawn for a request. What it arises from; day, number."""
    REQUEST_PLACE = "request place"
    """Where the customer lives. Request; 0 to 2."""
    REQUEST_TRAITS = "request traits"
    """Hour, segment, failure mode, urgency, part, contract, goodwill, unit, delay of a request. Request; trait."""
    REQUEST_WORK = "request work"
    """Minutes of diagnosis and repair. Request; 0 or 1."""
    INSTALLATIONS = "installations"
    """Which units sold are installed, when they were sold, and who calls for advice afterwards. Request; what."""
    MAINTENANCE_DUE = "maintenance due"
    """How the share under contract is rounded, and when visits fall. Product, region and cohort; 0 or 1."""
    JOB_STREAM = "job stream"
    """Gaps and work of jobs from outside. Stream and number of the job; 0 or 1."""
    CALLS = "calls"
    """Channel, work, patience, redial, triage and remote diagnosis. Request; trait, try."""
    CALL_STREAM = "call stream"
    """Gaps, work and patience of other calls. Stream and number of the call; 0 to 2."""
    APPOINTMENTS = "appointments"
    """How many offers a customer declines. Request; visits before."""
    VISIT_TRAVEL = "visit travel"
    """Time on the road to a visit. Request; 0, a helper 1; visit. The way home: technician; 0; date."""
    VISITS = "visits"
    """Absence and success at a visit. Request; 0 or 1; visit."""
    QUOTES = "quotes"
    """Whether a quote is accepted. Request; 0."""
    ABSENCE = "absence"
    """Illness and training of technicians. Technician and who came before; day, what."""
    ATTRITION = "attrition"
    """Notice and hiring of technicians. Technician and who came before; day, what."""
    INSPECTIONS = "inspections"
    """Which repairs are bad, which are inspected, what is found. Request; what."""
    PARTNERS = "partners"
    """Which job goes to which partner, and how it goes. Request; what."""
    PART_DEMAND = "part demand"
    """Other demand for parts. Station and part; day."""
    PART_LEAD_TIME = "part lead time"
    """Lead time of a purchase order of parts. Supplier, centre, part and number of the order among the day's; day."""
    PART_QUALITY = "part quality"
    """Which units of a lot of parts are sampled, which of a place's is defective. Supplier, centre and part, or place
    and part; day, unit or second and unit."""
    PART_LOSSES = "part losses"
    """Units that vanish in stations. Station and part; day."""
    REPAIR_SHOP = "repair shop"
    """Turnaround and success of the repair shop. Request, or station and part; visit or number of the unit, what."""
    PART_TRANSPORT = "part transport"
    """Hours of transfers and couriers. Request; visit, what."""


class StreamKey(NamedTuple):
    """The two words that key one stream; pass them on to a kernel as ``*key``."""

    k0: np.uint32
    k1: np.uint32


def _hash_64(parts: Iterable[str]) -> int:
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(8, "little"))  # ("ab", "c") is not ("a", "bc")
        digest.update(encoded)
    return int.from_bytes(digest.digest(), "little")


def stream_key(seed: int, replication: int, purpose: str) -> StreamKey:
    """Return the key of one stream.

    Args:
        seed: Any integer.
        replication: Any integer; usually counted from 0.
        purpose: Usually a `Purpose`.
    """
    key = _hash_64(("stream", str(int(seed)), str(int(replication)), str(purpose)))
    return StreamKey(np.uint32(key & _MASK_32), np.uint32(key >> 32))


def entity_key(*names: str) -> int:
    """Return the 64-bit key of an entity known by one or several names, in their order."""
    return _hash_64(("entity", *names))


def entity_keys(names: Iterable[str]) -> npt.NDArray[np.uint64]:
    """Return the `entity_key` of each name, shape (n,)."""
    return np.array([entity_key(name) for name in names], dtype=np.uint64)


def cell_keys(store: int, skus: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return the keys of cells, a store with each SKU, from the keys of both, shape (n,); arithmetic wraps around."""
    return np.uint64(store) + skus * np.uint64(CELL_MULTIPLIER)


def halves(keys: npt.NDArray[np.uint64]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Split keys into contiguous arrays of their low and high 32 bits, as the row kernels want them."""
    return keys.astype(np.uint32), (keys >> np.uint64(32)).astype(np.uint32)  # a cast keeps the low bits


def uniform(key: StreamKey, entity: int, index: int, sub: int = 0) -> int:
    """Return one draw, 0 ... 2^32 - 1, bit-equal to what the row kernels draw for the same arguments.

    For rare draws (one takes a microsecond); a row of cells belongs in a kernel.

    Args:
        key: From `stream_key`.
        entity: 64-bit key of the entity.
        index: First index, a day for instance, 0 ... 2^32 - 1.
        sub: Second index, a unit of that day for instance, 0 ... 2^32 - 1.

    Raises:
        OverflowError: An index is out of its range.
    """
    if not (0 <= index <= _MASK_32 and 0 <= sub <= _MASK_32):
        raise OverflowError(f"an index is not within 0 ... 2^32 - 1: {index}, {sub}")
    draw: int = _single_draw()(entity & _MASK_32, entity >> 32, index, sub, key[0], key[1])
    return draw


@cache
def _single_draw() -> Callable[..., int]:
    """The compiled draw, which takes Python's integers as they are: making NumPy's takes several times as long."""
    word = np.uint32(0)
    return bound(uniform_draw, word, word, word, word, word, word)


def uniform_fraction(key: StreamKey, entity: int, index: int, sub: int = 0) -> float:
    """Return one draw strictly between 0 and 1, in steps of 2^-32, from the same bits as `uniform`."""
    return (uniform(key, entity, index, sub) + 0.5) * 2.0**-32


def uniform_array(
    key: StreamKey, entities: npt.NDArray[np.uint64], index: int, sub: int = 0
) -> npt.NDArray[np.uint32]:
    """Return the draw of each entity at one index, shape (n,)."""
    out = np.empty(entities.size, dtype=np.uint32)
    uniform_row(*halves(entities), np.uint32(index), np.uint32(sub), *key, out)
    return out


def four_draws(
    key: StreamKey, entities: npt.NDArray[np.uint64], block: int = 0, sub: int = 0
) -> npt.NDArray[np.uint32]:
    """Return the draws of each entity at the indices 4 * block + (0 ... 3), shape (4, n)."""
    out = np.empty((4, entities.size), dtype=np.uint32)
    uniform_rows4(*halves(entities), np.uint32(block), np.uint32(sub), *key, out)
    return out


def uniform_blocks(
    key: StreamKey, entities: npt.NDArray[np.uint64], blocks: int, sub: int = 0
) -> npt.NDArray[np.uint32]:
    """Return the draws of each entity at the indices from 0 up to 4 * blocks, shape (4 * blocks, n)."""
    out, words = np.empty((4 * blocks, entities.size), np.uint32), halves(entities)
    for block in range(blocks):
        uniform_rows4(*words, np.uint32(block), np.uint32(sub), *key, out[4 * block : 4 * block + 4])
    return out
