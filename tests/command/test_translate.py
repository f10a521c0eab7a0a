# SPDX-License-Identifier: MIT OR Apache-2.0
"""`alkomp translate`: a kernel as IR and as SPIR-V."""

import json
import os
import pty
import struct
import subprocess

import pytest

IR = """module "twice"
storage %data: u32[] set 0 binding 0

kernel @twice() workgroup_size(64, 1, 1) {
    %id: u32x3 = builtin(global_id)
    %i: u32 = extract(0) %id
    %place: ptr<storage, u32> = access %data, %i
    %x: u32 = load %place
    %sum: u32 = add %x, %x
    store %place, %sum
    return
}
"""


@pytest.fixture
def kernel(folder):
    (folder / "twice.ir").write_text(IR)
    return "twice.ir"


def words_of(path):
    data = path.read_bytes()
    return struct.unpack(f"<{len(data) // 4}I", data)


def test_a_device_without_spirv_is_shown_its_ir(alkomp, refused, folder):
    (folder / "twice.ir").write_text(
        'module "twice"\nstorage %data: u32[] set 0 binding 0\nkernel @twice() workgroup_size(1, 1, 1) {\n'
        "    %p: ptr<storage, u32> = access %data, 0\n    store %p, 2\n    return\n}\n"
    )
    assert "store" in alkomp("translate", "twice.ir", "--to", "ir", "--device", "reference").stdout
    assert "takes no SPIR-V" in refused("translate", "twice.ir", "--to", "spirv", "--device", "reference")


def test_ir_becomes_spirv(alkomp, folder, kernel):
    text = alkomp("translate", kernel, "--to", "spirv").stdout
    assert text.startswith("; SPIR-V\n; Version: 1.6\n")
    assert '"main"' in text and "OpName %twice \"twice\"" in text and "LocalSize 64 1 1" in text
    assert alkomp("translate", kernel, "--to", "spirv", "-o", "a.spvasm").stdout == ""
    assert (folder / "a.spvasm").read_text() == text
    assert alkomp("translate", kernel, "--to", "spirv", "-o", "a.spv").stdout == ""
    assert words_of(folder / "a.spv")[:2] == (0x07230203, 0x00010600)
    # The words are checked and shown again as they are.
    assert alkomp("translate", "a.spv", "--to", "spirv").stdout == text


def test_the_words_go_to_standard_output_where_that_is_asked_for(alkomp, folder, kernel):
    alkomp("translate", kernel, "--to", "spirv", "-o", "a.spv")
    command = [os.environ["ALKOMP_COMMAND"], "translate", kernel, "--to", "spirv", "-o", "-"]
    assert subprocess.run(command, capture_output=True, check=True).stdout == (folder / "a.spv").read_bytes()
    terminal, its_end = pty.openpty()
    result = subprocess.run(command, stdout=its_end, stderr=subprocess.PIPE, text=True)
    os.close(its_end)
    os.close(terminal)
    assert result.returncode == 2
    assert result.stderr == "alkomp translate: -o -: SPIR-V is not for terminals; without -o it is shown as text\n"


def test_ir_becomes_ir(alkomp, folder, kernel):
    text = alkomp("translate", kernel, "--to", "ir").stdout
    assert text.startswith('module "twice"\n') and "kernel @twice() workgroup_size(64, 1, 1) {\n" in text
    alkomp("translate", kernel, "--to", "ir", "-o", "b.ir")
    assert (folder / "b.ir").read_text() == text
    assert alkomp("translate", "b.ir", "--to", "ir").stdout == text


def test_glsl_becomes_spirv(alkomp, folder):
    text = alkomp("translate", "double.comp", "--to", "spirv", "-D", "N=4").stdout
    assert "Khronos Glslang" in text and 'OpEntryPoint GLCompute %main "main"' in text
    text = alkomp("translate", "double.comp", "--to", "spirv", "--through-ir").stdout
    assert "Khronos Glslang" not in text and 'OpEntryPoint GLCompute' in text


def test_glsl_and_spirv_become_ir(alkomp, folder):
    text = alkomp("translate", "double.comp", "--to", "ir").stdout
    assert text.startswith('module "double.comp"\nfile 1 "double.comp"\n') and "kernel @main() workgroup_size(" in text
    alkomp("translate", "double.comp", "--to", "spirv", "-o", "a.spv")
    assert "kernel @main() workgroup_size(" in alkomp("translate", "a.spv", "--to", "ir").stdout
    (folder / "picture.comp").write_text(
        "#version 460\nlayout(local_size_x = 1) in;\nlayout(binding = 0, r32f) uniform image2D picture;\n"
        "void main() {\n    imageStore(picture, ivec2(0), vec4(1));\n}\n"
    )
    message = alkomp("translate", "picture.comp", "--to", "ir", status=1).stderr
    assert '"picture" at set 0, binding 0 is an image' in message


def test_a_target_limits_what_may_be_used(alkomp, refused, folder, kernel):
    report = json.loads(alkomp("translate", kernel, "--to", "spirv", "--target", "vulkan1.2", "--json").stdout)
    assert report["for"] == "vulkan1.2" and report["spirv_version"] == "1.5"
    assert report["kernel"] == "twice" and report["workgroup_size"] == [64, 1, 1] and report["output"] is None
    assert report["capabilities"] == ["Shader"] and report["text"].startswith("; SPIR-V\n; Version: 1.5\n")
    assert json.loads(alkomp("translate", kernel, "--to", "ir", "--json").stdout)["for"] == "any device"
    (folder / "wide.ir").write_text(IR.replace("u32", "f64").replace("f64x3", "u32x3").replace("%i: f64", "%i: u32"))
    alkomp("translate", "wide.ir", "--to", "spirv")
    message = refused("translate", "wide.ir", "--to", "spirv", "--target", "vulkan1.3")
    assert message.startswith("alkomp translate: ") and "f64" in message
    (folder / "large.ir").write_text(IR.replace("64, 1, 1", "1024, 1, 1"))
    assert "128" in refused("translate", "large.ir", "--to", "spirv", "--target", "vulkan1.2")
    (folder / "wide.comp").write_text("#version 450\nlayout(binding = 0) buffer B { double x; };\nvoid main() { x = 2 * x; }\n")
    message = refused("translate", "wide.comp", "--to", "spirv", "--target", "vulkan1.2")
    assert message.startswith("alkomp translate: wide.comp: it needs ") and "Float64" in message


SETTABLE = """#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require
layout(local_size_x = 16, local_size_x_id = 3) in;
layout(constant_id = 3) const uint tile = 16;
layout(constant_id = 4) const float scale = 1.5;
layout(constant_id = 7) const uint64_t wide = 5ul;
layout(binding = 0) buffer Data { float data[]; };
shared float row[tile];
void main() {
    uint i = gl_LocalInvocationIndex;
    row[i] = data[i] * scale;
    barrier();
    data[i] = row[tile - 1u - i] + float(wide);
}
"""


def test_constants_are_overrides_of_wgsl(alkomp, refused, folder):
    (folder / "settable.comp").write_text(SETTABLE)
    words = ("translate", "settable.comp", "--to", "wgsl")
    text = alkomp(*words).stdout
    assert text.startswith("// wide (constant 7) is 5 here: there are no overrides of u64.\n\n")
    assert "\n@id(3) override tile: u32 = 16u;\n@id(4) override scale: f32 = 1.5;\n" in text
    assert "var<workgroup> row: array<f32, tile>;" in text and "@compute @workgroup_size(tile)\n" in text
    text = alkomp(*words, "--set", "tile=32", "-s", "7=9").stdout
    assert text.startswith(
        "// tile (constant 3) is 32 here: it was set.\n// wide (constant 7) is 9 here: it was set.\n\n"
    )
    assert "array<f32, 32>" in text and "@workgroup_size(32)" in text and "@id(4) override scale: f32 = 1.5;" in text
    assert 'no specialisation constant "tiles"' in refused(*words, "--set", "tiles=32")


def test_a_device_limits_what_may_be_used(alkomp, vulkan, kernel):
    device = vulkan[0]
    words = ("translate", kernel, "--to", "spirv", "--device", device["index"], "--json")
    assert json.loads(alkomp(*words).stdout)["for"] == device["name"]


def test_mistakes_show_the_line_and_a_caret(refused, folder, kernel):
    (folder / "bad.ir").write_text(IR.replace("%x, %x", "%x, %y"))
    assert refused("translate", "bad.ir", "--to", "spirv", "-o", "a.spv", lines=3) == (
        "alkomp translate: parse: bad.ir:9:25: %y is not defined above.\n"
        "        %sum: u32 = add %x, %y\n"
        "                            ^"
    )


@pytest.mark.parametrize(
    "words, message",
    [
        (("--to", "hlsl"), "--to hlsl: ir, spirv and wgsl are made"),
        (("--to", "ir", "--target", "metal"), "--target metal: there are vulkan1.2 and vulkan1.3"),
        (("--to", "ir", "--target", "vulkan1.2", "-d", "0"), "--target and --device both say what may be used; one is enough"),
        (("--to", "ir", "--set", "n=4"), "--set is for WGSL; in IR and SPIR-V each constant keeps its default"),
        (("--to", "wgsl", "--set", "4"), "--set 4: it is not NAME=VALUE"),
        (("--to", "ir", "-o", "-", "--json"), "-o - and --json both want standard output"),
    ],
)
def test_command_lines_that_are_wrong(refused, kernel, words, message):
    assert refused("translate", kernel, *words, status=2) == f"alkomp translate: {message}"


def test_files_that_are_not_there(refused, folder, kernel):
    assert refused("translate", "no.ir", "--to", "ir") == "alkomp translate: no.ir: there is no such file"
    assert "nowhere.comp" in refused("translate", "nowhere.comp", "--to", "spirv")
    message = refused("translate", kernel, "--to", "spirv", "-o", "no/such/a.spv")
    assert message == "alkomp translate: no/such/a.spv: it cannot be written: No such file or directory"
