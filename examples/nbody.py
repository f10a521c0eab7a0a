# SPDX-License-Identifier: MIT OR Apache-2.0
# A gravitational n-body system; its momentum stays what it was. nbody.py [device].
import pathlib
import sys
import time

import alkompy
import numpy as np

BODIES, STEPS, SECONDS, SOFTENING = 2048, 50, 1e-3, 0.05

kernels = pathlib.Path(__file__).parent / "kernels"
dev = alkompy.Device(*sys.argv[1:2])
step = dev.compile(alkompy.glsl_file(kernels / "nbody.comp"))


def host_step(bodies, velocities):
    """One step on the host, in float64."""
    toward = bodies[None, :, :3] - bodies[:, None, :3]
    inverse = ((toward**2).sum(-1) + SOFTENING**2) ** -1.5
    velocities = velocities + SECONDS * (bodies[None, :, 3:] * inverse[..., None] * toward).sum(1)
    return bodies[:, :3] + SECONDS * velocities, velocities


random = np.random.default_rng(3)
bodies = np.empty((BODIES, 4), dtype=np.float32)  # x, y, z, mass
bodies[:, :3] = random.normal(size=(BODIES, 3))
bodies[:, 3] = random.uniform(0.5, 1.5, BODIES) / BODIES
before, after = dev.to_device(bodies), dev.empty(bodies.shape)
velocities = dev.zeros(bodies.shape)
groups = (BODIES + 63) // 64

dev.call(step, before, after, velocities, seconds=SECONDS, softening=SOFTENING, groups=groups)
wanted, _ = host_step(bodies.astype(np.float64), np.zeros((BODIES, 3)))
error = np.abs(dev.get(after)[:, :3] - wanted).max()

begin = time.perf_counter()
for _ in range(STEPS - 1):
    before, after = after, before
    dev.call(step, before, after, velocities, seconds=SECONDS, softening=SOFTENING, groups=groups)
dev.wait()
passed = time.perf_counter() - begin

momentum = np.abs((bodies[:, 3:] * dev.get(velocities)[:, :3]).sum(0)).max()
right = error < 1e-5 and momentum < 1e-4
print("right" if right else "WRONG", f"on {dev.info.name}: {BODIES} bodies, the first step differs from the host's by",
      f"{error:.1e}, momentum after {STEPS} steps is {momentum:.1e};",
      f"{BODIES**2 * (STEPS - 1) / passed / 1e9:.2f} billion pairs a second")
sys.exit(0 if right else 1)
