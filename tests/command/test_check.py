# SPDX-License-Identifier: MIT OR Apache-2.0
"""`alkomp check`: what is wrong with a kernel, and where."""

import json
import pathlib
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest

BLUR = """#version 450
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer Pixels { uint pixels[]; };
layout(binding = 1) writeonly buffer Blurred { uint blurred[]; };
uint right_of(uint i) {
    return pixels[i + 1u];
}
void main() {
    uint i = gl_GlobalInvocationID.x;
    blurred[i] = (pixels[i] + right_of(i)) / 2u;
}
"""

GUARDED = BLUR.replace("i + 1u", "min(i + 1u, pixels.length() - 1u)")


@pytest.fixture
def blur(folder):
    (folder / "blur.comp").write_text(BLUR)
    (folder / "guarded.comp").write_text(GUARDED)
    np.save(folder / "a.npy", np.arange(256, dtype=np.uint32))
    return "blur.comp", "--in", "a.npy", "--out", "b.npy"


def test_a_correct_kernel_has_no_faults_and_its_outputs_are_saved(alkomp, blur):
    result = alkomp("check", "guarded.comp", *blur[1:])
    assert result.stdout == "guarded.comp: no faults\n" and result.stderr == ""
    a = np.arange(256, dtype=np.uint32)
    assert (np.load("b.npy") == (a + np.minimum(a + 1, 255)) // 2).all()


def test_a_report_has_line_caret_buffer_index_invocation_and_calls(alkomp, blur):
    result = alkomp("check", *blur, status=1)
    report = result.stdout.split("\n")
    assert report[0].startswith("blur.comp:6: out of bounds: ")
    assert "256" in report[0] and "pixels" in report[0]
    assert report[1] == "  6 |     return pixels[i + 1u];"
    assert report[2] == "    |            ^~~~~~"
    assert report[3] == '  invocation (255, 0, 0) of workgroup (3, 0, 0), kernel "blur.comp"'
    assert report[4] == "  called from blur.comp:10"
    assert report[-2] == "blur.comp: 1 fault at 1 place"
    assert result.stderr == ""


def test_a_check_that_is_left_out_finds_nothing(alkomp, blur):
    assert alkomp("check", *blur, "--no-bounds").stdout == "blur.comp: no faults\n"


def test_faults_of_one_place_are_told_a_few_times_and_counted(alkomp, blur, folder):
    (folder / "far.comp").write_text(BLUR.replace("i + 1u", "i + 157u"))
    result = alkomp("check", "far.comp", *blur[1:], "--per-place", "2", status=1)
    assert result.stdout.count("far.comp:6: out of bounds: ") == 3
    assert 'far.comp:6: out of bounds: 155 more here, in the kernel "far.comp"\n' in result.stdout
    assert result.stdout.endswith("\nfar.comp: 157 faults at 1 place\n")


def test_json_has_all_that_is_known(alkomp, blur):
    report = json.loads(alkomp("check", *blur, "--json", status=1).stdout)
    assert report["count"] == 1 and report["failure"] is None and report["steps"] == []
    (fault,) = report["faults"]
    assert fault["kind"] == "out of bounds" and fault["kernel"] == "blur.comp"
    assert fault["index"] == 256 and fault["size"] == 256 and fault["more"] == 0 and fault["other"] is None
    assert "pixels" in fault["object"]
    at = fault["at"]
    assert at["file"] == "blur.comp" and at["line"] == 6 and at["text"] == "    return pixels[i + 1u];"
    assert at["invocation"] == [255, 0, 0] and at["workgroup"] == [3, 0, 0] and not at["writes"]
    assert [call["line"] for call in at["calls"]] == [10]


def test_arithmetic_without_a_result_is_told(alkomp, folder):
    (folder / "zero.comp").write_text(
        """#version 450
layout(local_size_x = 4) in;
layout(binding = 0) buffer Data { uint data[]; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    data[i] = 12u / data[i];
}
"""
    )
    np.save("a.npy", np.array([3, 0, 4, 0], np.uint32))
    result = alkomp("check", "zero.comp", "--in", "a.npy", "--out", "b.npy", status=1)
    assert result.stdout.count("zero.comp:6: division by zero: ") == 2
    assert "  6 |     data[i] = 12u / data[i];\n" in result.stdout
    assert result.stdout.endswith("\nzero.comp: 2 faults at 1 place\n")


def test_what_cannot_be_checked_has_status_2(refused, blur):
    assert refused("check", *blur, "--trace", "256", status=2) == (
        "alkomp check: --trace 256,0,0: the kernel runs 256 x 1 x 1 invocations, counted from 0, and this is none of them"
    )
    assert refused("check", *blur, "--groups", "2,2", "--trace", "127,2", status=2).startswith("alkomp check: --trace 127,2,0: ")
    assert refused("check", *blur, "--trace", "x", status=2) == (
        "alkomp check: --trace x: it is not the global id of an invocation like 1023 or 4,7"
    )
    message = refused("check", *blur, "--no-rases", status=2)
    assert message == "alkomp check: The following argument was not expected: --no-rases (see `alkomp check --help`)"
    assert "--subgroup-size" in refused("check", *blur, "--subgroup-size", "3", status=2)
    assert "--per-place" in refused("check", *blur, "--per-place", "0", status=2)
    assert "--device" in refused("check", *blur, "--device", "vulkan", status=2)
    assert "c.npy" in refused("check", "blur.comp", "--in", "c.npy", "--out", "b.npy", status=2)
    assert "nowhere.comp" in refused("check", "nowhere.comp", *blur[1:], status=2)


def test_a_traced_invocation_is_shown_line_by_line(alkomp, blur):
    result = alkomp("check", "guarded.comp", *blur[1:], "--trace", "7")
    assert "guarded.comp:10 | blurred[i] = (pixels[i] + right_of(i)) / 2u;\n" in result.stdout
    assert result.stdout.endswith("guarded.comp: no faults\n")
    steps = json.loads(alkomp("check", "guarded.comp", *blur[1:], "--trace", "7", "--json").stdout)["steps"]
    assert {step["line"] for step in steps} >= {6, 9, 10}
    assert all(step["file"] == "guarded.comp" and step["does"] for step in steps)


DOCS = pathlib.Path(__file__).parents[2] / "docs"
SHOWN = re.findall(r"^```console\n\$ alkomp (check .*)\n([^`]*)^```$", (DOCS / "checking.md").read_text(), re.MULTILINE)


@pytest.mark.parametrize("words, output", SHOWN, ids=[words.split()[1] for words, _ in SHOWN])
def test_the_document_shows_what_is_printed(alkomp, folder, words, output):
    shutil.copytree(DOCS / "snippets" / "checking", folder, dirs_exist_ok=True)
    subprocess.run([sys.executable, "make_arrays.py"], cwd=folder, check=True, timeout=60)
    assert alkomp(*words.split(), status=1).stdout == output


def test_the_document_shows_enough():
    told = {kind for _, output in SHOWN for kind in re.findall(r"^\S+:\d+: ([a-z -]+): ", output, re.MULTILINE)}
    assert told == {
        "out of bounds", "bad address", "data race", "same-value race", "barrier", "uninitialized", "division by zero",
        "shift out of range", "not finite", "step limit", "deadlock",
    }
