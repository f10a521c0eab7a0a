# SPDX-License-Identifier: MIT OR Apache-2.0
# Blurs a picture: one kernel called along rows and then along columns. image_filter.py [device].
import pathlib
import sys

import alkompy
import numpy as np
from png import write_png

WIDTH, HEIGHT, RADIUS = 640, 427, 6
random = np.random.default_rng(7)


def noise(x, y, octaves):
    """Smooth noise between random lattice points, summed over octaves."""
    lattice, total = random.random((64, 64)), np.zeros(np.broadcast(x, y).shape)
    for octave in range(octaves):
        u, v = x * 2**octave, y * 2**octave
        i, j = np.floor(u).astype(int), np.floor(v).astype(int)
        u, v = (3 - 2 * (u - i)) * (u - i) ** 2, (3 - 2 * (v - j)) * (v - j) ** 2
        corner = lambda di, dj: lattice[(i + di) % 64, (j + dj) % 64]
        upper, lower = corner(0, 0) * (1 - u) + corner(1, 0) * u, corner(0, 1) * (1 - u) + corner(1, 1) * u
        total += 0.5 ** (octave + 1) * (upper * (1 - v) + lower * v)
    return total


def scenery():
    """A picture with what photographs have (gradients, texture, edges, grain): hills under a low sun."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH] / HEIGHT
    sun = np.hypot(x - 1.05, y - 0.38)
    color = np.stack([0.35 + 0.6 * y + 0.3 * np.exp(-6 * sun), 0.45 + 0.4 * y + 0.2 * np.exp(-8 * sun), 0.75 + 0.05 * y], -1)
    cloud = np.clip(2.5 * noise(2 * x, 7 * y, 5) - 1, 0, 1)[..., None]
    color += 0.5 * cloud * (1 - color)
    color[sun < 0.05] = (1, 1, 0.85)
    for hill in range(4):
        ridge = 0.55 + 0.13 * hill - 0.35 * noise(1.7 * x, 0 * x, 6)
        haze, texture = 0.75 - 0.22 * hill, 0.6 + 0.8 * noise(40 * x, 40 * y, 4)[..., None]
        ground = haze * np.array([0.62, 0.66, 0.75]) + (1 - haze) * texture * np.array([0.20, 0.34, 0.12])
        color = np.where((y >= ridge)[..., None], ground, color)
    color += 0.03 * (random.random(color.shape) - 0.5)
    opaque = np.ones((HEIGHT, WIDTH, 1))
    return np.round(255 * np.clip(np.concatenate([color, opaque], -1), 0, 1)).astype(np.uint8)


def blurred(pixels, axis):
    """What the kernel computes, on the host."""
    k = np.arange(-RADIUS, RADIUS + 1)
    weights = np.exp(-0.5 * k**2 / (0.5 * RADIUS) ** 2)
    extent = pixels.shape[axis]
    rows = [pixels.take(np.clip(np.arange(extent) + d, 0, extent - 1), axis) for d in k]
    return np.round(sum(w * row for w, row in zip(weights, rows)) / weights.sum()).astype(np.uint8)


kernels = pathlib.Path(__file__).parent / "kernels"
dev = alkompy.Device(*sys.argv[1:2])
blur = dev.compile(alkompy.glsl_file(kernels / "blur.comp"), constants={"RADIUS": RADIUS})

photograph = scenery()
picture = dev.to_device(photograph.view(np.uint32)[..., 0])  # one uint32 per RGBA pixel
between = dev.empty(picture.shape, picture.dtype)
tiles = ((WIDTH + 7) // 8, (HEIGHT + 7) // 8)
dev.call(blur, picture, between, size=(WIDTH, HEIGHT), direction=(1, 0), groups=tiles)
dev.call(blur, between, picture, size=(WIDTH, HEIGHT), direction=(0, 1), groups=tiles)
result = dev.get(picture).view(np.uint8).reshape(HEIGHT, WIDTH, 4)
print("before ", write_png("scenery.png", photograph))
print("after  ", write_png("scenery_blurred.png", result))

wanted = blurred(blurred(photograph, 1), 0)
worst = np.abs(result.astype(int) - wanted).max()
print("right" if worst <= 2 else "WRONG", f"on {dev.info.name}: it differs from the host's blur by at most {worst} of 255")
sys.exit(int(worst > 2))
