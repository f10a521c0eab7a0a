# SPDX-License-Identifier: MIT OR Apache-2.0
"""The Python of docs/checking.md."""

import alkompy
import numpy as np

# [open]
dev = alkompy.Device("reference", check=True, on_fault=print)  # sys.stderr unless given
shift = dev.compile("""#version 460
layout(local_size_x = 64) in;
layout(binding = 0) buffer Data { uint data[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    data[i] = data[i + 1u];
}""")
dev.call(shift, dev.to_device(np.arange(64, dtype=np.uint32)))
dev.wait()
kinds = {fault.kind for fault in dev.faults()}
# [/open]
assert kinds == {"out of bounds", "data race"}, kinds

# [options]
dev = alkompy.Device("reference", check=alkompy.CheckOptions(races=False, subgroup_size=8, order_seed=1))
# [/options]
assert dev.faults() == []
