# SPDX-License-Identifier: MIT OR Apache-2.0
"""Runs each test that takes `dev` once per device that is found, under its name."""

import os
import re
import signal

import alkompy
import numpy as np
import pytest

_devices = alkompy.query()


def _name(info):
    return re.sub(r"[^A-Za-z0-9.]+", "-", f"{info.backend}-{info.backend_index}-{info.name}").strip("-")


@pytest.fixture(scope="session", params=_devices, ids=_name)
def dev(request):
    return alkompy.Device(request.param.index)


@pytest.fixture(scope="session", params=["wgpu", "dawn"])
def webgpu(request):
    """The first device of each WebGPU library that is here; libraries are found when they are asked for."""
    device = _webgpu(request.param)
    if device is None:
        pytest.skip(f"no device of {request.param}")
    return device


def _webgpu(backend):
    try:
        return alkompy.Device(backend)
    except (ValueError, alkompy.UnsupportedError):
        return None


@pytest.fixture(scope="session")
def copy_kernel(dev):
    """to[i] = from[i] for uint32, 64 invocations in a workgroup."""
    return dev.compile(COPY, label="copy")


@pytest.fixture(autouse=True)
def stays_silent(capfd):
    """alkomp never prints."""
    yield
    text = "".join(capfd.readouterr())
    assert "alkomp" not in text, text


@pytest.fixture(autouse=True)
def is_valid(request):
    """Under the validation layer (ALKOMP_VULKAN_VALIDATION=1) any of its messages fails the test that caused it."""
    if os.environ.get("ALKOMP_VULKAN_VALIDATION") != "1":
        yield
        return
    lines = []
    alkompy.set_log(lambda level, text: lines.append(text) if level in ("warning", "error") else None)
    yield
    alkompy.set_log(None)
    assert not [text for text in lines if any(word in text.lower() for word in ("validation", "vuid", "sync-hazard"))]


def pytest_report_header():
    return "alkompy devices: " + ("; ".join(info.name for info in _devices) or "none")


def pytest_sessionstart(session):
    # A job that a shell runs in the background ignores Ctrl-C, and so would the processes that the tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    wanted = [name for name in os.environ.get("ALKOMP_REQUIRE", "").split(",") if name]
    missing = {name for name in set(wanted) - {info.backend for info in _devices} if _webgpu(name) is None}
    if missing:
        raise pytest.UsageError(f"ALKOMP_REQUIRE asks for {', '.join(sorted(missing))}, of which no device is found")


def message(excinfo):
    """The whole text of the error, as str() gives it."""
    return str(excinfo.value)


COPY = """#version 450
layout(local_size_x = 64) in;
layout(set = 0, binding = 0) readonly buffer From { uint from[]; };
layout(set = 0, binding = 1) writeonly buffer To { uint to[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < to.length()) to[i] = from[i];
}
"""

AXPY = """#version 450
layout(local_size_x = 64) in;
layout(set = 0, binding = 0) readonly buffer X { float x[]; };
layout(set = 0, binding = 1) buffer Y { float y[]; };
layout(push_constant) uniform Parameters { float alpha; uint count; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < count) y[i] = alpha * x[i] + y[i];
}
"""

SLOW = """#version 450
layout(local_size_x = 1) in;
layout(set = 0, binding = 0) buffer Data { uint data[]; };
layout(push_constant) uniform Parameters { uint rounds; };
void main() {
    uint value = data[0];
    for (uint i = 0u; i < rounds; ++i) value = value * 1664525u + 1013904223u;
    data[0] = value;
}
"""


def slow_result(rounds, begin=0):
    """What SLOW leaves after `rounds` rounds, by repeated squaring of x -> a x + c (mod 2^32)."""
    a, c, total_a, total_c = 1664525, 1013904223, 1, 0
    while rounds:
        if rounds & 1:
            total_a, total_c = (a * total_a) % 2**32, (a * total_c + c) % 2**32
        a, c = (a * a) % 2**32, (a * c + c) % 2**32
        rounds >>= 1
    return np.uint32((total_a * begin + total_c) % 2**32)
