# SPDX-License-Identifier: MIT OR Apache-2.0
# y = a x + y, with the scalar a by name: saxpy.py [device].
import pathlib
import sys

import alkompy
import numpy as np

kernels = pathlib.Path(__file__).parent / "kernels"
dev = alkompy.Device(*sys.argv[1:2])
saxpy = dev.compile(alkompy.glsl_file(kernels / "saxpy.comp"))

x = np.linspace(0, 1, 100_000, dtype=np.float32)
y = np.full_like(x, 3)
x_gpu, y_gpu = dev.to_device(x), dev.to_device(y)
dev.call(saxpy, x_gpu, y_gpu, a=2.0)  # one invocation per element

error = np.abs(dev.get(y_gpu) - (2 * x + y)).max()
print("right" if error < 1e-6 else "WRONG", f"on {dev.info.name}: the largest error is {error:.1e}")
sys.exit(int(error >= 1e-6))
