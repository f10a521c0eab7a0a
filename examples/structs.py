# SPDX-License-Identifier: MIT OR Apache-2.0
# A buffer of structs: a structured dtype with the kernel's layout, where a vec3 begins at a multiple of 16 bytes.
import pathlib
import sys

import alkompy
import numpy as np

STEPS, SECONDS = 300, 0.01
particle = np.dtype([
    ("position", np.float32, 3),
    ("mass", np.float32),  # fills what the vec3 leaves
    ("velocity", np.float32, 3),
    ("bounces", np.uint32),
])

kernels = pathlib.Path(__file__).parent / "kernels"
dev = alkompy.Device(*sys.argv[1:2])
step = dev.compile(alkompy.glsl_file(kernels / "structs.comp"))

particles = np.zeros(1000, dtype=particle)
particles["position"][:, 0] = np.arange(1000)
particles["position"][:, 1] = 5 + 0.01 * np.arange(1000)
particles["velocity"][:, 0] = 1
particles["mass"] = 1
on_device = dev.to_device(particles)
for _ in range(STEPS):
    dev.call(step, on_device, gravity=(0.0, -9.81, 0.0), seconds=SECONDS)
moved = dev.get(on_device)

height, speed = particles["position"][:, 1].copy(), np.zeros(1000, dtype=np.float32)
for _ in range(STEPS):
    speed += np.float32(SECONDS) * np.float32(-9.81)
    height += np.float32(SECONDS) * speed
    below = height < 0
    height[below], speed[below] = -height[below], -speed[below]

error = np.abs(moved["position"][:, 1] - height).max()
right = error < 1e-2 and moved["bounces"].sum() > 0
print("right" if right else "WRONG", f"on {dev.info.name}: 1000 particles bounced {moved['bounces'].sum()} times in",
      f"{STEPS} steps; the largest error is {error:.1e}")
sys.exit(0 if right else 1)
