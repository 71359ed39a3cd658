#!/usr/bin/env python3
"""Recomputes the truth of random problems with mpmath and exact integers, and compares it with an oracle's, bit for bit.

compare_with_mpmath.py ORACLE_ROWS_PROGRAM ROWS [ORACLE] [SEED]

Shares nothing with the oracles. Every result is written as an exact rational plus a remainder that is either nothing or
irrational (Lindemann and Weierstrass), so that the remainder's sign is known however small it is:

  softmax         largest: 1/k - E / (k (k + E))                          others: 0 + e^-d_i / (k + E)
  log_sum_exp     m + log(k + E)                                          log_softmax: -d_i - log(k + E)
  backward        largest: G_0/k^2 + [sum_d A_d e^-d - G_0 E^2] / (k^2 (k + E)^2), A_d = k^2 G_d - 2 k G_0 c_d
                  others: 0 + e^-d_i (G_0 + sum_d e^-d G_d) / (k + E)^2

with distances d_i = m - t_i in exact integers, k elements at the largest t = m and c_d at the distance d > 0,
E = sum_d c_d e^-d, and G_d = the sum of g_i - g_j over the elements j at the distance d. Remainders are intervals with integer
ends and an exponent of any size; rounding is done on integers. The bits are raised until both ends round alike.
"""
import functools
import math
import multiprocessing
import subprocess
import sys

from mpmath.libmp import from_man_exp, ln2_fixed, mpf_exp, mpf_log

FORMATS = {"f16": (11, -14), "bf16": (8, -126), "f32": (24, -126), "f64": (53, -1022)}  # precision, smallest exponent
OPERATIONS = ("softmax", "log_softmax", "log_sum_exp", "softmax_backward", "softmax_backward_from_output", "cross_entropy", "sigmoid")
PRECISIONS = (192, 768, 3000, 6000, 12000)
GUARD = 20  # bits by which mpmath's results are better than they are taken for
WITNESSES = 5

# Computed by hand: a line as oracle_rows prints it.
KNOWN = """
softmax f32 8 0x1p+0 0 2 0x0p+0 -0x1.f4p+9 0x1p+0 -24 0x0p+0 0 0x0p+0 -149 0x0p+0 0
softmax bf16 8 0x1p+0 0 3 0x0p+0 0x0p+0 0x0p+0 0x1.56p-2 -9 -0x1.54p-2 0 0x1.56p-2 -9 -0x1.54p-2 0 0x1.56p-2 -9 -0x1.54p-2 0
softmax f16 8 0x0p+0 0 2 0x1p+0 0x1p+1 0x1p-1 -11 0x0p+0 1 0x1p-1 -11 0x0p+0 1
log_softmax f32 8 0x1p+0 0 2 0x1p+0 -0x1p+24 0x0p+0 -149 0x0p+0 0 -0x1.000002p+24 1 0x1p-1 0
log_softmax f32 8 0x1p+0 0 2 -0x1.fffffep+127 0x1.fffffep+127 -inf 104 0x0p+0 0 0x0p+0 -149 0x0p+0 0
log_softmax f16 8 0x1p+0 0 2 0x0p+0 -inf 0x0p+0 -24 0x0p+0 1 -inf 5 0x0p+0 1
log_sum_exp f32 8 0x1p+0 0 2 0x0p+0 -0x1.f4p+9 0x0p+0 -149 0x0p+0 0
log_sum_exp f16 8 0x1.04p+6 0 1 0x1.f8p+9 inf 5 0x0p+0 0
log_sum_exp f16 8 0x1.04p+6 0 2 -0x1.f8p+9 -inf -inf 5 0x0p+0 0
log_sum_exp f16 8 0x1.04p+6 0 2 -0x1.f8p+9 -0x1.ffcp+15 -0x1.ffcp+15 5 -0x1p-1 0
log_sum_exp f16 8 0x1p+0 0 0 -inf 5 0x0p+0 1
log_sum_exp f16 8 0x1p-1 0 2 0x1p-24 -0x1.f4p+10 0x1p-24 -24 -0x1p-1 0
log_sum_exp f16 8 0x1p-1 0 2 -0x1p-24 -0x1.f4p+10 0x0p+0 -24 -0x1p-1 0
softmax_backward f32 8 0x1p+0 0 3 0x0p+0 0x0p+0 -0x1.f4p+9 0x1p+0 -0x1p+0 -0x1p+0 0x1p-1 -25 0x0p+0 0 -0x1p-1 -25 0x0p+0 0 0x0p+0 -149 0x0p+0 0
softmax_backward f32 8 0x1p+0 0 3 0x1p+0 0x1p+0 0x1p+0 0x1p+0 0x0p+0 -0x1p+0 0x1.555556p-2 -25 -0x1.54p-2 0 0x0p+0 -149 0x0p+0 1 -0x1.555556p-2 -25 0x1.54p-2 0
softmax_backward f16 8 0x1p+0 0 4 0x1p+0 0x1p+0 0x0p+0 0x0p+0 0x1p+1 0x0p+0 0x1p+0 0x1p+0 0x1.764p-2 -12 0x1.a8p-3 0 -0x1.764p-2 -12 -0x1.a8p-3 0 0x0p+0 -24 0x0p+0 1 0x0p+0 -24 0x0p+0 1
softmax_backward_from_output f16 8 0x1p+0 0 2 0x1p-1 0x1p-1 0x1.004p+0 0x0p+0 0x1.004p-2 -12 0x0p+0 1 -0x1.004p-2 -12 0x0p+0 1
cross_entropy f32 8 0x1p+0 1 2 0x0p+0 -inf inf 104 0x0p+0 1
cross_entropy f32 8 0x1p+0 1 2 0x1p+0 -0x1p+24 0x1.000002p+24 1 -0x1p-1 0
sigmoid f32 8 0x1p+0 0 4 nan inf -inf 0x1p-149 nan -149 0x0p+0 0 0x1p+0 -23 0x0p+0 1 0x0p+0 -149 0x0p+0 1 0x1p-1 -24 0x0p+0 0
sigmoid f32 8 0x1p+0 0 1 0x1p-23 0x1p-1 -24 0x1p-1 0
"""


# Rounding


def round_half_even(numerator, denominator):
    floor, rest = divmod(numerator, denominator)
    return floor + (2 * rest > denominator or (2 * rest == denominator and floor % 2 == 1))


class Rounding:
    """To one format, with one resolution of the tail."""

    def __init__(self, format_name, resolution):
        self.precision, self.smallest_exponent = FORMATS[format_name]
        self.resolution = resolution
        self.largest_exponent = 1 - self.smallest_exponent
        self.lowest = self.smallest_exponent - self.precision + 1
        self.highest = self.largest_exponent - self.precision + 1
        # In units of 2^-finest the places where anything changes are even integers, wherever they lie.
        self.finest = 2 + resolution - self.lowest

    def outcome(self, numerator, denominator):
        """(multiple of the ulp, ulp exponent, tail in steps of 2^-resolution ulp, whether that is all) of a rational."""
        if numerator == 0:
            return 0, self.lowest, 0, True
        sign, size = (1, numerator) if numerator > 0 else (-1, -numerator)
        binade = size.bit_length() - denominator.bit_length()
        if (size << max(-binade, 0)) < (denominator << max(binade, 0)):
            binade -= 1
        threshold = (1 << (self.precision + 1)) - 1  # times 2^(largest_exponent - precision)
        excess = self.largest_exponent - self.precision
        if (size << max(-excess, 0)) >= (denominator * threshold << max(excess, 0)):
            return sign * math.inf, self.highest, 0, False
        q = max(binade, self.smallest_exponent) - self.precision + 1
        size <<= max(-q, 0)
        denominator <<= max(q, 0)
        nearest = round_half_even(size, denominator)
        rest = size - nearest * denominator
        tail = round_half_even(rest << self.resolution, denominator)
        return sign * nearest, q, sign * tail, rest == 0

    def place(self, end, exponent, denominator):
        """2^finest * denominator * end 2^exponent, doubled; between two integers the odd number: nothing changes there."""
        end *= denominator
        shift = exponent + self.finest
        if shift >= 0:
            return 2 * (end << shift)
        floor = end >> -shift  # for a shift of any size
        if shift < -end.bit_length():
            return 2 * floor + (end != 0)
        return 2 * floor + (floor << -shift != end)

    def decision(self, numerator, denominator, remainder):
        """The outcome of numerator / denominator + remainder; None if the remainder's ends differ in it."""
        if remainder is None:
            return self.outcome(numerator, denominator)
        low, high, exponent = remainder
        base = 2 * numerator << self.finest
        whole = 2 * denominator << self.finest
        places = {self.place(end, exponent, denominator) for end in (low, high)}
        if 0 in places:
            return None  # the remainder is irrational: its sign is not known yet
        outcomes = {self.outcome(base + place, whole)[:3] for place in places}
        return (*outcomes.pop(), False) if len(outcomes) == 1 else None


# Intervals (low, high, exponent): from low 2^exponent to high 2^exponent


def trimmed(low, high, exponent, bits):
    excess = max(low.bit_length(), high.bit_length()) - bits
    if excess <= 0:
        return low, high, exponent
    return low >> excess, -(-high >> excess), exponent + excess


def plus(a, b, bits):
    if a[0] == a[1] == 0:
        return b
    if b[0] == b[1] == 0:
        return a
    if a[2] < b[2]:
        a, b = b, a
    exponent = max(b[2], a[2] - 2 * bits)
    left, right = a[2] - exponent, exponent - b[2]
    return trimmed((a[0] << left) + (b[0] >> right), (a[1] << left) - (-b[1] >> right), exponent, bits)


def times_integer(a, factor, bits):
    ends = (a[0] * factor, a[1] * factor)
    return trimmed(min(ends), max(ends), a[2], bits)


def times_positive(a, b, bits):
    return trimmed(a[0] * b[a[0] < 0], a[1] * b[a[1] >= 0], a[2] + b[2], bits)


def over_positive(a, b, bits):
    shift = bits + b[1].bit_length()
    low = (a[0] << shift) // b[a[0] >= 0]
    high = -((-a[1] << shift) // b[a[1] < 0])
    return trimmed(low, high, a[2] - b[2] - shift, bits)


def negative(a):
    return -a[1], -a[0], a[2]


def padded(value, bits):
    """Around mpmath's result, which is good to bits + GUARD / 2 bits."""
    sign, mantissa, exponent, length = value
    shift = max(bits + GUARD // 2 - length, 0)
    mantissa, exponent = (-mantissa if sign else mantissa) << shift, exponent - shift
    width = max(abs(mantissa) >> (bits + 2), 1)
    return trimmed(mantissa - width, mantissa + width, exponent, bits + 4)


def exponential(distance, point, bits):
    """Around e^-(distance / 2^point), for any positive distance."""
    # The argument modulo log 2, in fixed point.
    size = max(distance.bit_length() - point, 0)
    working = bits + 2 * GUARD + size
    shift = working - point
    argument = distance << shift if shift >= 0 else distance >> -shift
    halvings, rest = divmod(argument, ln2_fixed(working))
    low, high, exponent = padded(mpf_exp(from_man_exp(-(rest >> size), size - working), bits + GUARD, "n"), bits)
    return low, high, exponent - halvings


def logarithm(a, bits):
    """Around the logarithm of an interval that begins above 1."""
    low = padded(mpf_log(from_man_exp(a[0], a[2]), bits + GUARD, "n"), bits)
    high = padded(mpf_log(from_man_exp(a[1], a[2]), bits + GUARD, "n"), bits)
    exponent = min(low[2], high[2])
    return trimmed(low[0] << (low[2] - exponent), high[1] << (high[2] - exponent), exponent, bits)


def logarithm_above_one(a, bits):
    """Around log(1 + a), a > 0, to as many bits of its own."""
    if a[2] + a[1].bit_length() < -bits:  # a - a^2 / 2 < log(1 + a) < a
        return (a[0] << bits) - a[0], a[1] << bits, a[2] - bits
    up, down = max(a[2], 0), max(-a[2], 0)
    return logarithm(((a[0] << up) + (1 << down), (a[1] << up) + (1 << down), -down), bits)


# Values


def on_one_point(values):
    """Integers and the point p with value = integer / 2^p; None stays None."""
    ratios = [None if v is None else v.as_integer_ratio() for v in values]
    point = max((r[1].bit_length() - 1 for r in ratios if r), default=0)
    return [None if r is None else r[0] * ((1 << point) // r[1]) for r in ratios], point


class Row:
    """Exact products t = scale * x / 2^point, with exponentials that are computed once for each number of bits."""

    def __init__(self, x, scale):
        integers, self.point = on_one_point(x)
        factor, divisor = scale.as_integer_ratio()
        self.point += divisor.bit_length() - 1
        t = [None if v is None else v * factor for v in integers]
        self.largest = max(v for v in t if v is not None)
        self.distances = [None if v is None else self.largest - v for v in t]
        self.counts = {}
        for d in self.distances:
            if d is not None:
                self.counts[d] = self.counts.get(d, 0) + 1
        self.ties = self.counts.pop(0)
        self.exponential = functools.lru_cache(None)(lambda d, bits: exponential(d, self.point, bits))
        self.below = functools.lru_cache(None)(self.below_)

    def combination(self, coefficients, bits):
        """Around the sum of coefficient * e^-distance."""
        total = (0, 0, 0)
        for d, coefficient in coefficients.items():
            if coefficient:
                term = (coefficient, coefficient, 0) if d == 0 else times_integer(self.exponential(d, bits), coefficient, bits)
                total = plus(total, term, bits)
        return total

    def below_(self, bits):
        return self.combination(self.counts, bits)

    def mass(self, bits):
        return plus((self.ties, self.ties, 0), self.below(bits), bits)

    def logarithm_of_mass(self, bits):
        if self.ties == 1:
            return logarithm_above_one(self.below(bits), bits)
        return logarithm(self.mass(bits), bits)


# Each of these gives the numerator and denominator of the rational part and the remainder.


def share(row, i, bits):
    d = row.distances[i]
    if d:
        return 0, 1, over_positive(row.exponential(d, bits), row.mass(bits), bits)
    if not row.counts:
        return 1, row.ties, None
    whole = times_integer(row.mass(bits), row.ties, bits)
    return 1, row.ties, negative(over_positive(row.below(bits), whole, bits))


def log_share(row, i, bits):
    d = row.distances[i]
    if row.ties == 1 and not row.counts:
        return 0, 1, None
    return -d, 1 << row.point, negative(row.logarithm_of_mass(bits))


def log_of_sum(row, bits):
    if row.ties == 1 and not row.counts:
        return row.largest, 1 << row.point, None
    return row.largest, 1 << row.point, row.logarithm_of_mass(bits)


class Gradient:
    def __init__(self, row, dy):
        self.row = row
        self.g, self.point = on_one_point(dy)
        self.sums = dict.fromkeys([0, *row.counts], 0)
        for d, g in zip(row.distances, self.g):
            if d is not None:
                self.sums[d] += g

    def at(self, i, bits):
        row, k = self.row, self.row.ties
        counts = {0: k, **row.counts}
        differences = {d: counts[d] * self.g[i] - self.sums[d] for d in counts}
        first = differences[0]
        if not any(differences.values()):
            return 0, 1, None
        if not row.counts:
            return first, k * k << self.point, None
        mass = row.mass(bits)
        square = times_positive(mass, mass, bits)
        d = row.distances[i]
        if d:
            sum_ = times_positive(row.combination(differences, bits), row.exponential(d, bits), bits)
            low, high, exponent = over_positive(sum_, square, bits)
            return 0, 1, (low, high, exponent - self.point)
        coefficients = {e: k * k * differences[e] - 2 * k * first * c for e, c in row.counts.items()}
        if bits == PRECISIONS[0]:
            below = row.below(bits)
            sum_ = plus(row.combination(coefficients, bits), times_integer(times_positive(below, below, bits), -first, bits), bits)
        else:  # as a sum over distinct exponents, which does not cancel identically
            for a, c in row.counts.items():
                for b, e in row.counts.items():
                    coefficients[a + b] = coefficients.get(a + b, 0) - first * c * e
            if not any(coefficients.values()):
                raise ArithmeticError("a remainder that cannot be nothing is nothing")
            sum_ = row.combination(coefficients, bits)
        low, high, exponent = over_positive(sum_, times_integer(square, k * k, bits), bits)
        return first, k * k << self.point, (low, high, exponent - self.point)


def decided(rounding, parts):
    for bits in PRECISIONS:
        decision = rounding.decision(*parts(bits))
        if decision is not None:
            return decision
    raise ArithmeticError(f"{PRECISIONS[-1]} bits do not decide this row")


def truths(operation, rounding, scale, target, x, dy):
    """The answers of a row as outcomes; the header of oracles/special_values.hpp decides what is special."""
    undefined = (math.nan, rounding.lowest, 0, False)
    zero = (0, rounding.lowest, 0, True)
    infinite = lambda sign: (sign * math.inf, rounding.highest, 0, True)
    length = 1 if operation in ("log_sum_exp", "cross_entropy") else len(x)
    finite = math.isfinite
    if operation == "softmax_backward_from_output":
        if not all(map(finite, x)) or not all(map(finite, dy)):
            return [undefined] * length
        (y, y_point), (g, g_point) = on_one_point(x), on_one_point(dy)
        inner = sum(a * b for a, b in zip(y, g))
        unit = 1 << (2 * y_point + g_point)
        return [rounding.outcome(a * ((b << y_point) - inner), unit) for a, b in zip(y, g)]

    # Signs and classes of t; Python's 0 * inf is NaN as well, and products of finite numbers count as finite.
    classes = [0.0 if finite(v) and finite(scale) else v * scale for v in x]
    if operation == "sigmoid":
        row_of = lambda v: Row([v, 0.0], scale)
        special = lambda c: undefined if math.isnan(c) else zero if c < 0 else rounding.outcome(1, 1)
        return [decided(rounding, functools.partial(share, row_of(v), 0)) if c == 0 else special(c) for v, c in zip(x, classes)]
    if any(map(math.isnan, classes)) or (operation == "softmax_backward" and not all(map(finite, dy))):
        return [undefined] * length
    if math.inf in classes:
        return [infinite(1) if operation == "log_sum_exp" else undefined] * length
    if 0 not in classes:
        return [infinite(-1) if operation == "log_sum_exp" else undefined] * length

    row = Row([v if c == 0 else None for v, c in zip(x, classes)], scale)
    if operation == "log_sum_exp":
        return [decided(rounding, functools.partial(log_of_sum, row))]
    if operation == "cross_entropy":
        if classes[target] != 0:
            return [infinite(1)]
        nearest, q, tail, exact = decided(rounding, functools.partial(log_share, row, target))
        return [(-nearest, q, -tail, exact)]
    if operation == "softmax":
        masked, element = zero, functools.partial(share, row)
    elif operation == "log_softmax":
        masked, element = infinite(-1), functools.partial(log_share, row)
    else:
        masked, element = zero, Gradient(row, dy).at
    # Elements alike have results alike.
    known = {}
    answers = []
    for i, d in enumerate(row.distances):
        key = (d, dy[i] if dy else None)
        if d is None:
            answers.append(masked)
            continue
        if key not in known:
            known[key] = decided(rounding, functools.partial(element, i))
        answers.append(known[key])
    return answers


# Comparing


def words_of(decision, resolution):
    """As doubles, with the sign of zero: what the oracle has to have answered."""
    nearest, q, tail, exact = decision
    value = math.ldexp(nearest, q) if math.isfinite(nearest) else nearest
    return repr(value + 0.0), q, repr(math.ldexp(tail, -resolution) + 0.0), exact


def claim(nearest, q, tail, exact):
    return repr(float.fromhex(nearest)), int(q), repr(float.fromhex(tail)), exact == "1"


def compare(line):
    """Operation, format, number of results, and what is wrong (empty if nothing is)."""
    words = line.split()
    operation, format_name = words[:2]
    resolution, target, cols = int(words[2]), int(words[4]), int(words[5])
    values = [float.fromhex(w) for w in words[6 : 6 + cols * (2 if "backward" in operation else 1)]]
    answers = words[6 + len(values) :]
    if answers == ["undecided"]:
        return operation, format_name, 0, ["  the oracle did not decide it"]
    try:
        decisions = truths(operation, Rounding(format_name, resolution), float.fromhex(words[3]), target, values[:cols], values[cols:])
    except ArithmeticError as error:
        return operation, format_name, 0, [f"  {error}"]
    expected = [words_of(decision, resolution) for decision in decisions]
    claimed = [claim(*answers[k : k + 4]) for k in range(0, len(answers), 4)]
    wrong = [f"  result {i}: mpmath {want}, oracle {got}" for i, (want, got) in enumerate(zip(expected, claimed)) if want != got]
    if len(expected) != len(claimed):
        wrong.append(f"  {len(claimed)} results instead of {len(expected)}")
    return operation, format_name, len(expected), wrong


def main():
    program, rows = sys.argv[1], int(sys.argv[2])
    oracle = sys.argv[3] if len(sys.argv) > 3 else "mpfr"
    seed = sys.argv[4] if len(sys.argv) > 4 else "20"
    for line in KNOWN.strip().splitlines():
        wrong = compare(line)[3]
        if wrong:
            print(f"mpmath does not find what is known: {line}", *wrong, sep="\n")
            sys.exit(1)
    asked = subprocess.run([program, oracle, str(rows), seed], stdout=subprocess.PIPE, text=True)
    if asked.returncode != 0:
        sys.exit(f"{program} {oracle} ended with status {asked.returncode}")
    lines = asked.stdout.splitlines()
    counts = {}  # rows, results, rows that differ
    witnesses = 0
    with multiprocessing.Pool() as pool:
        for line, (operation, format_name, results, wrong) in zip(lines, pool.imap(compare, lines, chunksize=64)):
            count = counts.setdefault((operation, format_name), [0, 0, 0])
            for k, more in enumerate((1, results, bool(wrong))):
                count[k] += more
            if wrong and witnesses < WITNESSES:
                witnesses += 1
                print(f"DIFFERENT {line}", *wrong, sep="\n")
    for (operation, format_name), (compared, results, different) in sorted(counts.items()):
        print(f"{operation:29} {format_name:5} {compared:7} rows {results:8} results {different:5} rows differ")
    compared, results, different = (sum(count[k] for count in counts.values()) for k in range(3))
    print(f"{oracle}: {compared} rows, {results} results, {different} rows differ")
    complete = len(counts) == len(OPERATIONS) * len(FORMATS)
    sys.exit(0 if different == 0 and compared >= rows and complete else 1)


if __name__ == "__main__":
    main()
