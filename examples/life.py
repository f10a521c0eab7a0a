# SPDX-License-Identifier: MIT OR Apache-2.0
# Conway's Life as a graph: two generations recorded once, then replayed with one submit each. life.py [device].
import pathlib
import sys

import alkompy
import numpy as np
from png import write_png

WIDTH, HEIGHT, GENERATIONS = 192, 128, 400


def generation(cells):
    """One generation on the host."""
    near = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dy or dx]
    neighbors = sum(np.roll(cells, shift, (0, 1)) for shift in near)
    return ((neighbors == 3) | ((neighbors == 2) & (cells == 1))).astype(np.uint32)


def show_progress(done):
    filled = 40 * done // GENERATIONS
    end = "\n" if done == GENERATIONS else ""
    print(f"\r[{'#' * filled}{' ' * (40 - filled)}] {done}/{GENERATIONS}", end=end, file=sys.stderr, flush=True)


kernels = pathlib.Path(__file__).parent / "kernels"
dev = alkompy.Device(*sys.argv[1:2])
life = dev.compile(alkompy.glsl_file(kernels / "life.comp"))

cells = (np.random.default_rng(1).random((HEIGHT, WIDTH)) < 0.25).astype(np.uint32)
even, odd = dev.to_device(cells), dev.empty(cells.shape, cells.dtype)
groups = (WIDTH // 8, HEIGHT // 8)
two_generations = dev.create_graph()
two_generations.call(life, even, odd, size=(WIDTH, HEIGHT), groups=groups)
two_generations.call(life, odd, even, size=(WIDTH, HEIGHT), groups=groups)

for done in range(2, GENERATIONS + 1, 2):
    two_generations.replay()
    if done % 40 == 0:
        dev.wait()
        show_progress(done)
result = dev.get(even)

for _ in range(GENERATIONS):
    cells = generation(cells)
print("picture ", write_png("life.png", np.where(result == 1, np.uint32(0xFF40C0F0), np.uint32(0xFF302018))))
right = bool((result == cells).all())
print("right" if right else "WRONG", f"on {dev.info.name}: after {GENERATIONS} generations {result.sum()} cells live,",
      f"on the host {cells.sum()}")
sys.exit(0 if right else 1)
