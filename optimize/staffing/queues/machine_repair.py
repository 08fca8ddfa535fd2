"""A fixed number of machines that fail, and the people who mend them: M/M/c//N."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimize.arguments import count, positive


@dataclass(frozen=True)
class MachineRepair:
    """Steady state of machines and repairers; times in the unit of the arguments."""

    up_share: float
    """Share of time that a machine works."""
    machines_down: float
    """Mean number that wait or are being mended."""
    queue_length: float
    """Mean number that wait."""
    mean_wait: float
    """From failure to the begin of the repair."""
    repairs: float
    """Repairs per unit of time."""
    utilisation: float
    """Share of the repairers' time spent mending."""


def machine_repair(
    machines: int, repairers: int, time_to_failure: float, repair_time: float
) -> MachineRepair:
    """Machines that fail on their own and are mended in turn.

    Birth and death with n down: births (N - n) / time_to_failure, deaths min(n, c) / repair_time (Palm 1947; Gross and
    Harris 1998, Fundamentals of Queueing Theory, section 2.7). In logarithms, so that nothing overflows.

    Args:
        machines: N, 1 to a million.
        repairers: c, at least 1.
        time_to_failure: mean working time between repair and failure, exponential.
        repair_time: mean, exponential; in the same unit.

    Raises:
        ValueError: an argument outside its bounds.
    """
    machines, repairers = count("machines", machines, 1), count("repairers", repairers, 1)
    failing, mending = positive("time_to_failure", time_to_failure), positive("repair_time", repair_time)
    down = np.arange(machines + 1.0)
    busy = np.minimum(down, repairers)
    logs = np.zeros(machines + 1)
    np.cumsum(np.log((machines - down[:-1]) / failing) - np.log(busy[1:] / mending), out=logs[1:])
    shares = np.exp(logs - logs.max())
    shares /= shares.sum()
    repairs = float(shares @ busy) / mending
    queue = float(shares @ (down - busy))
    return MachineRepair(
        up_share=repairs * failing / machines,
        machines_down=float(shares @ down),
        queue_length=queue,
        mean_wait=queue / repairs,
        repairs=repairs,
        utilisation=repairs * mending / repairers,
    )


__all__ = ["MachineRepair", "machine_repair"]
