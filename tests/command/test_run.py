# SPDX-License-Identifier: MIT OR Apache-2.0
"""`alkomp run` with good input: what comes out is what numpy computes."""

import json
import os
import re
import signal
import struct
import subprocess
import zlib

import numpy as np
import pytest
from conftest import KERNELS


def kernel(folder, name, body, declarations="", head=""):
    path = folder / f"{name}.comp"
    path.write_text(f"#version 450\n{head}\nlayout(local_size_x = 64) in;\n{declarations}\nvoid main() {{\n{body}\n}}\n")
    return path


def read_png(path):
    """Pixels of an 8-bit PNG without interlacing, by zlib alone."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, body = 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        chunk = data[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, color = struct.unpack(">IIBB", chunk[:10])
        elif kind == b"IDAT":
            body += chunk
        at += 12 + length
    assert depth == 8
    channels = {0: 1, 2: 3, 6: 4}[color]
    raw = np.frombuffer(zlib.decompress(body), np.uint8).reshape(height, 1 + width * channels)
    out = np.zeros((height, width * channels), np.uint8)
    for y in range(height):
        up = out[y - 1] if y else np.zeros(width * channels, np.uint8)
        for x in range(width * channels):
            left = int(out[y, x - channels]) if x >= channels else 0
            above, corner = int(up[x]), int(up[x - channels]) if x >= channels else 0
            nearest = min((left, above, corner), key=lambda c: abs(left + above - corner - c))
            predicted = [0, left, above, (left + above) // 2, nearest][raw[y, 0]]
            out[y, x] = (int(raw[y, 1 + x]) + predicted) & 255
    return out.reshape(height, width, channels)


def test_one_buffer_is_filled_and_saved(alkomp, folder):
    a = np.arange(1000, dtype=np.uint32)
    np.save("a.npy", a)
    result = alkomp("run", "double.comp", "--in", "a.npy", "--out", "b.npy")
    b = np.load("b.npy")
    assert b.dtype == a.dtype and (b == 2 * a).all()
    assert result.stdout == "b.npy  u32[1000]  from Data\n"
    assert result.stderr == ""
    assert sorted(path.name for path in folder.iterdir()) == ["a.npy", "b.npy", "double.comp"]


def test_a_terminal_shows_how_far_a_long_call_is_and_can_stop_it(alkomp, folder):
    (folder / "mark.comp").write_text(
        "#version 450\nlayout(binding = 0) buffer B { uint b[]; };\nvoid main() { b[0] = 1u; }\n"
    )
    ours, theirs = os.openpty()
    command = [os.environ["ALKOMP_COMMAND"], "run", "mark.comp", "-o", "b.npy:u32:1", "-g", "2147483647,64"]
    running = subprocess.Popen(
        [*command, "--device", "reference", "--timeout", "600"], stderr=theirs, stdout=theirs, cwd=folder
    )
    os.close(theirs)
    text = b""
    while text.count(b"of 137438953408") < 3:
        text += os.read(ours, 4096)
    started = [int(n) for n in re.findall(rb"running, workgroup (\d+) of 137438953408  \d+\.\d s", text)]
    assert started[0] < started[-1]
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=20) != 0
    assert not (folder / "b.npy").exists()
    os.close(ours)


def test_a_kernel_that_goes_through_the_ir_computes_the_same(alkomp):
    np.save("a.npy", np.arange(1000, dtype=np.uint32))
    alkomp("run", "double.comp", "--in", "a.npy", "--out", "b.npy", "--through-ir")
    assert (np.load("b.npy") == 2 * np.arange(1000)).all()


def test_an_input_may_be_its_own_output(alkomp):
    np.save("a.npy", np.arange(10, dtype=np.uint32))
    alkomp("run", "double.comp", "--in", "a.npy", "--out", "a.npy", "--repeat", "3")
    assert (np.load("a.npy") == 8 * np.arange(10)).all()


def test_names_scalars_and_groups(alkomp):
    x, y = np.linspace(0, 1, 1000, dtype=np.float32), np.linspace(5, 6, 1000, dtype=np.float32)
    np.save("x.npy", x)
    np.save("y.npy", y)
    words = ["run", KERNELS / "saxpy.comp", "--in", "x.npy", "--in", "y=y.npy", "--out", "y=r.npy"]
    for extra in (["--arg", "2.5"], ["--arg", "a=2.5", "--groups", "16"], ["--arg", "a=2.5", "--groups", "16,1,1"]):
        alkomp(*words, *extra)
        np.testing.assert_allclose(np.load("r.npy"), 2.5 * x + y, rtol=1e-6)


@pytest.mark.parametrize("shape", [(), (1,), (7,), (3, 5), (2, 3, 4)])
def test_every_shape_is_kept(alkomp, shape):
    a = np.arange(int(np.prod(shape)), dtype=np.uint32).reshape(shape)
    np.save("a.npy", a)
    alkomp("run", "double.comp", "--in", "a.npy", "--out", "b.npy")
    b = np.load("b.npy")
    assert b.shape == shape and (b == 2 * a).all()


def test_an_empty_array_stays_empty(alkomp):
    np.save("a.npy", np.zeros((0, 3), np.uint32))
    alkomp("run", "double.comp", "--in", "a.npy", "--out", "b.npy")
    assert np.load("b.npy").shape == (0, 3)


def test_fortran_order_and_big_endian_are_converted(alkomp):
    a = np.asfortranarray(np.arange(12, dtype=">u4").reshape(3, 4))
    np.save("a.npy", a)
    alkomp("run", "double.comp", "--in", "a.npy", "--out", "b.npy")
    b = np.load("b.npy")
    assert b.dtype == np.dtype("<u4") and b.flags.c_contiguous and (b == 2 * a).all()


def test_every_header_version_is_read(alkomp):
    a = np.arange(4, dtype=np.uint32)
    for version in ((1, 0), (2, 0), (3, 0)):
        with open("a.npy", "wb") as file:
            np.lib.format.write_array(file, a, version=version)
        alkomp("run", "double.comp", "--in", "a.npy", "--out", "b.npy")
        assert (np.load("b.npy") == 2 * a).all()


@pytest.mark.parametrize(
    "dtype, glsl, extension, feature",
    [
        ("i4", "int", "", ""),
        ("u4", "uint", "", ""),
        ("f4", "float", "", ""),
        ("f8", "double", "", "f64"),
        ("i8", "int64_t", "GL_EXT_shader_explicit_arithmetic_types_int64", "i64"),
        ("u8", "uint64_t", "GL_EXT_shader_explicit_arithmetic_types_int64", "i64"),
        ("i2", "int16_t", "GL_EXT_shader_16bit_storage", "storage_16"),
        ("u2", "uint16_t", "GL_EXT_shader_16bit_storage", "storage_16"),
        ("f2", "float16_t", "GL_EXT_shader_16bit_storage", "storage_16"),
        ("i1", "int8_t", "GL_EXT_shader_8bit_storage", "storage_8"),
        ("u1", "uint8_t", "GL_EXT_shader_8bit_storage", "storage_8"),
        ("?", "uint8_t", "GL_EXT_shader_8bit_storage", "storage_8"),
        ("c8", "vec2", "", ""),
        ("c16", "dvec2", "", "f64"),
    ],
)
def test_every_dtype_passes_through(alkomp, folder, dtype, glsl, extension, feature):
    device = next(d for d in json.loads(alkomp("devices", "--json").stdout)["devices"] if d["default"])
    if feature and not device["features"][feature]:
        pytest.skip(f"{device['name']} lacks {feature}")
    head = f"#extension {extension} : require" if extension else ""
    declarations = f"""layout(binding = 0) readonly buffer A {{ {glsl} a[]; }};
        layout(binding = 1) buffer B {{ {glsl} b[]; }};"""
    path = kernel(folder, "copy", "uint i = gl_GlobalInvocationID.x; if (i < b.length()) b[i] = a[i];", declarations, head)
    a = (np.arange(200) % 2 if dtype == "?" else np.arange(200) % 100).astype(dtype)
    np.save("a.npy", a)
    alkomp("run", path, "--in", "a.npy", "--out", "b.npy", "--like", "a.npy")
    b = np.load("b.npy")
    assert b.dtype == a.dtype and (b == a).all()


def test_structs_keep_their_dtype(alkomp):
    dtype = np.dtype(
        [("position", "<f4", 3), ("mass", "<f4"), ("velocity", "<f4", 3), ("bounces", "<u4")]
    )
    a = np.zeros(100, dtype)
    a["position"][:, 1] = 10
    np.save("a.npy", a)
    alkomp("run", KERNELS / "structs.comp", "--in", "a.npy", "--out", "b.npy", "--arg", "gravity=0,-10,0", "--arg", "seconds=0.5")
    b = np.load("b.npy")
    assert b.dtype == dtype
    np.testing.assert_allclose(b["velocity"][:, 1], -5)
    np.testing.assert_allclose(b["position"][:, 1], 7.5)


def test_outputs_take_type_and_shape_from_the_kernel_and_the_first_input(alkomp, folder):
    declarations = """layout(binding = 0) readonly buffer A { float a[]; };
        layout(binding = 1) writeonly buffer B { uint b[]; };
        layout(binding = 2) writeonly buffer C { vec4 c[]; };"""
    body = "uint i = gl_GlobalInvocationID.x; if (i < a.length()) { b[i] = uint(a[i]); c[i] = vec4(a[i], 1, 2, 3); }"
    path = kernel(folder, "split", body, declarations)
    a = np.arange(12, dtype=np.float32).reshape(3, 4) * 1.5
    np.save("a.npy", a)
    alkomp("run", path, "--in", "a.npy", "--out", "b.npy", "--out", "c.npy")
    b, c = np.load("b.npy"), np.load("c.npy")
    assert b.dtype == np.uint32 and b.shape == (3, 4) and (b == a.astype(np.uint32)).all()
    assert c.dtype == np.float32 and c.shape == (3, 4, 4) and (c[..., 0] == a).all() and (c[..., 1:] == [1, 2, 3]).all()


def test_an_output_may_name_type_and_shape(alkomp, folder):
    declarations = "layout(binding = 0) writeonly buffer B { uint b[]; };"
    path = kernel(folder, "iota", "uint i = gl_GlobalInvocationID.x; if (i < b.length()) b[i] = i;", declarations)
    alkomp("run", path, "--out", "b.npy:i32:4x8")
    b = np.load("b.npy")
    assert b.dtype == np.int32 and (b == np.arange(32).reshape(4, 8)).all()


def test_constants_macros_includes_and_entry(alkomp, folder):
    (folder / "inc").mkdir()
    (folder / "inc" / "offset.glsl").write_text("const uint OFFSET = 100u;\n")
    declarations = """#include "offset.glsl"
        layout(constant_id = 0) const uint N = 1u;
        layout(binding = 0) buffer B { uint b[]; };"""
    head = "#extension GL_GOOGLE_include_directive : require"
    path = kernel(folder, "add", "uint i = gl_GlobalInvocationID.x; if (i < b.length()) b[i] += N + OFFSET + EXTRA;", declarations, head)
    np.save("a.npy", np.arange(5, dtype=np.uint32))
    words = ["run", path, "--in", "a.npy", "--out", "b.npy", "-I", "inc", "-D", "EXTRA=1000u"]
    alkomp(*words, "--set", "N=4", "--entry", "main")
    assert (np.load("b.npy") == np.arange(5) + 1104).all()
    alkomp(*words, "--set", "0=5")
    assert (np.load("b.npy") == np.arange(5) + 1105).all()


def test_spirv_runs(alkomp, folder):
    try:
        subprocess.run(["glslangValidator", "-V", "-g", "double.comp", "-o", "double.spv"], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no glslangValidator")
    np.save("a.npy", np.arange(5, dtype=np.uint32))
    alkomp("run", "double.spv", "--in", "a.npy", "--out", "b.npy")
    assert (np.load("b.npy") == 2 * np.arange(5)).all()


WGSL = """override factor: u32 = 2u;
@group(0) @binding(0) var<storage, read_write> numbers: array<u32>;
@compute @workgroup_size(64) fn scale(@builtin(global_invocation_id) id: vec3u) {
    if (id.x < arrayLength(&numbers)) { numbers[id.x] *= factor; }
}
"""


def test_wgsl_runs_on_webgpu(alkomp, folder, vulkan, webgpu):
    (folder / "scale.wgsl").write_text(WGSL)
    np.save("a.npy", np.arange(1000, dtype=np.uint32))
    words = ("run", "scale.wgsl", "--in", "a.npy", "--out", "numbers=b.npy", "--device", "wgpu")
    assert alkomp(*words, **webgpu).stdout == "b.npy  u32[1000]  from numbers\n"
    assert (np.load("b.npy") == 2 * np.arange(1000)).all()
    alkomp(*words, "--set", "factor=5", "--entry", "scale", **webgpu)
    assert (np.load("b.npy") == 5 * np.arange(1000)).all()


def test_a_mistake_in_wgsl_shows_its_place(alkomp, folder, vulkan, webgpu):
    np.save("a.npy", np.arange(10, dtype=np.uint32))
    words = ("run", "scale.wgsl", "--in", "a.npy", "--device", "wgpu")
    (folder / "scale.wgsl").write_text(WGSL.replace("*= factor", "*= faktor"))
    said = alkomp(*words, status=1, **webgpu).stderr
    assert "scale.wgsl:4:" in said and "faktor" in said and "^" in said
    (folder / "scale.wgsl").write_text(WGSL.replace("array<u32>", "array<uint>"))
    said = alkomp(*words, status=1, **webgpu).stderr
    assert "scale.wgsl:2:" in said and "uint" in said and "^" in said


def test_wgsl_elsewhere_is_refused_in_words(alkomp, folder):
    (folder / "scale.wgsl").write_text(WGSL)
    np.save("a.npy", np.arange(10, dtype=np.uint32))
    said = alkomp("run", "scale.wgsl", "--in", "a.npy", "--device", "reference", status=1).stderr
    assert said.startswith("alkomp run: ") and "is WGSL, which the device" in said and "does not take" in said


def test_no_workgroups_do_nothing(alkomp):
    np.save("a.npy", np.arange(5, dtype=np.uint32))
    alkomp("run", "double.comp", "--in", "a.npy", "--out", "b.npy", "--groups", "0")
    assert (np.load("b.npy") == np.arange(5)).all()


def test_pictures_go_in_and_out(alkomp, folder):
    alkomp("run", KERNELS / "mandelbrot.comp", "--out", "m.png:64x96", "--groups", "12,8", "--arg", "center=-0.7,0", "--arg", "height=2.6", "--arg", "size=96,64")
    before = read_png(folder / "m.png")
    assert before.shape == (64, 96, 4)
    assert (before[32, 50] == [0, 0, 0, 255]).all() and before[0, 0, :3].any()
    alkomp("run", KERNELS / "blur.comp", "--in", "m.png", "--out", "b.png", "--groups", "12,8", "--set", "RADIUS=2", "--arg", "96,64", "--arg", "1,0")
    weights = np.exp(-0.5 * np.arange(-2, 3) ** 2 / 1.0)
    padded = np.pad(before.astype(float), ((0, 0), (2, 2), (0, 0)), "edge")
    wanted = sum(w * padded[:, k : k + 96] for k, w in enumerate(weights / weights.sum()))
    assert np.abs(read_png(folder / "b.png") - wanted).max() <= 1


def test_grey_and_rgb_pictures(alkomp, folder):
    declarations = "layout(binding = 0) writeonly buffer B { uint b[]; };"
    body = "uint i = gl_GlobalInvocationID.x; if (i < b.length()) b[i] = 0x03020100u + 0x04040404u * i;"
    path = kernel(folder, "bytes", body, declarations)
    for shape in ((4, 6), (4, 6, 1), (4, 6, 3), (4, 6, 4)):
        alkomp("run", path, "--out", f"b.png:u8:{'x'.join(map(str, shape))}", "--groups", "1")
        assert (read_png(folder / "b.png").reshape(-1) == np.arange(np.prod(shape))).all()


def test_the_report_as_json(alkomp):
    np.save("a.npy", np.arange(640, dtype=np.uint32))
    result = alkomp("run", "double.comp", "--in", "a.npy", "--out", "b.npy", "--groups", "10", "--repeat", "5", "--time", "--json")
    report = json.loads(result.stdout)
    assert report["kernel"] == "double.comp" and report["groups"] == [10, 1, 1] and report["repeat"] == 5 and report["workgroup_size"] == [64, 1, 1]
    assert report["buffers"] == [
        {"name": "Data", "set": 0, "binding": 0, "type": "u32", "shape": [640], "in": "a.npy", "out": "b.npy"}
    ]
    if report["gpu_ns"]:
        times = report["gpu_ns"]
        assert times["runs"] == 5 and 0 < times["least"] <= times["mean"] <= times["greatest"]


def test_time_is_printed(alkomp):
    np.save("a.npy", np.arange(640, dtype=np.uint32))
    out = alkomp("run", "double.comp", "--in", "a.npy", "--repeat", "5", "--time").stdout
    assert out.startswith("GPU time of 5 runs on ") or "has no GPU timestamps" in out


def test_trace_writes_what_perfetto_reads(alkomp):
    np.save("a.npy", np.arange(640, dtype=np.uint32))
    result = alkomp("trace", "double.comp", "--in", "a.npy", "--out", "b.npy", "--repeat", "3", "--trace", "out.json")
    assert "out.json  open it at https://ui.perfetto.dev" in result.stdout
    with open("out.json") as file:
        trace = json.load(file)
    events = trace["traceEvents"] if isinstance(trace, dict) else trace
    calls = [event for event in events if "double" in event.get("name", "")]
    assert len([event for event in calls if event["ph"] in "XB"]) == 3
    report = json.loads(alkomp("trace", "double.comp", "--in", "a.npy", "--trace", "out.json", "--json").stdout)
    assert report["trace"] == "out.json" and any(span["duration_ns"] > 0 for span in report["spans"])
