# SPDX-License-Identifier: MIT OR Apache-2.0
"""The checked mode: what is found, who is told, and what is refused."""

import contextlib
import gc
import io
import json
import subprocess
import sys

import alkompy
import numpy as np
import pytest
from conftest import message

SHIFTED = """#version 450
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer From { uint from[]; };
layout(binding = 1) writeonly buffer To { uint to[]; };
uint shifted(uint i) {
    return from[i + 1u];
}
void main() {
    to[gl_GlobalInvocationID.x] = shifted(gl_GlobalInvocationID.x);
}
"""


def run(device, source=SHIFTED):
    kernel = device.compile(alkompy.glsl(source, "shifted.comp"))
    data = device.to_device(np.arange(128, dtype=np.uint32))
    result = device.zeros(128, np.uint32)
    device.call(kernel, data, result)
    return device.get(result)


def test_a_fault_has_all_that_is_known_of_it():
    told = []
    device = alkompy.Device("reference", check=True, on_fault=told.append)
    assert device.faults() == []
    run(device)
    (fault,) = device.faults()
    assert str(fault) == str(told[0]) and len(told) == 1
    assert (fault.kind, fault.kernel, fault.index, fault.size, fault.more) == ("out of bounds", "shifted.comp", 128, 128, 0)
    assert fault.other is None and "from" in fault.object and "128" in fault.text
    at = fault.at
    assert (at.place.file, at.place.line, at.place.text) == ("shifted.comp", 6, "    return from[i + 1u];")
    assert at.invocation == (127, 0, 0) and at.workgroup == (1, 0, 0) and not at.writes and not at.atomic
    assert [call.line for call in at.calls] == [9]
    assert str(fault).startswith("shifted.comp:6: out of bounds: ") and "\n  6 |     return from[i + 1u];\n" in str(fault)
    assert repr(fault) == "<alkompy.Fault out of bounds at shifted.comp:6>"
    assert json.loads(json.dumps(fault.to_dict()))["at"]["calls"][0]["line"] == 9


def test_a_shader_has_its_lines_too():
    device = alkompy.Device("reference", check=True, on_fault=lambda fault: None)
    shader = alkompy.compile_glsl(SHIFTED, name="shifted.comp")
    data = device.to_device(np.arange(64, dtype=np.uint32))
    device.run("main", shader, 1, [data, device.zeros(64, np.uint32)])
    device.wait()
    assert [fault.at.place.line for fault in device.faults()] == [6]


def test_options_say_what_is_looked_for():
    device = alkompy.Device("reference", check=alkompy.CheckOptions(bounds=False))
    run(device)
    assert device.faults() == []
    told = []
    device = alkompy.Device("reference", check=alkompy.CheckOptions(per_place=2), on_fault=told.append)
    run(device, SHIFTED.replace("1u]", "10u]"))
    assert [fault.more for fault in device.faults()] == [0, 0, 8] == [fault.more for fault in told]


def test_reports_go_to_stderr_and_steps_to_stdout_unless_somebody_takes_them():
    device = alkompy.Device("reference", check=alkompy.CheckOptions(trace=(127, 0, 0)))
    with contextlib.redirect_stderr(io.StringIO()) as errors, contextlib.redirect_stdout(io.StringIO()) as printed:
        run(device)
    assert errors.getvalue() == str(device.faults()[0]) + "\n"
    assert "shifted.comp:9: " in printed.getvalue()
    steps = []
    device = alkompy.Device("reference", check=alkompy.CheckOptions(trace=(5, 0, 0)), on_fault=print, on_trace=steps.append)
    run(device)
    assert {step.place.line for step in steps} >= {6, 9} and all(step.text for step in steps)


def test_what_a_callback_raises_changes_nothing(monkeypatch):
    raised = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: raised.append(unraisable.exc_value))

    def refuse(fault):
        raise KeyError("no")

    device = alkompy.Device("reference", check=True, on_fault=refuse)
    assert run(device)[126] == 127
    assert [type(error) for error in raised] == [KeyError] and len(device.faults()) == 1


def test_a_callback_is_let_go_with_its_device():
    class Callback:
        alive = 0

        def __init__(self):
            Callback.alive += 1

        def __del__(self):
            Callback.alive -= 1

        def __call__(self, fault):
            pass

    device = alkompy.Device("reference", check=True, on_fault=Callback())
    run(device)
    assert Callback.alive == 1
    del device
    gc.collect()
    assert Callback.alive == 0


def test_a_device_may_outlive_the_interpreter():
    code = "import alkompy; device = alkompy.Device('reference', check=True, on_fault=print); alkompy.kept = device"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_what_cannot_be_checked_is_refused(dev):
    if dev.info.backend != "reference":
        with pytest.raises(NotImplementedError) as error:
            alkompy.Device(dev.info.index, check=True)
        assert "check is set" in message(error) and "the reference device can" in message(error)
    for wrong in (1, "races", {"races": False}, []):
        with pytest.raises(TypeError) as error:
            alkompy.Device("reference", check=wrong)
        assert "it takes True, False or a CheckOptions" in message(error)
    with pytest.raises(TypeError):
        alkompy.CheckOptions(rases=False)
    with pytest.raises(ValueError, match="subgroup_size is 3; it takes powers of two up to 64"):
        alkompy.Device("reference", check=alkompy.CheckOptions(subgroup_size=3))
    with pytest.raises(ValueError, match="per_place is 0"):
        alkompy.Device("reference", check=alkompy.CheckOptions(per_place=0))
    with pytest.raises(ValueError, match="check is not set"):
        alkompy.Device("reference", on_fault=print)
    with pytest.raises(TypeError, match="on_fault is 3, which cannot be called"):
        alkompy.Device("reference", check=True, on_fault=3)


def test_options_keep_what_they_are_given():
    options = alkompy.CheckOptions(races=False, step_limit=10, order_seed=2**63, trace=[1, 2, 3])
    assert (options.races, options.bounds, options.step_limit, options.order_seed) == (False, True, 10, 2**63)
    assert options.trace == (1, 2, 3) and alkompy.CheckOptions().trace is None
