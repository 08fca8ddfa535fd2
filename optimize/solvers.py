"""Every solver and closed form as a function on plain arrays, for whoever wants one without a scenario.

    from optimize.solvers import erlang_c
    erlang_c(arrivals_per_minute=2.0, work_minutes=4.0, servers=10).answered_within(0.33)

Apart from `optimize` itself, because reading all of it takes half a second that no run needs.
"""

from __future__ import annotations

from optimize.network.charge_checking import check_flow_plan
from optimize.network.checking import check_maximal_cover, check_p_centre, check_p_median, check_set_cover
from optimize.network.expansion import ExpansionPlan, expand
from optimize.network.expansion_checking import check_expansion_plan
from optimize.network.expansion_problem import Expansion
from optimize.network.fixed_charge import CoverPromise, FixedCharge, FlowPlan, with_existing
from optimize.network.fixed_charge_solving import best_site_sets, cost_by_number, least_cost_sites
from optimize.network.greenfield import GreenfieldPlan, fewest_circles, smallest_radius, weber_sites
from optimize.network.maximal_cover import k_best_maximal_covers, maximal_cover
from optimize.network.p_centre import p_centre
from optimize.network.p_median import k_best_medians, p_median, p_median_curve
from optimize.network.results import SitePlan, UnservedCustomer
from optimize.network.set_cover import k_best_set_covers, set_cover
from optimize.network.site_rules import SiteRules
from optimize.network.siting_checking import check_siting_plan
from optimize.network.station_problem import ReachPromise, SitingPlan, SitingProblem
from optimize.network.station_siting import site_stations, stations_curve
from optimize.network.travel_costs import cost_of_travel, travel_matrix, within
from optimize.routing.bounds.column_generation import RouteBound, lower_bound
from optimize.routing.partitioning import PoolChoice, best_of_pool
from optimize.routing.plain.checking import check_plain
from optimize.routing.plain.finishing import PlainFinish, finish
from optimize.routing.plain.peers import search_with_ortools, search_with_pyvrp
from optimize.routing.plain.problem import PlainProblem, PlainSolution, plain_problem
from optimize.routing.plain.search import search_plain
from optimize.routing.tours.bounding import ToursBound, bound_tours
from optimize.routing.tours.checking import check_tours
from optimize.routing.tours.finishing import ToursFinish, finish_tours
from optimize.routing.tours.peers import NotSupportedError, tours_by_ortools, tours_by_pyvrp
from optimize.routing.tours.plan import Tour, ToursPlan
from optimize.routing.tours.problem import Lateness, Roads, Tours, Vehicles, Visits
from optimize.routing.tours.quoting import Quote, quote
from optimize.routing.tours.rolling import replan
from optimize.routing.tours.searching import first_tours, repair, search_tours
from optimize.routing.tours.skills import Qualification, SkillDemands, Staff, qualify
from optimize.sourcing.agents import AgentMix, AgentRules, AgentTerms, mix_agents
from optimize.sourcing.carriers import CarrierMix, CarrierRules, CarrierTerms, mix_carriers, tariff
from optimize.sourcing.lead_times import lead_time_demand_deviation, mixture_moments, split_deviation
from optimize.sourcing.mix_checking import check_agent_mix, check_carrier_mix
from optimize.sourcing.supplier_checking import check_supplier_split
from optimize.sourcing.supplier_terms import PriceStep, SplitRules, SupplierTerms
from optimize.sourcing.suppliers import SupplierSplit, split_suppliers
from optimize.staffing.agent_confirmation import confirm_agents
from optimize.staffing.chance import Achieved, ChancePlan, clopper_pearson, fewest_people
from optimize.staffing.confirmation import Confirmation, by_sampled_months, confirm
from optimize.staffing.cover_checking import check_cover
from optimize.staffing.covering import ShiftCover, cover
from optimize.staffing.crews_and_partners import CrewsPlan, FieldCrews, crews_and_partners, room_per_day
from optimize.staffing.crews_checking import check_crews
from optimize.staffing.month import share_deviation
from optimize.staffing.partners import OwnCapacity, PartnerChoice, PartnerOffer, own_or_partner
from optimize.staffing.pickers import PickerSizing, Wave, done_probability, pickers_needed
from optimize.staffing.queues import (
    Waiting,
    erlang_a,
    erlang_b,
    erlang_b_load,
    erlang_b_servers,
    erlang_c,
    hypercube,
    machine_repair,
    mdc,
    mg1,
    mgc,
    preemptive_sojourns,
    priority_waits,
)
from optimize.staffing.rostering.checking import check_roster
from optimize.staffing.rostering.costs import RosterCost, roster_cost
from optimize.staffing.rostering.problem import (
    Fairness,
    HourDemand,
    RosterPerson,
    RosterProblem,
    RosterShift,
    ShiftDemand,
    ShiftRequest,
    without_short_rest,
)
from optimize.staffing.rostering.roster import Roster
from optimize.staffing.rostering.solving import solve_roster
from optimize.staffing.sampled_months import SampledMonths, sample_months, service_table
from optimize.staffing.shift_patterns import ShiftPattern, patterns_from
from optimize.staffing.training import TrainingPlan, TrainingProblem, check_training, plan_training
from optimize.staffing.travel import (
    TechnicianSizing,
    Territory,
    carried_minutes,
    nested_levels_needed,
    technicians_needed,
)
from optimize.staffing.varying import (
    Approximation,
    HourlyPerformance,
    performance_by_hour,
    requirements_by_hour,
)
from optimize.stock.approximations import (
    NormalSupply,
    base_stock_for_cycle_service,
    eoq_with_backorders_approximation,
    eoq_with_safety_stock,
    expected_inventory_level,
    loss_function_approximation,
    power_approximation,
)
from optimize.stock.candidates import Ladder, ladder, to_choose_from
from optimize.stock.cells import Cells, Form, Levels, Performance, TargetMeasure, Unmet
from optimize.stock.classes import classes, target_shares
from optimize.stock.continuous_review import ReorderPolicies, best_lot_sizes, best_min_max, lot_size_costs
from optimize.stock.demand import compound_poisson, demand_probabilities
from optimize.stock.dynamic_lot_sizing import LotSchedule, wagner_whitin
from optimize.stock.first_time_fix import (
    FirstTimeFixPlan,
    PartsNetwork,
    evaluate_part_levels,
    first_time_fix_plan,
)
from optimize.stock.guaranteed_service import Pooling, place_safety_stock, pooled_demand_bounds
from optimize.stock.joint_replenishment import (
    JointReplenishment,
    cyclic_replenishment,
    power_of_two_replenishment,
)
from optimize.stock.lot_sizing import (
    BackorderedLotSize,
    DiscountedLotSize,
    LotSize,
    economic_order_quantity,
    economic_order_quantity_with_all_units_discounts,
    economic_order_quantity_with_backorders,
    economic_order_quantity_with_disruptions,
    economic_order_quantity_with_incremental_discounts,
    economic_production_quantity,
)
from optimize.stock.metric import BudgetCurve, Method, TwoEchelons, budget_curve, expected_backorders
from optimize.stock.newsvendor import (
    Margins,
    Newsvendor,
    newsvendor_discrete,
    newsvendor_lognormal,
    newsvendor_normal,
    newsvendor_poisson,
    normal_loss,
    normal_second_loss,
)
from optimize.stock.normal_demand import best_normal_base_stock, best_normal_lot_size, normal_lot_size_cost
from optimize.stock.one_warehouse import OneWarehouse, best_one_warehouse, evaluate_one_warehouse
from optimize.stock.perishable_optimum import OptimalPolicy, PerishableCosts, optimal_policy
from optimize.stock.perishables import evaluate_perishable, for_target_perishable, least_cost_perishable
from optimize.stock.serial import (
    SerialLevels,
    SerialSystem,
    normal_grid,
    poisson_grid,
    serial_cost,
    serial_levels,
    shang_song_bounds,
)
from optimize.stock.service_network import ServiceNetwork, ServicePlacement, check_placement
from optimize.stock.single_place import evaluate, for_target, is_exact, least_cost
from optimize.stock.together import TogetherResult, choose_together, is_within

__all__ = [
    "Achieved", "AgentMix", "AgentRules", "AgentTerms", "Approximation", "BackorderedLotSize", "BudgetCurve",
    "CarrierMix", "CarrierRules", "CarrierTerms", "Cells", "ChancePlan", "Confirmation", "CoverPromise",
    "CrewsPlan", "DiscountedLotSize", "Expansion", "ExpansionPlan", "Fairness", "FieldCrews",
    "FirstTimeFixPlan", "FixedCharge", "FlowPlan", "Form", "GreenfieldPlan", "HourDemand",
    "HourlyPerformance", "JointReplenishment", "Ladder", "Lateness", "Levels", "LotSchedule", "LotSize",
    "Margins", "Method", "Newsvendor", "NormalSupply", "NotSupportedError", "OneWarehouse", "OptimalPolicy",
    "OwnCapacity", "PartnerChoice", "PartnerOffer", "PartsNetwork", "Performance", "PerishableCosts",
    "PickerSizing", "PlainFinish", "PlainProblem", "PlainSolution", "PoolChoice", "Pooling", "PriceStep",
    "Qualification", "Quote", "ReachPromise", "ReorderPolicies", "Roads", "Roster", "RosterCost",
    "RosterPerson", "RosterProblem", "RosterShift", "RouteBound", "SampledMonths", "SerialLevels",
    "SerialSystem", "ServiceNetwork", "ServicePlacement", "ShiftCover", "ShiftDemand", "ShiftPattern",
    "ShiftRequest", "SitePlan", "SiteRules", "SitingPlan", "SitingProblem", "SkillDemands", "SplitRules",
    "Staff", "SupplierSplit", "SupplierTerms", "TargetMeasure", "TechnicianSizing", "Territory",
    "TogetherResult", "Tour", "Tours", "ToursBound", "ToursFinish", "ToursPlan", "TrainingPlan",
    "TrainingProblem", "TwoEchelons", "Unmet", "UnservedCustomer", "Vehicles", "Visits", "Waiting", "Wave",
    "base_stock_for_cycle_service", "best_lot_sizes", "best_min_max", "best_normal_base_stock",
    "best_normal_lot_size", "best_of_pool", "best_one_warehouse", "best_site_sets", "bound_tours",
    "budget_curve", "by_sampled_months", "carried_minutes", "check_agent_mix", "check_carrier_mix",
    "check_cover", "check_crews", "check_expansion_plan", "check_flow_plan", "check_maximal_cover",
    "check_p_centre", "check_p_median", "check_placement", "check_plain", "check_roster", "check_set_cover",
    "check_siting_plan", "check_supplier_split", "check_tours", "check_training", "choose_together",
    "classes", "clopper_pearson", "compound_poisson", "confirm", "confirm_agents", "cost_by_number",
    "cost_of_travel", "cover", "crews_and_partners", "cyclic_replenishment", "demand_probabilities",
    "done_probability", "economic_order_quantity", "economic_order_quantity_with_all_units_discounts",
    "economic_order_quantity_with_backorders", "economic_order_quantity_with_disruptions",
    "economic_order_quantity_with_incremental_discounts", "economic_production_quantity",
    "eoq_with_backorders_approximation", "eoq_with_safety_stock", "erlang_a", "erlang_b", "erlang_b_load",
    "erlang_b_servers", "erlang_c", "evaluate", "evaluate_one_warehouse", "evaluate_part_levels",
    "evaluate_perishable", "expand", "expected_backorders", "expected_inventory_level", "fewest_circles",
    "fewest_people", "finish", "finish_tours", "first_time_fix_plan", "first_tours", "for_target",
    "for_target_perishable", "hypercube", "is_exact", "is_within", "k_best_maximal_covers", "k_best_medians",
    "k_best_set_covers", "ladder", "lead_time_demand_deviation", "least_cost", "least_cost_perishable",
    "least_cost_sites", "loss_function_approximation", "lot_size_costs", "lower_bound", "machine_repair",
    "maximal_cover", "mdc", "mg1", "mgc", "mix_agents", "mix_carriers", "mixture_moments",
    "nested_levels_needed", "newsvendor_discrete", "newsvendor_lognormal", "newsvendor_normal",
    "newsvendor_poisson", "normal_grid", "normal_loss", "normal_lot_size_cost", "normal_second_loss",
    "optimal_policy", "own_or_partner", "p_centre", "p_median", "p_median_curve", "patterns_from",
    "performance_by_hour", "pickers_needed", "place_safety_stock", "plain_problem", "plan_training",
    "poisson_grid", "pooled_demand_bounds", "power_approximation", "power_of_two_replenishment",
    "preemptive_sojourns", "priority_waits", "qualify", "quote", "repair", "replan", "requirements_by_hour",
    "room_per_day", "roster_cost", "sample_months", "search_plain", "search_tours", "search_with_ortools",
    "search_with_pyvrp", "serial_cost", "serial_levels", "service_table", "set_cover", "shang_song_bounds",
    "share_deviation", "site_stations", "smallest_radius", "solve_roster", "split_deviation",
    "split_suppliers", "stations_curve", "target_shares", "tariff", "technicians_needed", "to_choose_from",
    "tours_by_ortools", "tours_by_pyvrp", "travel_matrix", "wagner_whitin", "weber_sites", "with_existing",
    "within", "without_short_rest",
]  # fmt: skip
