# SPDX-License-Identifier: MIT OR Apache-2.0
"""The Python program of README.md; it runs in examples/kernels as a test."""
# [program]
import alkompy
import numpy as np

gpu = alkompy.Device()  # the best device here
numbers = gpu.to_device(np.array([1, 2, 3, 4], dtype=np.uint32))
collatz = gpu.compile(alkompy.glsl_file("collatz.comp"))
gpu.call(collatz, numbers)  # checks the arguments, then one invocation per element
print(gpu.get(numbers))  # [0 1 7 2]
# [/program]
assert gpu.get(numbers).tolist() == [0, 1, 7, 2]
