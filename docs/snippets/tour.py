# SPDX-License-Identifier: MIT OR Apache-2.0
"""The Python program of docs/tour.md, run as a test."""
# [tour]
import alkompy
import numpy as np

gpu = alkompy.Device()
x = gpu.to_device(np.arange(12, dtype=np.float32).reshape(3, 4))
y = gpu.zeros((3, 4), dtype="float32")
saxpy = gpu.compile("""#version 450
    layout(local_size_x = 64) in;
    layout(binding = 0) readonly buffer X { float x[]; };
    layout(binding = 1) buffer Y { float y[]; };
    layout(push_constant) uniform Scalars { float alpha; };
    void main() {
        uint i = gl_GlobalInvocationID.x;
        if (i < y.length()) y[i] += alpha * x[i];
    }""")
gpu.call(saxpy, x, y, alpha=0.5)
result = gpu.get(y)  # float32, shape (3, 4)
last = gpu.get(y[2:])  # slices are views of the same memory
gpu.call(saxpy, x, y, alpha=0.5)
gpu.get(y, out=result)  # into an existing array: the fastest way
# [/tour]
assert result.shape == (3, 4) and result.dtype == np.float32 and last.shape == (1, 4)
assert (result == np.arange(12).reshape(3, 4)).all() and (last == [[4, 4.5, 5, 5.5]]).all()
