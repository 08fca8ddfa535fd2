"""From a scenario's policy to a plan of numbers, and the solvers that work parts of it out."""

from optimize.asking import FAMILIES
from optimize.checking import PlanFinding, check_plan
from optimize.machine_code import MachineCode
from optimize.outlook import (
    ContactMonth,
    ContactOutlook,
    DeliveryOutlook,
    FieldOutlook,
    FieldWork,
    Outlook,
    PickingOutlook,
    SitingOutlook,
)
from optimize.planner import FaultyPlanError, PlanInterrupted, PlanningError, plan
from optimize.routing.checking import check_routes
from optimize.routing.distances import road_metres
from optimize.routing.planning import plan_fixed, plan_routes
from optimize.routing.problem import (
    RoutePlan,
    RouteStatus,
    RoutingProblem,
    Trip,
    UnservedReason,
)
from optimize.routing.ranking import RankedRoads
from optimize.solving import Progress, no_progress

__all__ = [
    "FAMILIES",
    "ContactMonth",
    "ContactOutlook",
    "DeliveryOutlook",
    "FaultyPlanError",
    "FieldOutlook",
    "FieldWork",
    "MachineCode",
    "Outlook",
    "PickingOutlook",
    "PlanFinding",
    "PlanInterrupted",
    "PlanningError",
    "Progress",
    "RankedRoads",
    "RoutePlan",
    "RouteStatus",
    "RoutingProblem",
    "SitingOutlook",
    "Trip",
    "UnservedReason",
    "check_plan",
    "check_routes",
    "no_progress",
    "plan",
    "plan_fixed",
    "plan_routes",
    "road_metres",
]
