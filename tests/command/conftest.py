# SPDX-License-Identifier: MIT OR Apache-2.0
"""Starts the built command, as a user does, in an empty folder."""

import importlib.util
import json
import os
import pathlib
import subprocess

import pytest

KERNELS = pathlib.Path(__file__).parents[2] / "examples" / "kernels"

DOUBLE = """#version 450
layout(local_size_x = 64) in;
layout(set = 0, binding = 0) buffer Data { uint data[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < data.length()) data[i] *= 2u;
}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "double.comp").write_text(DOUBLE)
    return tmp_path


@pytest.fixture
def alkomp(folder):
    """alkomp("run", ..., status=1) runs the command and returns what it printed."""

    def start(*words, status=0, timeout=60, **environment):
        result = subprocess.run(
            [os.environ["ALKOMP_COMMAND"], *map(str, words)],
            capture_output=True,
            text=True,
            timeout=timeout,
            cwd=folder,
            env={**os.environ, **environment},
        )
        assert result.returncode == status, f"status {result.returncode}\n{result.stdout}\n{result.stderr}"
        return result

    return start


@pytest.fixture
def vulkan(alkomp):
    """The Vulkan devices, for tests that need one: skipped without, or failed where ALKOMP_REQUIRE asks for it."""
    devices = json.loads(alkomp("devices", "--json").stdout)["devices"]
    found = [device for device in devices if device["backend"] == "vulkan"]
    if not found:
        assert "vulkan" not in os.environ.get("ALKOMP_REQUIRE", "").split(","), "there is no Vulkan device"
        pytest.skip("no Vulkan device")
    return found


@pytest.fixture
def webgpu():
    """The environment in which the command finds wgpu-native, as scripts/setup brings it; as `vulkan` without."""
    library = os.environ.get("ALKOMP_WEBGPU_LIBRARY")
    if not library:
        package = importlib.util.find_spec("wgpu")
        found = [*pathlib.Path(package.origin).parent.glob("resources/*wgpu_native*")] if package else []
        library = str(found[0]) if found else ""
    if not library or "nonexistent" in library:
        assert "wgpu" not in os.environ.get("ALKOMP_REQUIRE", "").split(","), "there is no WebGPU device"
        pytest.skip("no WebGPU library")
    return {"ALKOMP_WEBGPU_LIBRARY": library}


@pytest.fixture
def refused(alkomp, folder):
    """Runs something that must fail: one line on stderr, nothing on stdout, no file left behind. Returns the line."""

    def start(*words, status=1, lines=1, **environment):
        before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        result = alkomp(*words, status=status, **environment)
        after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        assert after == before
        assert result.stdout == ""
        if lines is not None:
            assert result.stderr.count("\n") == lines, result.stderr
        return result.stderr.rstrip("\n")

    return start
