# SPDX-License-Identifier: MIT OR Apache-2.0
"""Medians with the interval that holds the true one with at least 95 %, as pairs.h computes them."""


def estimate(samples):
    """(median, low, high) of order statistics; no shape of the noise is assumed."""
    ordered = sorted(samples)
    n = len(ordered)
    term, below, k = 0.5**n, 0.0, 0
    while below + term <= 0.025:
        below += term
        term *= (n - k) / (k + 1)
        k += 1
    rank = max(k - 1, 0)
    median = ordered[n // 2] if n % 2 else 0.5 * (ordered[n // 2 - 1] + ordered[n // 2])
    return median, ordered[rank], ordered[n - 1 - rank]


def interval(samples):
    """The same as text: "1.23 [1.20, 1.30]"."""
    return "{:.3g} [{:.3g}, {:.3g}]".format(*estimate(samples))
