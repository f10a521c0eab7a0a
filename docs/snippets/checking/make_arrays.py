# SPDX-License-Identifier: MIT OR Apache-2.0
"""The arrays that docs/checking.md runs its kernels over, into the working directory."""

import numpy as np

np.save("numbers.npy", np.arange(256, dtype=np.uint32))
np.save("zeros.npy", np.zeros(1024, np.uint32))
np.save("some_zero.npy", np.array([3, 0, 4, 1] * 16, np.uint32))
np.save("fractions.npy", np.linspace(0, 1, 64, dtype=np.float32))
np.save("pointers.npy", np.zeros((64, 2), np.uint32))
np.save("particles.npy", np.zeros(64, [("place", "<f4", 3), ("mass", "<f4"), ("history", "<f4", 4)]))
