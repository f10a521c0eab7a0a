# SPDX-License-Identifier: MIT OR Apache-2.0
"""Writes RGBA pixels as a PNG file."""

import pathlib
import struct
import zlib

import numpy as np


def write_png(path, pixels):
    """pixels: uint32[height, width] with red in the lowest byte, or uint8[height, width, 4]. Returns the full path."""
    rgba = np.ascontiguousarray(pixels, dtype=pixels.dtype.newbyteorder("<")).view(np.uint8)
    height, width = pixels.shape[:2]
    lines = np.zeros((height, 1 + 4 * width), dtype=np.uint8)  # each line begins with its filter: 0, none
    lines[:, 1:] = rgba.reshape(height, 4 * width)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    path = pathlib.Path(path).resolve()
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines, 6)) + chunk(b"IEND", b""))
    return path
