# SPDX-License-Identifier: MIT OR Apache-2.0
"""The kernels of oclgrind.py. A body is one text that both languages take; what they call differently has a macro."""
import dataclasses

import numpy as np

WORKGROUP = 64
_numbers = np.random.default_rng(1)


@dataclasses.dataclass
class Kernel:
    """Buffers lie in order: name -> array, or a count of words that nobody has written."""

    name: str
    body: str
    buffers: dict
    result: np.ndarray | None = None  # of the last buffer; None where the kernel is wrong
    kind: str = ""  # what is wrong; lines with "// here" are where
    groups: tuple = (2, 1)
    size: tuple = (WORKGROUP, 1)
    shared: str = ""  # declarations
    constants: dict = dataclasses.field(default_factory=dict)

    def __post_init__(self):
        self.body = self.body.strip("\n")

    def lines(self):
        return {at for at, text in enumerate(self.body.splitlines(), 1) if "// here" in text}


GLSL = """#version 460
#define get_global_id(axis) gl_GlobalInvocationID[axis]
#define get_local_id(axis) gl_LocalInvocationID[axis]
#define get_group_id(axis) gl_WorkGroupID[axis]
#define LOCAL_BARRIER barrier()
#define ATOMIC_ADD(place, value) atomicAdd(place, value)
#define RSQRT(x) inversesqrt(x)
"""
OPENCL = """#define LOCAL_BARRIER barrier(CLK_LOCAL_MEM_FENCE)
#define ATOMIC_ADD(place, value) atomic_add(&(place), value)
#define RSQRT(x) rsqrt(x)
"""


def type_of(data):
    return "float" if isinstance(data, np.ndarray) and data.dtype == np.float32 else "uint"


def glsl(kernel):
    """The source, and how many lines stand before the body."""
    text = GLSL + "".join(f"#define {name} {value}\n" for name, value in kernel.constants.items())
    text += f"layout(local_size_x = {kernel.size[0]}, local_size_y = {kernel.size[1]}) in;\n"
    for at, (name, data) in enumerate(kernel.buffers.items()):
        text += f"layout(std430, binding = {at}) buffer Of_{name} {{ {type_of(data)} {name}[]; }};\n"
    text += "".join(f"shared {one.strip()};\n" for one in kernel.shared.split(";") if one.strip())
    text += "void main() {\n"
    return text + kernel.body + "\n}\n", text.count("\n")


def opencl(kernel):
    text = OPENCL + "".join(f"#define {name} {value}\n" for name, value in kernel.constants.items())
    arguments = ", ".join(f"global {type_of(data)}* {name}" for name, data in kernel.buffers.items())
    text += f"kernel void run({arguments}) {{\n"
    text += "".join(f"local {one.strip()};\n" for one in kernel.shared.split(";") if one.strip())
    return text + kernel.body + "\n}\n", text.count("\n")


def floats(*shape):
    return _numbers.random(shape, np.float32)


def zeros(count, dtype=np.float32):
    return np.zeros(count, dtype)


def collatz_steps(count):
    steps = np.zeros(count, np.uint32)
    for start in range(1, count + 1):
        n = start
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            steps[start - 1] += 1
    return steps


def saxpy():
    x, y = floats(1 << 17), floats(1 << 17)
    return Kernel("saxpy", """
    uint i = get_global_id(0);
    y[i] = 1.5f * x[i] + y[i];
""", {"x": x, "y": y}, np.float32(1.5) * x + y, groups=(x.size // WORKGROUP, 1))


def collatz():
    count = 1 << 12
    return Kernel("Collatz", """
    uint i = get_global_id(0);
    uint n = numbers[i], count = 0u;
    while (n != 1u) {
        n = n % 2u == 0u ? n / 2u : 3u * n + 1u;
        count += 1u;
    }
    steps[i] = count;
""", {"numbers": np.arange(1, count + 1, dtype=np.uint32), "steps": zeros(count, np.uint32)},
                  collatz_steps(count), groups=(count // WORKGROUP, 1))


def product():
    side = 96
    a, b = floats(side, side), floats(side, side)
    return Kernel("tiled matrix product", """
    uint x = get_local_id(0), y = get_local_id(1);
    uint column = get_global_id(0), row = get_global_id(1);
    float sum = 0.0f;
    for (uint tile = 0u; tile < SIDE / TILE; tile++) {
        from_a[y][x] = a[row * SIDE + tile * TILE + x];
        from_b[y][x] = b[(tile * TILE + y) * SIDE + column];
        LOCAL_BARRIER;
        for (uint k = 0u; k < TILE; k++) sum += from_a[y][k] * from_b[k][x];
        LOCAL_BARRIER;
    }
    c[row * SIDE + column] = sum;
""", {"a": a.ravel(), "b": b.ravel(), "c": zeros(side * side)}, (a @ b).ravel(), groups=(side // 16, side // 16),
                  size=(16, 16), shared="float from_a[16][16]; float from_b[16][16]",
                  constants={"SIDE": f"{side}u", "TILE": "16u"})


def reduction():
    values = _numbers.integers(0, 1000, 1 << 16).astype(np.uint32)
    return Kernel("block reduction", """
    uint l = get_local_id(0);
    sums[l] = values[get_global_id(0)];
    LOCAL_BARRIER;
    for (uint step = 128u; step > 0u; step /= 2u) {
        if (l < step) sums[l] += sums[l + step];
        LOCAL_BARRIER;
    }
    if (l == 0u) totals[get_group_id(0)] = sums[0];
""", {"values": values, "totals": zeros(values.size // 256, np.uint32)},
                  values.reshape(-1, 256).sum(axis=1, dtype=np.uint32),
                  groups=(values.size // 256, 1), size=(256, 1), shared="uint sums[256]")


def histogram():
    values = _numbers.integers(0, 256, 1 << 16).astype(np.uint32)
    return Kernel("histogram", """
    uint l = get_local_id(0);
    own[l] = 0u;
    LOCAL_BARRIER;
    ATOMIC_ADD(own[values[get_global_id(0)]], 1u);
    LOCAL_BARRIER;
    ATOMIC_ADD(counts[l], own[l]);
""", {"values": values, "counts": zeros(256, np.uint32)}, np.bincount(values, minlength=256).astype(np.uint32),
                  groups=(values.size // 256, 1), size=(256, 1), shared="uint own[256]")


def transpose():
    side = 256
    values = floats(side, side)
    return Kernel("transpose", """
    uint x = get_local_id(0), y = get_local_id(1);
    tile[y][x] = from[get_global_id(1) * SIDE + get_global_id(0)];
    LOCAL_BARRIER;
    to[(get_group_id(0) * 16u + y) * SIDE + get_group_id(1) * 16u + x] = tile[x][y];
""", {"from": values.ravel(), "to": zeros(side * side)}, values.T.ravel(), groups=(side // 16, side // 16),
                  size=(16, 16), shared="float tile[16][17]", constants={"SIDE": f"{side}u"})


def n_body():
    count = 512
    at = floats(3, count)
    apart = at[:, None, :] - at[:, :, None]
    force = (apart / ((apart * apart).sum(axis=0) + np.float32(0.01)) ** 1.5).sum(axis=2)
    return Kernel("n-body", """
    uint i = get_global_id(0);
    float x = place[i], y = place[COUNT + i], z = place[2u * COUNT + i];
    float fx = 0.0f, fy = 0.0f, fz = 0.0f;
    for (uint k = 0u; k < COUNT; k++) {
        float dx = place[k] - x, dy = place[COUNT + k] - y, dz = place[2u * COUNT + k] - z;
        float near = RSQRT(dx * dx + dy * dy + dz * dz + 0.01f);
        float weight = near * near * near;
        fx += weight * dx;
        fy += weight * dy;
        fz += weight * dz;
    }
    force[i] = fx;
    force[COUNT + i] = fy;
    force[2u * COUNT + i] = fz;
""", {"place": at.ravel(), "force": zeros(3 * count)}, force.ravel(), groups=(count // WORKGROUP, 1),
                  constants={"COUNT": f"{count}u"})


def stencil():
    side = 256
    field = floats(side, side)
    result = np.zeros_like(field)
    result[1:-1, 1:-1] = 0.25 * (field[:-2, 1:-1] + field[2:, 1:-1] + field[1:-1, :-2] + field[1:-1, 2:])
    return Kernel("stencil", """
    uint x = get_global_id(0), y = get_global_id(1), i = y * SIDE + x;
    if (x == 0u || y == 0u || x == SIDE - 1u || y == SIDE - 1u) return;
    after[i] = 0.25f * (before[i - SIDE] + before[i + SIDE] + before[i - 1u] + before[i + 1u]);
""", {"before": field.ravel(), "after": zeros(side * side)}, result.ravel(), groups=(side // 16, side // 16),
                  size=(16, 16), constants={"SIDE": f"{side}u"})


RIGHT = [make() for make in (saxpy, collatz, product, reduction, histogram, transpose, n_body, stencil)]

_I = "uint i = get_global_id(0);"
_L = "uint l = get_local_id(0);"
BOUNDS, RACE, BARRIER, UNWRITTEN = "out of bounds", "race", "barrier", "uninitialized"


def wrong(kind, name, *lines, **others):
    """Over two buffers of 128 elements, by two workgroups of 64."""
    buffers = others.pop("buffers", None) or {"x": np.arange(128, dtype=np.uint32), "y": zeros(128, np.uint32)}
    return Kernel(name, "\n".join(lines), buffers, kind=kind, **others)


def in_bounds():
    own = (_I, "uint own[4];", "for (uint k = 0u; k < 4u; k++) own[k] = k * i;")
    return [
        wrong(BOUNDS, "global read, one too far", _I, "y[i] = x[i + 1u];  // here"),
        wrong(BOUNDS, "global read, before the first", _I, "y[i] = x[i - 1u];  // here"),
        wrong(BOUNDS, "global write, one too far", _I, "y[i + 1u] = x[i];  // here"),
        wrong(BOUNDS, "global, a tail without a guard", _I, "uint value = 2u * i;", "y[i] = value;  // here", groups=(3, 1)),
        wrong(BOUNDS, "global atomic, in the last workgroup", _I, "ATOMIC_ADD(y[i + i / 127u], 1u);  // here"),
        wrong(BOUNDS, "local read, one too far", _I, _L, "tile[l] = x[i];", "LOCAL_BARRIER;",
              "y[i] = tile[l + 1u];  // here", shared="uint tile[64]"),
        wrong(BOUNDS, "local write, one too far", _I, _L, "tile[l + 1u] = x[i];  // here", "LOCAL_BARRIER;",
              "y[i] = tile[l / 2u + 1u];", shared="uint tile[64]"),
        wrong(BOUNDS, "local, out of a row into the next", _I, _L, "tile[l / 8u][l % 8u] = x[i];", "LOCAL_BARRIER;",
              "y[i] = tile[l / 10u][l % 8u + 1u];  // here", shared="uint tile[8][8]"),
        wrong(BOUNDS, "private read", *own, "y[i] = own[x[i] % 5u];  // here"),
        wrong(BOUNDS, "private write", *own, "own[x[i] % 5u] = i;  // here", "y[i] = own[x[i] % 4u];"),
    ]


def in_order():
    return [
        wrong(RACE, "local, a barrier is missing", _I, _L, "tile[l] = x[i];  // here", "y[i] = tile[63u - l];  // here",
              shared="uint tile[64]"),
        wrong(RACE, "local, the barrier of a loop is missing", _I, _L, "tile[l] = x[i];", "LOCAL_BARRIER;",
              "for (uint step = 32u; step > 0u; step /= 2u) {", "if (l < step) tile[l] += tile[l + step];  // here", "}",
              "if (l == 0u) y[get_group_id(0)] = tile[0];", shared="uint tile[64]"),
        wrong(RACE, "global, in a workgroup", _I, _L, "y[i] = x[i];  // here", "x[i] = y[i - l + 63u - l];  // here"),
        wrong(RACE, "global, behind a barrier for local memory", _I, _L, "y[i] = x[i];  // here", "LOCAL_BARRIER;",
              "x[i] = y[i - l + 63u - l];  // here"),
        wrong(RACE, "global, between workgroups, reads and writes", _I, "y[i] = x[i];  // here",
              "x[i] = y[127u - i];  // here"),
        wrong(RACE, "global, between workgroups, writes", _I, _L, "y[l] = i;  // here"),
        wrong(RACE, "global, writes of one value", _I, "if (x[i] > 50u) y[0] = 1u;  // here"),
        wrong(RACE, "a count without atomics", _I, "y[x[i] % 4u] += 1u;  // here"),
        wrong(RACE, "an atomic and a plain read", _I, "ATOMIC_ADD(y[0], 1u);  // here", "if (i == 100u) x[i] = y[0];  // here"),
        wrong(BARRIER, "in a branch", _I, _L, "if (l < 32u) LOCAL_BARRIER;  // here", "y[i] = x[i];"),
        wrong(BARRIER, "behind a return", _I, "if (x[i] >= 100u) return;", "LOCAL_BARRIER;  // here", "y[i] = x[i];"),
        wrong(BARRIER, "in a loop of uneven length", _I, _L, "for (uint k = 0u; k <= l % 2u; k++) LOCAL_BARRIER;  // here",
              "y[i] = x[i];"),
    ]


def in_values():
    half = (_I, _L, "if (l < 32u) tile[l] = x[i];", "LOCAL_BARRIER;")
    return [
        wrong(UNWRITTEN, "local, decides", *half, "y[i] = tile[l] > 5u ? 1u : 0u;  // here", shared="uint tile[64]"),
        wrong(UNWRITTEN, "local, is copied", *half, "y[i] = tile[l];  // here", shared="uint tile[64]"),
        wrong(UNWRITTEN, "private variable", _I, "uint sum;", "if (i > 3u) sum = i;", "y[i] = sum > 5u ? 1u : 0u;  // here"),
        wrong(UNWRITTEN, "private array", _I, "uint own[4];", "for (uint k = 0u; k < 3u; k++) own[k] = k * i;",
              "y[i] = own[x[i] % 4u] > 5u ? 1u : 0u;  // here"),
        wrong(UNWRITTEN, "global buffer", _I, "y[i] = x[i] > 5u ? 1u : 0u;  // here",
              buffers={"x": 128, "y": zeros(128, np.uint32)}),
    ]


WRONG = in_bounds() + in_order() + in_values()
