#!/usr/bin/env python3
"""Recomputes the truth of rows with mpmath and exact integers, and compares it with an oracle's, bit for bit.

compare_with_mpmath.py ORACLE_ROWS_PROGRAM ROWS [ORACLE] [SEED]

Shares nothing with the oracles: differences and their products with the scale are exact integers, exponentials are mpmath's,
sums and quotients are integers in fixed point, and rounding is done on integers. The number of bits is raised until both ends
of every interval round alike.
"""
import subprocess
import sys

from mpmath.libmp import from_man_exp, mpf_exp, to_fixed

FORMATS = {"f16": (11, -14), "bf16": (8, -126), "f32": (24, -126), "f64": (53, -1022)}
RESOLUTION = 8
SMALLEST = 1074  # every logit and scale is an integer times 2^-SMALLEST
FAR_BELOW = 1 << 20  # e^-FAR_BELOW is below one unit of every fixed point used here
FIXED_POINTS = (1500, 3000, 6000, 12000)


def integer(text):
    """The value of a hexfloat times 2^SMALLEST."""
    numerator, denominator = float.fromhex(text).as_integer_ratio()
    return (numerator << SMALLEST) // denominator


def round_half_even(numerator, denominator):
    floor, rest = divmod(numerator, denominator)
    return floor + (2 * rest > denominator or (2 * rest == denominator and floor % 2 == 1))


def decision(numerator, bits, precision, smallest_exponent):
    """What numerator / 2^bits rounds to: integer multiple of the ulp, ulp exponent, tail in steps of 2^-RESOLUTION ulp."""
    binade = numerator.bit_length() - 1 - bits
    q = max(binade, smallest_exponent) - precision + 1
    one_ulp = 1 << (bits + q)  # bits is far above the smallest -q
    nearest = round_half_even(numerator, one_ulp)
    tail = round_half_even((numerator - nearest * one_ulp) << RESOLUTION, one_ulp)
    return nearest, q, tail


def decision_of_share(count, precision, smallest_exponent):
    """The same for the rational 1 / count."""
    binade = -(count - 1).bit_length()
    q = max(binade, smallest_exponent) - precision + 1
    nearest = round_half_even(1 << -q, count)
    tail = round_half_even(((1 << -q) - nearest * count) << RESOLUTION, count)
    return nearest, q, tail, (1 << -q) % count == 0


def exponential(distance, bits):
    """Ends of an interval around e^-(distance / 2^(2 SMALLEST)), times 2^bits."""
    if distance == 0:
        return 1 << bits, 1 << bits
    if distance >> (2 * SMALLEST) > FAR_BELOW:
        return 0, 1
    argument = from_man_exp(-distance, -2 * SMALLEST, bits + 40, "n")
    # The argument is off by 2^-(bits + 20) at most, exp by one unit in bits + 40, to_fixed by one unit downwards.
    value = to_fixed(mpf_exp(argument, bits + 40, "n"), bits)
    return max(value - 2, 0), value + 3


def truth_of_row(x, scale, precision, smallest_exponent):
    """One (nearest, ulp exponent, tail, exact) an element; x holds integers, or None for a masked element."""
    scaled = [None if v is None else v * scale for v in x]
    largest = max(v for v in scaled if v is not None)
    distances = [None if v is None else largest - v for v in scaled]
    ties = sum(d == 0 for d in distances)
    row = [None] * len(x)
    for i, d in enumerate(distances):
        if d is None:
            row[i] = (0, smallest_exponent - precision + 1, 0, True)
        elif not any(distances):  # masked or at the largest
            row[i] = decision_of_share(ties, precision, smallest_exponent)
    for bits in FIXED_POINTS:
        if None not in row:
            return row
        ends = [None if d is None else exponential(d, bits) for d in distances]
        sum_low = sum(e[0] for e in ends if e)
        sum_high = sum(e[1] for e in ends if e)
        for i, d in enumerate(distances):
            if row[i] is not None:
                continue
            low = (ends[i][0] << bits) // sum_high
            high = -((-ends[i][1] << bits) // sum_low)
            if d == 0 and ties & (ties - 1) == 0:
                share = (1 << bits) // ties
                if share - low < share >> (precision + RESOLUTION + 4):
                    # Below a power of two by less than is compared, and by more than nothing: decided one unit below it.
                    low = high = share - 1
            if high.bit_length() - bits < smallest_exponent - precision - RESOLUTION - 4:
                row[i] = (0, smallest_exponent - precision + 1, 0, False)
            elif low > 0 and decision(low, bits, precision, smallest_exponent) == decision(high, bits, precision, smallest_exponent):
                row[i] = (*decision(low, bits, precision, smallest_exponent), False)
    if None in row:
        raise RuntimeError("mpmath does not decide this row")
    return row


def claim(fields):
    """An oracle's answer in the same integers."""
    q = int(fields[2])
    numerator, denominator = float.fromhex(fields[1]).as_integer_ratio()
    tail = float.fromhex(fields[3]) * 2**RESOLUTION
    return (numerator << -q) // denominator, q, int(tail) if tail.is_integer() else tail, fields[4] == "1"


def main():
    program, rows = sys.argv[1], int(sys.argv[2])
    oracle = sys.argv[3] if len(sys.argv) > 3 else "mpfr"
    seed = sys.argv[4] if len(sys.argv) > 4 else "20"
    answers = subprocess.run([program, oracle, str(rows), seed], check=True, capture_output=True, text=True).stdout
    compared = elements = different = 0
    per_format = dict.fromkeys(FORMATS, 0)
    for line in answers.splitlines():
        words = line.split()
        precision, smallest_exponent = FORMATS[words[0]]
        fields = [words[k : k + 5] for k in range(2, len(words), 5)]
        x = [None if f[0] == "-inf" else integer(f[0]) for f in fields]
        claimed = [claim(f) for f in fields]
        truth = truth_of_row(x, integer(words[1]), precision, smallest_exponent)
        compared += 1
        per_format[words[0]] += 1
        elements += len(x)
        if truth != claimed:
            different += 1
            if different <= 5:
                print(f"DIFFERENT {line}")
                for i, (want, got) in enumerate(zip(truth, claimed)):
                    if want != got:
                        print(f"  element {i}: mpmath {want}, {oracle} {got}")
    counts = ", ".join(f"{name} {count}" for name, count in per_format.items())
    print(f"{compared} rows ({counts}), {elements} elements, {different} rows differ")
    sys.exit(0 if different == 0 and compared == rows else 1)


if __name__ == "__main__":
    main()
