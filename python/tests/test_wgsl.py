# SPDX-License-Identifier: MIT OR Apache-2.0
"""WGSL of the user's own: on WebGPU devices as it stands, refused by all others."""

import alkompy
import numpy as np
import pytest

from conftest import message

SCALED = """override factor: f32 = 2.0;
@group(0) @binding(0) var<storage> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(64) fn scale(@builtin(global_invocation_id) id: vec3u) {
    if (id.x < arrayLength(&y)) { y[id.x] = factor * x[id.x]; }
}
"""


@pytest.fixture
def scaled(webgpu):
    x, y = webgpu.to_device(np.arange(1000, dtype="f4")), webgpu.empty(1000)

    def run(code, **options):
        webgpu.fill(y, 0)
        webgpu.call(webgpu.compile(code, **options), x, y)
        return webgpu.get(y)

    return run


def test_text_and_files_run(scaled, tmp_path):
    file = tmp_path / "scale.wgsl"
    file.write_text(SCALED)
    for source in (alkompy.wgsl(SCALED), alkompy.wgsl_file(file), alkompy.wgsl_file(str(file))):
        assert np.array_equal(scaled(source), 2 * np.arange(1000))


def test_overrides_are_constants_and_the_entry_point_is_named(scaled):
    source = alkompy.wgsl(SCALED)
    assert np.array_equal(scaled(source, constants={"factor": -0.5}), -0.5 * np.arange(1000))
    assert np.array_equal(scaled(source, entry="scale"), 2 * np.arange(1000))
    with pytest.raises(ValueError, match="twice"):
        scaled(source, entry="twice")
    with pytest.raises(ValueError, match="width"):
        scaled(source, constants={"width": 3})


def test_sources_and_kernels_say_what_they_are(webgpu):
    source = alkompy.wgsl(SCALED, "scale.wgsl")
    assert (source.language, source.name, source.text) == ("wgsl", "scale.wgsl", SCALED)
    assert repr(source) == '<alkompy.Source wgsl "scale.wgsl">'
    assert alkompy.wgsl(SCALED).name == "<wgsl>"
    kernel = webgpu.compile(source)
    assert (kernel.label, kernel.workgroup_size) == ("scale.wgsl", (64, 1, 1))
    assert "x" in kernel.describe() and "factor" in kernel.describe()


def test_arguments_are_checked_against_the_declarations(webgpu):
    kernel = webgpu.compile(alkompy.wgsl(SCALED, "scale.wgsl"))
    floats, numbers = webgpu.zeros(8), webgpu.zeros(8, "u4")
    with pytest.raises(ValueError, match='"scale.wgsl"'):
        webgpu.call(kernel, floats)
    with pytest.raises(ValueError, match='"y"'):
        webgpu.call(kernel, floats, numbers)


def test_a_mistake_shows_line_and_column(webgpu):
    with pytest.raises(alkompy.CompileFailedError) as caught:
        webgpu.compile(alkompy.wgsl(SCALED.replace("factor *", "faktor *"), "scale.wgsl"))
    for part in ("scale.wgsl:5:45: error: ", "faktor", "\n      if (id.x < arrayLength(&y))", "\n" + 46 * " " + "^"):
        assert part in message(caught)


def test_a_declaration_that_cannot_be_read_is_refused_before_the_device(webgpu):
    with pytest.raises(alkompy.CompileFailedError) as caught:
        webgpu.compile(alkompy.wgsl(SCALED.replace("x: array<f32>", "x: array<float>"), "scale.wgsl"))
    for part in ("scale.wgsl:2:", "float", "^"):
        assert part in message(caught)


def test_other_devices_refuse_it(dev):
    if dev.info.backend in ("wgpu", "dawn"):
        pytest.skip("it takes WGSL")
    with pytest.raises(alkompy.UnsupportedError) as caught:
        dev.compile(alkompy.wgsl(SCALED, "scale.wgsl"))
    assert caught.value.code == "unsupported" and isinstance(caught.value, NotImplementedError)
    assert message(caught) == (f'compile: "scale.wgsl" is WGSL, which the device "{dev.info.name}" of the backend '
                               f"{dev.info.backend} does not take; GLSL and SPIR-V are taken.")


def test_it_makes_no_shader():
    with pytest.raises(ValueError) as caught:
        alkompy.compile_glsl(alkompy.wgsl(SCALED, "scale.wgsl"))
    assert message(caught) == 'compile_glsl: "scale.wgsl" is WGSL; Device.compile takes it, for a device.'


def test_a_file_that_is_not_there_is_a_value_error(tmp_path):
    with pytest.raises(ValueError, match="nothing.wgsl"):
        alkompy.wgsl_file(tmp_path / "nothing.wgsl")
