"""The scenario language: YAML and tables in, an immutable `Scenario` out."""

from __future__ import annotations

from scenarios.language.assortment import (
    Assortment,
    CustomerReturns,
    Listing,
    MerchandiseClass,
    Sku,
    Substitution,
)
from scenarios.language.assumptions import Assumption, AssumptionStatus, assumptions
from scenarios.language.base import Model
from scenarios.language.checks import check
from scenarios.language.columns import Columns
from scenarios.language.costs import Costs
from scenarios.language.demand import (
    ConstantDemand,
    Demand,
    DemandRate,
    Estimate,
    Fitted,
    Holiday,
    KnownDemand,
    MarketShock,
    NegativeBinomial,
    Pattern,
    Poisson,
    PriceChange,
    Response,
)
from scenarios.language.distributions import Distribution
from scenarios.language.errors import CODES, Problem, ScenarioError, Severity, did_you_mean, summarise
from scenarios.language.goods_handling import Gift, ReturnsTriage
from scenarios.language.initial import CentreStock, InitialConditions, StoreStock
from scenarios.language.loading import load, load_text
from scenarios.language.measures import (
    COST_HEADS,
    MEASURES,
    Direction,
    Group,
    Measure,
    kpi_reference_markdown,
)
from scenarios.language.network import WEEKDAYS, Closure, DistributionCentre, Network, Scope, Store, Supplier
from scenarios.language.plan import Basis, Plan, PlanPart, StockLevels
from scenarios.language.policy import (
    BaseStock,
    CentreReplenishmentRule,
    DaysOfCover,
    DaysOfDemand,
    DelistingMarkDown,
    EmergencyOrders,
    KnownOrder,
    KnownOrders,
    LevelRow,
    LevelTable,
    MarkDown,
    MinMax,
    PeriodicReview,
    Policy,
    Promotion,
    PromotionRow,
    ReorderQuantity,
    ReplenishmentRule,
    Units,
    VendorManaged,
)
from scenarios.language.provenance import Applied, Provenance
from scenarios.language.reference import fact_policy_markdown, reference_markdown
from scenarios.language.scenario import FORMAT_VERSION, Horizon, RunSettings, Scenario
from scenarios.language.schema import json_schema, schema_line, schema_text
from scenarios.language.tables import write_table
from scenarios.language.templates import Templates, write_templates

__all__ = [
    "CODES",
    "COST_HEADS",
    "FORMAT_VERSION",
    "MEASURES",
    "WEEKDAYS",
    "Applied",
    "Assortment",
    "Assumption",
    "AssumptionStatus",
    "BaseStock",
    "Basis",
    "CentreReplenishmentRule",
    "CentreStock",
    "Closure",
    "Columns",
    "ConstantDemand",
    "Costs",
    "CustomerReturns",
    "DaysOfCover",
    "DaysOfDemand",
    "DelistingMarkDown",
    "Demand",
    "DemandRate",
    "Direction",
    "Distribution",
    "DistributionCentre",
    "EmergencyOrders",
    "Estimate",
    "Fitted",
    "Gift",
    "Group",
    "Holiday",
    "Horizon",
    "InitialConditions",
    "KnownDemand",
    "KnownOrder",
    "KnownOrders",
    "LevelRow",
    "LevelTable",
    "Listing",
    "MarkDown",
    "MarketShock",
    "Measure",
    "MerchandiseClass",
    "MinMax",
    "Model",
    "NegativeBinomial",
    "Network",
    "Pattern",
    "PeriodicReview",
    "Plan",
    "PlanPart",
    "Poisson",
    "Policy",
    "PriceChange",
    "Problem",
    "Promotion",
    "PromotionRow",
    "Provenance",
    "ReorderQuantity",
    "ReplenishmentRule",
    "Response",
    "ReturnsTriage",
    "RunSettings",
    "Scenario",
    "ScenarioError",
    "Scope",
    "Severity",
    "Sku",
    "StockLevels",
    "Store",
    "StoreStock",
    "Substitution",
    "Supplier",
    "Templates",
    "Units",
    "VendorManaged",
    "assumptions",
    "check",
    "did_you_mean",
    "fact_policy_markdown",
    "json_schema",
    "kpi_reference_markdown",
    "load",
    "load_text",
    "reference_markdown",
    "schema_line",
    "schema_text",
    "summarise",
    "write_table",
    "write_templates",
]
