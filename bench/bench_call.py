# SPDX-License-Identifier: MIT OR Apache-2.0
"""What a call costs from Python: resident data, no wait, interleaved with calls of an empty function."""
import argparse
import json
import sys
import time

import alkompy
import numpy as np
from pairs import estimate, interval

TINY = """#version 450
layout(local_size_x = 1) in;
layout(set = 0, binding = 0) buffer Data { uint data[]; };
layout(push_constant) uniform Scalars { uint n; };
void main() { data[0] = data[0] * 3u + n; }
"""
CALLS = 1000
GOAL_US = 3.0


def empty(kernel, data, n, groups):
    """What Python itself takes for such a call."""


def microseconds(function, kernel, data, after):
    """Thread CPU time per call, the submissions in it, so that the device's own threads do not count."""
    start = time.thread_time_ns()
    for _ in range(CALLS):
        function(kernel, data, 7, groups=1)
    after[0]()
    spent = time.thread_time_ns() - start
    after[1]()
    return spent / CALLS / 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", help="as alkompy.Device takes it")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")
    options = parser.parse_args()

    device = alkompy.Device(options.device) if options.device else alkompy.Device()
    kernel = device.compile(TINY)
    data = device.to_device(np.ones(64, np.uint32))
    stream = device.stream()
    ours, floor = [], []
    for turn in range(-3, options.rounds):
        pair = [(ours, device.call, (stream.flush, device.wait)), (floor, empty, (lambda: None, lambda: None))]
        for samples, function, after in pair if turn % 2 else reversed(pair):
            value = microseconds(function, kernel, data, after)
            if turn >= 0:
                samples.append(value)
    met = estimate(ours)[1] <= GOAL_US
    if options.json:
        print(json.dumps({"device": device.info.name, "call_us": estimate(ours), "empty_us": estimate(floor),
                          "goal_us": GOAL_US, "met": met}))
    else:
        print(f"device: {device.info.name}, {device.info.driver}")
        print(f"device.call(kernel, data, 7, groups=1): {interval(ours)} us; an empty Python function with the same "
              f"arguments: {interval(floor)} us; goal <= {GOAL_US} us: {'met' if met else 'NOT MET'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
