"""Closed forms of queues. Times in minutes and rates per minute unless said otherwise."""

from optimize.staffing.queues.erlang import erlang_b, erlang_b_load, erlang_b_servers, erlang_c
from optimize.staffing.queues.general_work import mdc, mg1, mgc
from optimize.staffing.queues.hypercube import Hypercube, hypercube
from optimize.staffing.queues.impatience import erlang_a
from optimize.staffing.queues.machine_repair import MachineRepair, machine_repair
from optimize.staffing.queues.priorities import preemptive_sojourns, priority_waits
from optimize.staffing.queues.waiting import Waiting

__all__ = [
    "Hypercube",
    "MachineRepair",
    "Waiting",
    "erlang_a",
    "erlang_b",
    "erlang_b_load",
    "erlang_b_servers",
    "erlang_c",
    "hypercube",
    "machine_repair",
    "mdc",
    "mg1",
    "mgc",
    "preemptive_sojourns",
    "priority_waits",
]
