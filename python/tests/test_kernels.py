# SPDX-License-Identifier: MIT OR Apache-2.0
"""Sources, shaders, kernels: how they are made and how they fail."""

import pathlib

import alkompy
import numpy as np
import pytest

from conftest import AXPY, COPY, message

CONSTANTS = """#version 450
layout(local_size_x_id = 0) in;
layout(local_size_x = 1) in;
layout(constant_id = 0) const uint SIZE = 1;
layout(constant_id = 1) const float SCALE = 1.5;
layout(constant_id = 2) const bool FLAG = false;
layout(constant_id = 3) const int SHIFT = -1;
layout(binding = 0) buffer Out { float result[]; };
void main() {
    result[0] = SCALE; result[1] = FLAG ? 1.0 : 0.0; result[2] = float(SHIFT); result[3] = float(gl_WorkGroupSize.x);
}
"""


def constants_of(dev, **constants):
    result = dev.zeros(4)
    kernel = dev.compile(CONSTANTS, constants=constants)
    dev.call(kernel, result, groups=1)
    return dev.get(result).tolist(), kernel.workgroup_size


def test_constants_go_by_name_or_id(dev):
    assert constants_of(dev) == ([1.5, 0, -1, 1], (1, 1, 1))
    assert constants_of(dev, SCALE=2, FLAG=True, SHIFT=-7) == ([2, 1, -7, 1], (1, 1, 1))
    assert constants_of(dev, SIZE=8, SCALE=np.float32(0.25)) == ([0.25, 0, -1, 8], (8, 1, 1))
    result = dev.zeros(4)
    dev.call(dev.compile(CONSTANTS, constants={1: 9.0, "3": np.int8(4)}), result, groups=1)
    assert dev.get(result).tolist() == [9, 0, 4, 1]


def test_wrong_constants_are_named(dev):
    with pytest.raises(ValueError, match="WIDTH"):
        dev.compile(CONSTANTS, constants={"WIDTH": 3})
    with pytest.raises(ValueError, match="SIZE"):
        dev.compile(CONSTANTS, constants={"SIZE": -3})
    with pytest.raises(ValueError) as caught:
        dev.compile(CONSTANTS, constants={"SIZE": "3"})
    assert message(caught) == "compile: constant 'SIZE' is '3'; it takes a bool, int or float."
    with pytest.raises(ValueError) as caught:
        dev.compile(CONSTANTS, constants={"SIZE": 2**64})
    assert message(caught) == "compile: constant 'SIZE' is 18446744073709551616, which no 64-bit integer holds."
    with pytest.raises(TypeError, match="compile: constants is 3; it takes a dict."):
        dev.compile(CONSTANTS, constants=3)


def test_shaders_need_no_device_and_serve_several(dev):
    shader = alkompy.compile_glsl(COPY)
    assert shader.spirv[:4] in (b"\x03\x02\x23\x07", b"\x07\x23\x02\x03")
    assert "from" in shader.describe()
    kernel = dev.compile(shader, label="copy")
    assert (kernel.label, kernel.workgroup_size, kernel.device) == ("copy", (64, 1, 1), dev)
    assert repr(kernel) == f'<alkompy.Kernel "copy" on "{dev.info.name}">'


def test_spirv_comes_as_bytes_arrays_or_a_file(dev, tmp_path):
    words = alkompy.compile_glsl(COPY).spirv
    file = tmp_path / "copy.spv"
    file.write_bytes(words)
    a, b = dev.to_device(np.arange(100, dtype="u4")), dev.zeros(100, "u4")
    for source in (alkompy.spirv(words), alkompy.spirv(bytearray(words)), alkompy.spirv(memoryview(words)),
                   alkompy.spirv(np.frombuffer(words, "u4")), alkompy.spirv_file(file), alkompy.spirv_file(str(file))):
        dev.fill(b, 0)
        dev.call(dev.compile(source), a, b)
        assert np.array_equal(dev.get(b), np.arange(100))


@pytest.mark.parametrize("words", [b"", b"abc", b"\0" * 64, alkompy.compile_glsl(COPY).spirv[:-8]],
                         ids=["empty", "odd", "zeros", "truncated"])
def test_damaged_spirv_is_refused(dev, words):
    with pytest.raises(alkompy.Error) as caught:
        dev.compile(alkompy.spirv(words, "damaged.spv"))
    assert caught.value.code == "compile_failed" and isinstance(caught.value, alkompy.CompileFailedError)
    assert "damaged.spv" in message(caught)


def test_a_syntax_error_shows_file_line_and_token(dev):
    text = "#version 450\nlayout(local_size_x = 1) in;\nvoid main() {\n    flot x = 1.0;\n}\n"
    for make in (lambda: alkompy.compile_glsl(text, name="wrong.comp"), lambda: dev.compile(alkompy.glsl(text, "wrong.comp"))):
        with pytest.raises(alkompy.CompileFailedError) as caught:
            make()
        for part in ("wrong.comp:4", "    flot x = 1.0;", "^"):
            assert part in message(caught)


def test_empty_text_and_other_stages_are_refused(dev):
    with pytest.raises(alkompy.Error):
        dev.compile("")
    with pytest.raises(alkompy.Error):
        dev.compile("#version 450\nvoid main() { gl_Position = vec4(0); }")


def test_macros_and_includes(dev, tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "twice.glsl").write_text("uint twice(uint x) { return FACTOR * x; }\n")
    (tmp_path / "main.comp").write_text("""#version 450
        #extension GL_GOOGLE_include_directive : require
        #include "twice.glsl"
        layout(local_size_x = 1) in;
        layout(binding = 0) buffer Data { uint data[]; };
        void main() { data[gl_GlobalInvocationID.x] = twice(data[gl_GlobalInvocationID.x]); }""")
    source = alkompy.glsl_file(tmp_path / "main.comp")
    assert source.name.endswith("main.comp") and source.language == "glsl"
    buffer = dev.to_device(np.arange(5, dtype="u4"))
    dev.call(dev.compile(source, macros={"FACTOR": "2u"}, include_dirs=[tmp_path / "parts"]), buffer)
    dev.call(dev.compile(alkompy.compile_glsl(source, macros={"FACTOR": "3u"}, include_dirs=[str(tmp_path / "parts")])), buffer)
    assert dev.get(buffer).tolist() == [0, 6, 12, 18, 24]
    with pytest.raises(alkompy.CompileFailedError, match="twice.glsl"):
        dev.compile(source, macros={"FACTOR": "2u"})
    with pytest.raises(TypeError, match="include_dirs is 'parts'; it takes a list of paths"):
        dev.compile(source, include_dirs="parts")


def test_a_file_that_is_not_there_is_a_value_error(tmp_path):
    for read in (alkompy.glsl_file, alkompy.spirv_file):
        with pytest.raises(ValueError, match="nothing.comp"):
            read(tmp_path / "nothing.comp")


def test_an_unknown_entry_point_is_named(dev):
    with pytest.raises(ValueError, match="start"):
        dev.compile(alkompy.spirv(alkompy.compile_glsl(COPY).spirv), entry="start")
    with pytest.raises(ValueError, match="start"):
        dev.run("start", alkompy.compile_glsl(COPY), 1, [])


@pytest.mark.parametrize("code", [3, None, b"#version 450", ["a"]], ids=repr)
def test_what_is_no_code_is_refused(dev, code):
    with pytest.raises(TypeError) as caught:
        dev.compile(code)
    assert message(caught) == f"compile: the code is a {type(code).__name__}; it takes a Shader, a Source or GLSL text."


def test_the_same_source_compiles_once(dev):
    import time
    begin = time.perf_counter()
    first = dev.compile(AXPY)
    cold = time.perf_counter() - begin
    begin = time.perf_counter()
    for _ in range(20):
        again = dev.compile(AXPY)
    assert again == first and hash(again) == hash(first)
    assert cold >= 0


def test_the_examples_kernels_compile(dev):
    folder = pathlib.Path(__file__).parents[2] / "examples" / "kernels"
    files = sorted(folder.glob("*.comp"))
    assert len(files) >= 8
    for file in files:
        assert dev.compile(alkompy.glsl_file(file)).label
