# SPDX-License-Identifier: MIT OR Apache-2.0
"""`alkomp devices`, `alkomp doctor`, help and version."""

import json
import os
import re

import pytest

ROOT = os.path.join(os.path.dirname(__file__), "../..")
VERSION = re.search(r'#define ALKOMP_VERSION "(.*)"', open(os.path.join(ROOT, "include/alkomp/version.h")).read())[1]


@pytest.fixture
def no_driver(folder, monkeypatch):
    """The environment of a machine with a Vulkan loader and without a driver."""
    monkeypatch.delenv("ALKOMP_VULKAN_LIBRARY", raising=False)
    missing = str(folder / "missing.json")
    return {"VK_ICD_FILENAMES": missing, "VK_DRIVER_FILES": missing}


def test_version(alkomp):
    assert alkomp("--version").stdout == f"alkomp {VERSION}\n"


@pytest.mark.parametrize("words", [(), ("devices",), ("doctor",), ("run",), ("trace",), ("translate",)])
def test_help_has_examples(alkomp, words):
    text = alkomp(*words, "--help").stdout
    assert "Examples:\n  alkomp " in text
    assert max(map(len, text.splitlines())) <= 140


def test_devices_are_listed(alkomp):
    report = json.loads(alkomp("devices", "--json").stdout)
    assert report["problem"] is None
    assert [device["index"] for device in report["devices"]] == list(range(len(report["devices"])))
    assert sum(device["default"] for device in report["devices"]) == 1
    lines = alkomp("devices").stdout.splitlines()
    assert lines[0].split() == ["index", "name", "kind", "backend", "driver", "memory"]
    for device, line in zip(report["devices"], lines[1:]):
        assert device["name"] in line and f"{device['backend']}:{device['backend_index']}" in line
        assert line.startswith("*") == device["default"]
        assert device["memory_bytes"] > 0 and device["limits"]["max_workgroup_invocations"] >= 128
        assert isinstance(device["features"]["subgroup.basic"], bool)


def test_all_limits_and_features_are_shown(alkomp):
    device = json.loads(alkomp("devices", "--json").stdout)["devices"][0]
    text = alkomp("devices", "--all").stdout
    for name in [*device["limits"], *(name for name in device["features"] if name != "cooperative_matrices")]:
        assert name in text
    assert alkomp("devices", "-v").stdout == text


def test_no_limit_or_feature_is_forgotten(alkomp):
    header = open(os.path.join(ROOT, "include/alkomp/capabilities.h")).read()

    def members(struct, type_):
        body = re.search(rf"struct {struct} {{\n(.*?)\n}};", header, re.S)[1]
        lists = re.findall(rf"^    {type_} ([^;]+);", body, re.M)
        return {re.split(r"[ ={{]", name.strip())[0] for names in lists for name in names.split(",")}

    device = json.loads(alkomp("devices", "--json").stdout)["devices"][0]
    assert set(device["limits"]) == members("Limits", r"(?:u32|u64|std::array<u32, 3>)")
    subgroup = {f"subgroup.{name}" for name in members("SubgroupFeatures", "bool")}
    assert set(device["features"]) == members("Features", "bool") | subgroup | {"cooperative_matrices"}


def test_a_named_device_becomes_the_default(alkomp):
    devices = json.loads(alkomp("devices", "--json").stdout)["devices"]
    last = devices[-1]["index"]
    listed = json.loads(alkomp("devices", "--json", ALKOMP_DEVICE=str(last)).stdout)["devices"]
    assert [device["index"] for device in listed if device["default"]] == [last]


def test_a_machine_without_drivers_has_the_reference_device(alkomp, no_driver):
    assert alkomp("devices", **no_driver).stdout.splitlines()[1].startswith("*  0      alkomp reference")
    (device,) = json.loads(alkomp("devices", "--json", **no_driver).stdout)["devices"]
    assert device["default"] and device["kind"] == device["backend"] == "reference"


def test_the_reference_device_comes_last(alkomp):
    backends = [device["backend"] for device in json.loads(alkomp("devices", "--json").stdout)["devices"]]
    assert backends.index("reference") == len(backends) - 1


def test_a_healthy_machine(alkomp, vulkan):
    report = json.loads(alkomp("doctor", "--json").stdout)
    assert report["usable"] and report["version"] == VERSION
    assert report["default_device"]["worked"] and report["default_device"]["detail"] == "a kernel ran there, its result is right"
    (vulkan,) = [backend for backend in report["backends"] if backend["name"] == "vulkan"]
    assert vulkan["devices"]
    kinds = {finding["kind"] for finding in vulkan["findings"] if finding["usable"]}
    assert {"library", "manifest"} <= kinds
    assert report["glsl"]["version"]
    text = alkomp("doctor").stdout
    assert text.endswith("alkomp can compute here.\n")
    for finding in vulkan["findings"]:
        assert finding["what"] in text


def test_no_driver(alkomp, no_driver):
    report = json.loads(alkomp("doctor", "--json", **no_driver).stdout)
    assert report["usable"] and report["default_device"]["worked"]
    assert "unset VK_DRIVER_FILES" in [mend["command"] for mend in report["mends"]]
    text = alkomp("doctor", **no_driver).stdout
    assert "missing.json" in text and text.endswith("alkomp can compute here, but only on its reference device.\n")


def test_no_loader(alkomp):
    missing = {"ALKOMP_VULKAN_LIBRARY": "/nowhere.so", "ALKOMP_WEBGPU_LIBRARY": "/nowhere.so"}
    report = json.loads(alkomp("doctor", "--json", **missing).stdout)
    assert report["default_device"]["kind"] == "reference" and report["mends"] == [
        {"problem": "ALKOMP_VULKAN_LIBRARY names a library that cannot be opened", "command": "unset ALKOMP_VULKAN_LIBRARY"},
        {"problem": "ALKOMP_WEBGPU_LIBRARY names no library of WebGPU that can be opened", "command": "unset ALKOMP_WEBGPU_LIBRARY"},
    ]
    (vulkan,) = [b for b in report["backends"] if b["name"] == "vulkan"]
    (library,) = [f for f in vulkan["findings"] if f["kind"] == "library"]
    assert library["what"] == "/nowhere.so" and not library["usable"] and "/nowhere.so" in library["detail"]


def test_a_broken_manifest(alkomp, folder):
    (folder / "broken.json").write_text("{ this is no JSON")
    path = str(folder / "broken.json")
    report = json.loads(alkomp("doctor", "--json", VK_ICD_FILENAMES=path, VK_DRIVER_FILES=path).stdout)
    (refused,) = [f for b in report["backends"] for f in b["findings"] if f["what"] == path]
    assert refused["kind"] == "manifest" and not refused["usable"] and refused["detail"]


def test_a_cache_that_cannot_be_written(alkomp, folder):
    (folder / "file").write_text("")
    report = json.loads(alkomp("doctor", "--json", ALKOMP_CACHE_DIR=str(folder / "file" / "cache")).stdout)
    assert report["usable"] and not report["cache"]["writable"] and report["cache"]["detail"]
    report = json.loads(alkomp("doctor", "--json", ALKOMP_CACHE="0").stdout)
    assert report["usable"] and report["cache"]["detail"] == "turned off by ALKOMP_CACHE=0"
    report = json.loads(alkomp("doctor", "--json", ALKOMP_CACHE_DIR=str(folder / "cache")).stdout)
    assert report["cache"] == {"folder": str(folder / "cache"), "writable": True, "detail": ""}
