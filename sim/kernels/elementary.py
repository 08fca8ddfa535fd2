"""Elementary functions in plain IEEE arithmetic: the same bits on every CPU.

The ``exp`` and ``log`` of numpy and of the C library differ in the last bit between versions and between
vector units, and one bit is enough to turn a draw. Everything here is made of ``+ - * /``, ``sqrt`` and bit
shifts, which IEEE 754 rounds in one way only, in a written order; nothing is fused. All but the normal
quantile are free of branches, so that a loop over them can be vectorised.

Method: additive range reduction in two or three parts (Cody and Waite, 1980), then a Taylor polynomial long
enough for double precision; the normal quantile is algorithm AS 241 (Wichura, 1988).
"""

import numpy as np
import numpy.typing as npt

from sim.kernels.compilation import inline_kernel, kernel

_LN2_HIGH = float.fromhex("0x1.62e42fefp-1")  # 32 bits: its product with an exponent is exact
_LN2_LOW = float.fromhex("0x1.473de6af278edp-34")
_PER_LN2 = float.fromhex("0x1.71547652b82fep+0")
_HALF_PI_HIGH = float.fromhex("0x1.921fb544p+0")
_HALF_PI_MIDDLE = float.fromhex("0x1.0b4611a6p-34")
_HALF_PI_LOW = float.fromhex("0x1.3198a2e037073p-69")
_PER_HALF_PI = float.fromhex("0x1.45f306dc9c883p-1")

# Adding it rounds a double of moderate size to the nearest integer, which then stands in its lowest bits.
_ROUNDER = 1.5 * 2.0**52
_EXPONENT_SHIFT = np.int64(52)
_SQRT_HALF_BITS = np.int64(0x3FE6A09E667F3BCD)

_EXP_UNDERFLOW = -708.0
_EXP_OVERFLOW = 709.782712893384
_TRIGONOMETRIC_LIMIT = 1e5


@inline_kernel
def exp(x: float) -> float:
    """Return e**x within 1 unit in the last place; 0 below -708 (nothing subnormal), inf above 709.78."""
    shifted = x * _PER_LN2 + _ROUNDER
    halvings = shifted - _ROUNDER
    r = (x - halvings * _LN2_HIGH) - halvings * _LN2_LOW
    r2 = r * r
    r4 = r2 * r2
    # Terms of r^2 ... r^13 in pairs of pairs (Estrin): short chains of operations keep the CPU busy.
    first = (1 / 2 + r * (1 / 6)) + r2 * (1 / 24 + r * (1 / 120))
    second = (1 / 720 + r * (1 / 5040)) + r2 * (1 / 40320 + r * (1 / 362880))
    third = (1 / 3628800 + r * (1 / 39916800)) + r2 * (1 / 479001600 + r * (1 / 6227020800))
    fraction = 1.0 + (r + r2 * (first + r4 * (second + r4 * third)))
    bits = np.float64(fraction).view(np.int64) + (np.float64(shifted).view(np.int64) << _EXPONENT_SHIFT)
    value: float = np.int64(bits).view(np.float64)
    value = value if x >= _EXP_UNDERFLOW else 0.0
    value = value if x <= _EXP_OVERFLOW else np.inf
    return value if x == x else x


@kernel
def exp_row(x: npt.NDArray[np.float64], out: npt.NDArray[np.float64]) -> None:
    """Write `exp` of each element of ``x`` into ``out``, both of shape (n,); they may be the same array."""
    for i in range(x.size):
        out[i] = exp(x[i])


@inline_kernel
def log(x: float) -> float:
    """Return the natural logarithm of x within 1 unit in the last place.

    Returns:
        ln(x); -inf at 0, nan below, inf at infinity. Subnormal numbers are taken as 0.
    """
    bits = np.float64(x).view(np.int64)
    exponent = (bits - _SQRT_HALF_BITS) >> _EXPONENT_SHIFT
    fraction = np.int64(bits - (exponent << _EXPONENT_SHIFT)).view(np.float64)
    f = fraction - 1.0
    # ln(1 + f) = 2 artanh(s) = 2 s (1 + s^2/3 + s^4/5 + ...) and 2 s = f - s f
    s = f / (2.0 + f)
    z = s * s
    tail = 2 / 13 + z * (2 / 15 + z * (2 / 17 + z * (2 / 19 + z * (2 / 21 + z * (2 / 23)))))
    series = z * (2 / 3 + z * (2 / 5 + z * (2 / 7 + z * (2 / 9 + z * (2 / 11 + z * tail)))))
    doublings = float(exponent)
    value: float = doublings * _LN2_HIGH + (f - (s * (f - series) - doublings * _LN2_LOW))
    value = value if x >= 2.2250738585072014e-308 else -np.inf
    value = value if x >= 0.0 else np.nan
    return value if x < np.inf else x


@inline_kernel
def power(base: float, exponent: float) -> float:
    """Return base ** exponent for a base >= 0, with a relative error below (3 + |exponent ln base|) 2.3e-16.

    As for ``**``, anything to the power 0 is 1; a negative base gives nan.
    """
    value = exp(exponent * log(base))
    return value if exponent != 0.0 else 1.0


@inline_kernel
def _sine_and_cosine(x: float) -> tuple[float, float]:
    shifted = x * _PER_HALF_PI + _ROUNDER
    quarters = shifted - _ROUNDER
    r = ((x - quarters * _HALF_PI_HIGH) - quarters * _HALF_PI_MIDDLE) - quarters * _HALF_PI_LOW
    z = r * r
    tail = -1 / 39916800 + z * (1 / 6227020800 + z * (-1 / 1307674368000 + z * (1 / 355687428096000)))
    sine_part = r + r * z * (-1 / 6 + z * (1 / 120 + z * (-1 / 5040 + z * (1 / 362880 + z * tail))))
    tail = 1 / 479001600 + z * (-1 / 87178291200 + z * (1 / 20922789888000))
    tail = 1 / 24 + z * (-1 / 720 + z * (1 / 40320 + z * (-1 / 3628800 + z * tail)))
    cosine_part = 1.0 - (0.5 * z - z * z * tail)
    quarter = np.float64(shifted).view(np.int64)
    odd = (quarter & 1) == 1
    sine_size, cosine_size = (cosine_part, sine_part) if odd else (sine_part, cosine_part)
    sine_value = -sine_size if (quarter & 2) == 2 else sine_size
    cosine_value = -cosine_size if ((quarter + 1) & 2) == 2 else cosine_size
    near = abs(x) <= _TRIGONOMETRIC_LIMIT
    return (sine_value, cosine_value) if near else (np.nan, np.nan)


@inline_kernel
def sine(x: float) -> float:
    """Return the sine of x radians, with an absolute error below 3e-16; nan beyond 100,000 radians."""
    return _sine_and_cosine(x)[0]


@inline_kernel
def cosine(x: float) -> float:
    """Return the cosine of x radians, with an absolute error below 3e-16; nan beyond 100,000 radians."""
    return _sine_and_cosine(x)[1]


@kernel
def normal_quantile(probability: float) -> float:
    """Return the quantile of the standard normal distribution, with a relative error of about 1e-15.

    Source: Wichura (1988), Algorithm AS 241, Applied Statistics 37(3), function PPND16.

    Args:
        probability: Strictly between 0 and 1; -inf and inf are returned at the ends, nan beyond.
    """
    centred = probability - 0.5
    if abs(centred) <= 0.425:
        r = 0.180625 - centred * centred
        top = 3.3430575583588128105e4 + r * 2.5090809287301226727e3
        top = 1.3731693765509461125e4 + r * (
            4.5921953931549871457e4 + r * (6.7265770927008700853e4 + r * top)
        )
        top = 3.3871328727963666080 + r * (1.3314166789178437745e2 + r * (1.9715909503065514427e3 + r * top))
        bottom = 2.8729085735721942674e4 + r * 5.2264952788528545610e3
        bottom = 2.1213794301586595867e4 + r * (3.9307895800092710610e4 + r * bottom)
        bottom = 4.2313330701600911252e1 + r * (
            6.8718700749205790830e2 + r * (5.3941960214247511077e3 + r * bottom)
        )
        return centred * top / (1.0 + r * bottom)
    nearer = probability if centred < 0.0 else 1.0 - probability
    if not nearer > 0.0:
        return float(np.copysign(np.inf, centred)) if nearer == 0.0 else np.nan
    r = np.sqrt(-log(nearer))
    if r <= 5.0:
        r -= 1.6
        top = 2.27238449892691845833e-2 + r * 7.74545014278341407640e-4
        top = 1.27045825245236838258 + r * (2.41780725177450611770e-1 + r * top)
        top = 5.76949722146069140550 + r * (3.64784832476320460504 + r * top)
        top = 1.42343711074968357734 + r * (4.63033784615654529590 + r * top)
        bottom = 5.47593808499534494600e-4 + r * 1.05075007164441684324e-9
        bottom = 1.48103976427480074590e-1 + r * (1.51986665636164571966e-2 + r * bottom)
        bottom = 2.05319162663775882187 + r * (
            1.67638483018380384940 + r * (6.89767334985100004550e-1 + r * bottom)
        )
    else:
        r -= 5.0
        top = 2.71155556874348757815e-5 + r * 2.01033439929228813265e-7
        top = 2.96560571828504891230e-1 + r * (
            2.65321895265761230930e-2 + r * (1.24266094738807843860e-3 + r * top)
        )
        top = 6.65790464350110377720 + r * (5.46378491116411436990 + r * (1.78482653991729133580 + r * top))
        bottom = 1.42151175831644588870e-7 + r * 2.04426310338993978564e-15
        bottom = 7.86869131145613259100e-4 + r * (1.84631831751005468180e-5 + r * bottom)
        bottom = 5.99832206555887937690e-1 + r * (
            1.36929880922735805310e-1 + r * (1.48753612908506148525e-2 + r * bottom)
        )
    return float(np.copysign(top / (1.0 + r * bottom), centred))
