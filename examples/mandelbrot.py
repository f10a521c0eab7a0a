# SPDX-License-Identifier: MIT OR Apache-2.0
# A picture made by a kernel: mandelbrot.py [device [file.png]].
import pathlib
import sys

import alkompy
import numpy as np
from png import write_png

WIDTH, HEIGHT, VIEW_HEIGHT = 1200, 900, 2.6

kernels = pathlib.Path(__file__).parent / "kernels"
dev = alkompy.Device(*sys.argv[1:2])
mandelbrot = dev.compile(alkompy.glsl_file(kernels / "mandelbrot.comp"), constants={"STEPS": 1000})

pixels = dev.empty((HEIGHT, WIDTH), np.uint32, label="pixels")
dev.call(mandelbrot, pixels, center=(-0.7, 0.0), height=VIEW_HEIGHT, size=(WIDTH, HEIGHT),
         groups=((WIDTH + 7) // 8, (HEIGHT + 7) // 8))
picture = dev.get(pixels)
print("picture ", write_png(sys.argv[2] if len(sys.argv) > 2 else "mandelbrot.png", picture))

# The set's area is known: 1.5066 (T. Foerstemann, "Numerical estimation of the area of the Mandelbrot set").
area = np.count_nonzero(picture == 0xFF000000) * (VIEW_HEIGHT / HEIGHT) ** 2
right = abs(area - 1.5066) < 0.01
print("right" if right else "WRONG", f"on {dev.info.name}: the black part's area is {area:.4f}, the set's is 1.5066")
sys.exit(0 if right else 1)
