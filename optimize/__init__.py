"""From a scenario's policy to a plan of numbers, and the solvers that work parts of it out."""

from optimize.outlook import ContactOutlook, FieldOutlook, Outlook, PickingOutlook
from optimize.planner import PlanningError, plan
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

__all__ = [
    "ContactOutlook",
    "FieldOutlook",
    "Outlook",
    "PickingOutlook",
    "PlanningError",
    "RoutePlan",
    "RouteStatus",
    "RoutingProblem",
    "Trip",
    "UnservedReason",
    "check_routes",
    "plan",
    "plan_fixed",
    "plan_routes",
    "road_metres",
]
