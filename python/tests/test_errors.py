# SPDX-License-Identifier: MIT OR Apache-2.0
"""The exception classes, and devices that are not there."""

import pickle

import alkompy
import pytest

from conftest import message

CLASSES = {
    "invalid_argument": (alkompy.InvalidArgumentError, ValueError),
    "unsupported": (alkompy.UnsupportedError, NotImplementedError),
    "out_of_memory": (alkompy.OutOfMemoryError, MemoryError),
    "compile_failed": (alkompy.CompileFailedError, RuntimeError),
    "kernel_fault": (alkompy.KernelFaultError, RuntimeError),
    "device_lost": (alkompy.DeviceLostError, RuntimeError),
    "timed_out": (alkompy.TimedOutError, TimeoutError),
    "internal": (alkompy.InternalError, RuntimeError),
}


@pytest.mark.parametrize("code", CLASSES)
def test_each_code_is_an_error_and_what_python_calls_it(code):
    made, python_class = CLASSES[code]
    assert issubclass(made, alkompy.Error) and issubclass(made, python_class) and issubclass(made, RuntimeError)
    error = made("f: text.")
    assert (error.code, str(error), made.__module__) == (code, "f: text.", "alkompy")
    assert made.__doc__
    assert type(pickle.loads(pickle.dumps(error))) is made


def test_an_unknown_device_name_lists_those_that_exist():
    with pytest.raises(ValueError) as caught:
        alkompy.Device("no such device")
    assert caught.value.code == "invalid_argument" and message(caught).startswith("Device: ")
    for info in alkompy.query():
        assert info.name in message(caught)


@pytest.mark.parametrize("index", [10**6, -1, 2**70])
def test_an_index_beyond_the_list_is_a_value_error(index):
    with pytest.raises(ValueError, match=str(index)):
        alkompy.Device(index)


@pytest.mark.parametrize("which", [1.5, True, b"llvmpipe", [0]], ids=repr)
def test_what_names_no_device_is_a_type_error(which):
    with pytest.raises(TypeError) as caught:
        alkompy.Device(which)
    assert message(caught) == f"Device: {which!r} is neither an index, a name nor None."


def test_devices_are_found_by_index_name_and_backend(dev):
    info = dev.info
    assert alkompy.Device(f"{info.backend}:{info.backend_index}").info.index == info.index
    first = next(i for i in alkompy.query() if info.name.lower() in i.name.lower())
    assert alkompy.Device(info.name).info.index == first.index
    of_backend = next(i for i in alkompy.query() if i.backend == info.backend and info.name.lower() in i.name.lower())
    assert alkompy.Device(f"{info.backend}:{info.name.upper()}").info.index == of_backend.index
    assert alkompy.Device(info.backend).info.backend == info.backend
    assert alkompy.Device().info.name


def test_query_tells_of_each_device(dev):
    listed = alkompy.query()[dev.info.index]
    for info in (listed, dev.info):
        assert info.name and info.vendor and info.driver and info.memory_bytes > 0
        assert info.kind in ("discrete", "integrated", "virtual_gpu", "cpu", "reference", "other")
        assert info.limits.max_buffer_bytes > 0 and len(info.limits.max_groups) == 3
        assert info.limits.max_workgroup_invocations >= 128
        assert isinstance(info.features.f64, bool) and isinstance(info.features.subgroup.basic, bool)
        assert isinstance(info.features.cooperative_matrices, list)
        assert repr(info).startswith(f'<alkompy.DeviceInfo {info.index}: "{info.name}"')


def test_guarantees_say_what_robustness_covers(dev):
    robust = dev.guarantees
    assert robust.buffers_isolated == dev.info.features.robust_buffers
    # The reference device checks every access; drivers check what goes through a binding, WebGPU shared arrays too.
    assert not robust.views_isolated
    assert robust.addresses_checked == (dev.info.backend == "reference")
    assert robust.shared_checked == (dev.info.backend in ("reference", "wgpu", "dawn"))
    assert repr(robust).startswith("<alkompy.Guarantees buffers_isolated=")
    assert not alkompy.Device(dev.info.index, robust=False).guarantees.buffers_isolated


def test_memory_is_counted_and_given_back(dev):
    own = alkompy.Device(dev.info.index)
    buffers = [own.empty(2**20, "u1") for _ in range(4)]
    assert own.memory().in_use_bytes >= 4 * 2**20
    del buffers
    own.wait()
    before = own.memory()
    assert before.in_use_bytes == 0 and before.cached_bytes >= 4 * 2**20 and before.peak_bytes >= 4 * 2**20
    assert own.trim() >= 4 * 2**20
    assert own.memory().cached_bytes == 0
    assert "bytes in use" in repr(before)


def test_more_memory_than_there_is_raises_memory_error_and_work_goes_on(dev):
    own = alkompy.Device(dev.info.index)
    kept = []
    try:
        for _ in range(2 * own.info.memory_bytes // 2**30 + 2):
            kept.append(own.empty(2**30, "u1", label="much"))
    except MemoryError as error:
        assert error.code == "out_of_memory" and str(error).startswith("empty: ") and "1073741824 bytes" in str(error)
    else:
        pytest.skip("this driver promises more memory than there is")
    finally:
        kept.clear()
    assert own.get(own.to_device([1, 2, 3])).tolist() == [1, 2, 3]


def test_an_abandoned_device_is_lost_and_a_new_one_works(dev):
    own = alkompy.Device(dev.info.index)
    buffer = own.to_device([1, 2, 3])
    own.abandon()
    assert own.lost and repr(own).endswith(", lost>")
    for use in (lambda: own.get(buffer), lambda: own.empty(3), own.wait):
        with pytest.raises(alkompy.DeviceLostError) as caught:
            use()
        assert caught.value.code == "device_lost" and "the device was abandoned" in message(caught)
    again = alkompy.Device(dev.info.index)
    assert again.get(again.to_device([1, 2, 3])).tolist() == [1, 2, 3]
