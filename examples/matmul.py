# SPDX-License-Identifier: MIT OR Apache-2.0
# C = A B through shared memory, checked against NumPy: matmul.py [device].
import pathlib
import sys
import time

import alkompy
import numpy as np

M, N, K, TILE = 500, 400, 300, 16

kernels = pathlib.Path(__file__).parent / "kernels"
dev = alkompy.Device(*sys.argv[1:2])
matmul = dev.compile(alkompy.glsl_file(kernels / "matmul.comp"))

random = np.random.default_rng(5)
a = random.uniform(-1, 1, (M, K)).astype(np.float32)
b = random.uniform(-1, 1, (K, N)).astype(np.float32)
a_gpu, b_gpu = dev.to_device(a, label="a"), dev.to_device(b, label="b")
c_gpu = dev.empty((M, N), np.float32, label="c")
groups = ((N + TILE - 1) // TILE, (M + TILE - 1) // TILE)

dev.call(matmul, a_gpu, b_gpu, c_gpu, m=M, n=N, k=K, groups=groups)
error = np.abs(dev.get(c_gpu) - a.astype(np.float64) @ b).max()

begin = time.perf_counter()
for _ in range(10):
    dev.call(matmul, a_gpu, b_gpu, c_gpu, m=M, n=N, k=K, groups=groups)
dev.wait()
passed = (time.perf_counter() - begin) / 10

print("right" if error < 1e-4 else "WRONG", f"on {dev.info.name}: the largest error is {error:.1e};",
      f"{2 * M * N * K / passed / 1e9:.1f} GFLOP/s")
sys.exit(int(error >= 1e-4))
