"""What each solver is worth: the same world again, with one decision after the other left to the policy's rule."""

from study.worth.evidence import Gain, SolverWorth, Worth
from study.worth.judging import worth_of
from study.worth.variants import Variant, variants

__all__ = ["Gain", "SolverWorth", "Variant", "Worth", "variants", "worth_of"]
