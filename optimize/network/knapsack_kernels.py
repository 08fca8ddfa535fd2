"""Compiled knapsacks of items that come by falling profit per size: the largest profit that fits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from optimize.compilation import compiled

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

MOST_NODES = 3000
"""Of one search tree; beyond it the linear bound is the answer, which is never too low."""


@compiled
def sort_down(order: IntArray, keys: FloatArray) -> None:
    """Put items in the order of falling keys, in place; quick where they nearly are (insertion, equals stay)."""
    for place in range(1, len(order)):
        item = order[place]
        key = keys[item]
        before = place - 1
        while before >= 0 and keys[order[before]] < key:
            order[before + 1] = order[before]
            before -= 1
        order[before + 1] = item


@compiled
def linear_knapsack(count: int, profit: FloatArray, size: FloatArray, room: float) -> float:
    """Value of a knapsack in shares; items by falling ratio."""
    value = 0.0
    for item in range(count):
        if size[item] > room:
            value += profit[item] * room / size[item]
            break
        value += profit[item]
        room -= size[item]
    return value


@compiled
def whole_knapsack(
    count: int, profit: FloatArray, size: FloatArray, room: float, chosen: IntArray, kept: IntArray
) -> float:
    """Value of a knapsack of whole items (Horowitz and Sahni 1974): depth first, the linear bound prunes."""
    best, value, nodes, at = -1.0, 0.0, 0, 0
    first = linear_knapsack(count, profit, size, room)
    tolerance = 1e-12 * first
    while True:
        bound, left, item = value, room, at
        while item < count and size[item] <= left:
            bound += profit[item]
            left -= size[item]
            item += 1
        if item < count:
            bound += left * profit[item] / size[item]
        if bound > best + tolerance:
            for taken in range(at, item):
                chosen[taken] = 1
                value += profit[taken]
                room -= size[taken]
            if item < count:
                chosen[item] = 0
                at = item + 1
                continue
            best = value
            for taken in range(count):
                kept[taken] = chosen[taken]
            at = count
        nodes += 1
        if nodes > MOST_NODES:
            return first
        at -= 1
        while at >= 0 and chosen[at] == 0:
            at -= 1
        if at < 0:
            return best
        chosen[at] = 0
        value -= profit[at]
        room += size[at]
        at += 1


__all__ = ["FloatArray", "IntArray", "linear_knapsack", "sort_down", "whole_knapsack"]
