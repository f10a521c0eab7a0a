# SPDX-License-Identifier: MIT OR Apache-2.0
"""Waiting for a Future inside a running asyncio loop."""

import asyncio
import time

_SPIN_S = 200e-6
_LONGEST_S = 5e-3


async def resolve(future):
    """Poll the future from the running loop until it is done, then give its result or raise its failure.

    The loop's other tasks run between two polls. The pause grows with the time that passed, so that a short
    kernel is seen at once and a long one costs little.
    """
    begin = time.perf_counter()
    while not future.done():
        passed = time.perf_counter() - begin
        await asyncio.sleep(0 if passed < _SPIN_S else min(passed / 8, _LONGEST_S))
    return future.get(0)
