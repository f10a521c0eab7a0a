# SPDX-License-Identifier: MIT OR Apache-2.0
"""Calls: buffers in order and by name, scalars of every kind, and what is said about wrong ones."""

import alkompy
import numpy as np
import pytest

from conftest import AXPY, message

VECTORS = """#version 450
layout(local_size_x = 1) in;
layout(binding = 0) buffer Out { float result[]; };
layout(push_constant) uniform Parameters { vec2 a; ivec3 b; vec4 c; mat2 d; };
void main() {
    result[0] = a.x; result[1] = a.y;
    for (int i = 0; i < 3; ++i) result[2 + i] = float(b[i]);
    for (int i = 0; i < 4; ++i) result[5 + i] = c[i];
    for (int i = 0; i < 4; ++i) result[9 + i] = d[i / 2][i % 2];
}
"""


@pytest.fixture(scope="module")
def axpy(dev):
    return dev.compile(AXPY, label="axpy")


def test_the_first_alkomps_program_runs(dev):
    code = """
        #version 450
        layout(local_size_x = 1) in;
        layout(set = 0, binding = 0) buffer PrimeIndices { uint[] indices; };
        uint collatz_iterations(uint n) {
            uint i = 0;
            while(n != 1) {
                if (mod(n, 2) == 0) { n = n / 2; } else { n = (3 * n) + 1; }
                i++;
            }
            return i;
        }
        void main() {
            uint index = gl_GlobalInvocationID.x;
            indices[index] = collatz_iterations(indices[index]);
        }"""
    arr = np.array(range(1, 5), dtype=np.uint32)
    data_gpu = dev.to_device(arr)
    shader = alkompy.compile_glsl(code)
    dev.run("main", shader, (len(arr), 1, 1), [data_gpu])
    assert (dev.get(data_gpu) == np.array([0, 1, 7, 2])).all()


def test_run_takes_scalars_by_name(dev):
    x, y = dev.to_device(np.ones(100, "f4")), dev.zeros(100)
    dev.run("main", alkompy.compile_glsl(AXPY), (2, 1, 1), [x, y], alpha=3.0, count=90)
    assert dev.get(y).tolist() == [3.0] * 90 + [0.0] * 10


@pytest.mark.parametrize("groups", [2, (2,), (2, 1), [2, 1, 1], np.int64(2), np.array([2, 1, 1])], ids=repr)
def test_groups_are_an_int_or_up_to_three(dev, axpy, groups):
    x, y = dev.to_device(np.arange(128, dtype="f4")), dev.zeros(128)
    dev.call(axpy, x, y, 2.0, 128, groups=groups)
    assert np.array_equal(dev.get(y), 2 * np.arange(128))


def test_without_groups_one_invocation_runs_per_element(dev, axpy, copy_kernel):
    for count in (0, 1, 63, 64, 65, 1000):
        x, y = dev.to_device(np.ones(count, "f4")), dev.zeros(count)
        dev.call(axpy, x, y, 1.0, count)
        assert dev.get(y).sum() == count


def test_zero_groups_do_nothing(dev, axpy):
    x, y = dev.to_device(np.ones(8, "f4")), dev.zeros(8)
    for groups in (0, (0, 1, 1), (1, 0), (1, 1, 0)):
        dev.call(axpy, x, y, 1.0, 8, groups=groups)
    assert not dev.get(y).any()


def test_workgroup_counts_come_from_a_buffer(dev, axpy):
    x, y = dev.to_device(np.ones(256, "f4")), dev.zeros(256)
    counts = dev.to_device(np.array([9, 2, 1, 1], "u4"))
    dev.call(axpy, x, y, 1.0, 256, groups=counts[1:])
    assert dev.get(y).sum() == 128


def test_arguments_go_by_name_and_by_order(dev, axpy):
    x, y = dev.to_device(np.ones(8, "f4")), dev.zeros(8)
    dev.call(axpy, count=8, Y=y, alpha=4.0, X=x)
    dev.call(axpy, x, y, 1.0, count=8)
    dev.call(axpy, 1.0, x, 8, y)
    assert dev.get(y).tolist() == [6.0] * 8


@pytest.mark.parametrize("alpha", [2, 2.0, np.float32(2), np.float64(2), np.float16(2), np.int8(2), np.uint64(2), np.array(2.0),
                                   np.array([2], "f4")], ids=repr)
def test_numbers_become_the_kernels_type_where_the_value_fits(dev, axpy, alpha):
    x, y = dev.to_device(np.ones(8, "f4")), dev.zeros(8)
    dev.call(axpy, x, y, alpha, np.uint32(8))
    assert dev.get(y).tolist() == [2.0] * 8


@pytest.mark.parametrize("values", [
    ((1.5, 2.5), (3, -4, 5), (6, 7, 8.5, 9), np.array([[1, 2], [3, 4]], "f4")),
    ([1.5, 2.5], np.array([3, -4, 5]), np.array([6, 7, 8.5, 9], "f2"), ((1, 2), (3, 4))),
    (1.5 + 2.5j, (3, -4, 5), np.array([6, 7, 8.5, 9]), np.array([[1, 2], [3, 4]], "i4")),
    (np.complex64(1.5 + 2.5j), [np.int16(3), -4, 5], (6, 7, 8.5, 9), [[1.0, 2.0], [3.0, 4.0]]),
], ids=["tuples", "arrays", "complex", "mixed"])
def test_vectors_and_matrices_are_tuples_or_arrays(dev, values):
    kernel = dev.compile(VECTORS)
    result = dev.zeros(13)
    dev.call(kernel, result, *values, groups=1)
    assert dev.get(result).tolist() == [1.5, 2.5, 3, -4, 5, 6, 7, 8.5, 9, 1, 2, 3, 4]


def test_wrong_scalars_are_named(dev, axpy):
    x, y = dev.zeros(8), dev.zeros(8)
    with pytest.raises(ValueError, match='argument "count" is i64 -1; u32 is wanted, which cannot hold it'):
        dev.call(axpy, x, y, 1.0, -1)
    with pytest.raises(ValueError, match='argument "count" is f64 8.*; u32 is wanted'):
        dev.call(axpy, x, y, 1.0, 8.0)
    with pytest.raises(ValueError, match='argument "alpha" is f64x2; f32 is wanted'):
        dev.call(axpy, x, y, (1.0, 2.0), 8)
    with pytest.raises(ValueError) as caught:
        dev.call(axpy, x, y, 1.0, 2**70)
    assert message(caught) == "call: argument 3 is 1180591620717411303424, which no 64-bit integer holds."
    with pytest.raises(ValueError) as caught:
        dev.call(axpy, x, y, 1.0, count=-(2**70))
    assert message(caught) == 'call: argument "count" is -1180591620717411303424, which no 64-bit integer holds.'
    with pytest.raises(ValueError, match="call: argument 2 is an empty array; a scalar has at least one number."):
        dev.call(axpy, x, y, np.zeros(0))
    with pytest.raises(ValueError, match=r"call: argument 2: dtype <U1 is a string type"):
        dev.call(axpy, x, y, ["a"])


@pytest.mark.parametrize("value", ["2.0", None, {}, object, b"x"], ids=repr)
def test_objects_that_no_kernel_takes_are_named(dev, axpy, value):
    x, y = dev.zeros(8), dev.zeros(8)
    with pytest.raises(TypeError) as caught:
        dev.call(axpy, x, y, value, 8)
    assert message(caught) == (f"call: argument 2 is a {type(value).__name__}; "
                               "a call takes buffers, numbers, bools, and tuples or arrays of numbers.")


def test_wrong_counts_and_names_show_what_the_kernel_takes(dev, axpy):
    x, y = dev.zeros(8), dev.zeros(8)
    with pytest.raises(ValueError, match="2 buffers and 2 scalars are wanted, 1 buffer and 2 scalars are given"):
        dev.call(axpy, x, 1.0, 8)
    with pytest.raises(ValueError, match="3 buffers"):
        dev.call(axpy, x, y, x, 1.0, 8)
    with pytest.raises(ValueError) as caught:
        dev.call(axpy, x, y, alpha=1.0, size=8)
    for part in ('there is no scalar named "size"', '"X"', '"alpha": f32', '"count": u32', 'while calling kernel "axpy"'):
        assert part in message(caught)
    with pytest.raises(ValueError, match='argument "X" is given twice'):
        dev.call(axpy, y, X=x, alpha=1.0, count=8)


def test_wrong_buffers_are_named(dev, axpy):
    x = dev.zeros(8, "i4", label="weights")
    with pytest.raises(ValueError) as caught:
        dev.call(axpy, x, dev.zeros(8), 1.0, 8)
    assert 'argument "X" is i32[8] "weights"; elements of f32 are wanted' in message(caught)
    with pytest.raises(ValueError, match="groups.* is wanted, since the buffers differ"):
        dev.call(axpy, dev.zeros(8), dev.zeros(9), 1.0, 8)


def test_wrong_groups_are_named(dev, axpy):
    x, y = dev.zeros(8), dev.zeros(8)
    most = dev.info.limits.max_groups[0]
    with pytest.raises(ValueError, match=f"groups.x is {most + 1}; this device takes at most {most} workgroups there"):
        dev.call(axpy, x, y, 1.0, 8, groups=most + 1)
    with pytest.raises(ValueError) as caught:
        dev.call(axpy, x, y, 1.0, 8, groups=(1, -1))
    assert message(caught) == "call: groups is (1, -1); workgroup counts run from 0 to the device's limit."
    for groups in ((), (1, 1, 1, 1), "ab" * 4):
        with pytest.raises(ValueError) as caught:
            dev.call(axpy, x, y, 1.0, 8, groups=groups)
        assert message(caught) == f"call: groups is {groups!r}; it takes an int, 1 to 3 ints, a Buffer or None."
    with pytest.raises(TypeError):
        dev.call(axpy, x, y, 1.0, 8, groups=(1.5, 1))


def test_what_is_no_kernel_is_refused(dev):
    with pytest.raises(TypeError):
        dev.call("kernel")
    with pytest.raises(TypeError):
        dev.call()


def test_vector_elements_take_rows_of_scalars(dev):
    kernel = dev.compile("""#version 450
        layout(local_size_x = 64) in;
        layout(binding = 0) buffer Data { vec4 data[]; };
        void main() {
            uint i = gl_GlobalInvocationID.x;
            if (i < data.length()) data[i] = data[i].wzyx;
        }""")
    array = np.arange(400, dtype="f4").reshape(100, 4)
    buffer = dev.to_device(array)
    dev.call(kernel, buffer)
    assert np.array_equal(dev.get(buffer), array[:, ::-1])
    with pytest.raises(ValueError, match="elements of f32x4 are wanted.*are not whole elements"):
        dev.call(kernel, dev.zeros(6))


def test_complex_numbers_are_vectors_of_two(dev):
    kernel = dev.compile("""#version 450
        layout(local_size_x = 64) in;
        layout(binding = 0) buffer Data { vec2 data[]; };
        void main() {
            uint i = gl_GlobalInvocationID.x;
            if (i < data.length()) data[i] = vec2(data[i].x * data[i].x - data[i].y * data[i].y, 2.0 * data[i].x * data[i].y);
        }""")
    array = (np.arange(70) + 1j * np.arange(70)[::-1]).astype("c8")
    buffer = dev.to_device(array)
    dev.call(kernel, buffer)
    assert np.array_equal(dev.get(buffer), array * array)


def test_structs_have_the_kernels_layout(dev):
    kernel = dev.compile("""#version 450
        layout(local_size_x = 64) in;
        struct P { vec3 position; float mass; uint tags[2]; };
        layout(binding = 0) buffer Ps { P ps[]; };
        void main() {
            uint i = gl_GlobalInvocationID.x;
            if (i >= ps.length()) return;
            ps[i].position *= ps[i].mass;
            ps[i].tags[1] = ps[i].tags[0] + 1u;
        }""")
    dtype = np.dtype({"names": ["position", "mass", "tags"], "formats": [("f4", 3), "f4", ("u4", 2)],
                      "offsets": [0, 12, 16], "itemsize": 32})
    array = np.zeros(100, dtype)
    array["position"], array["mass"], array["tags"][:, 0] = 2, np.arange(100), np.arange(100)
    buffer = dev.to_device(array)
    dev.call(kernel, buffer)
    got = dev.get(buffer)
    assert np.array_equal(got["position"], 2 * np.arange(100)[:, None].repeat(3, 1))
    assert np.array_equal(got["tags"][:, 1], np.arange(100) + 1)
    wrong = np.dtype({"names": ["position", "mass", "tags"], "formats": [("f4", 3), "i4", ("u4", 2)],
                      "offsets": [0, 12, 16], "itemsize": 32})
    with pytest.raises(ValueError, match="a field differs in offset or type"):
        dev.call(kernel, dev.to_device(np.zeros(3, wrong)))
    with pytest.raises(ValueError, match="32 bytes each"):
        dev.call(kernel, dev.to_device(np.zeros(3, [("position", "f4", 3), ("mass", "f4")])))


def test_a_buffer_of_another_device_is_refused(dev, axpy):
    other = alkompy.Device(dev.info.index)
    assert other != dev
    with pytest.raises(ValueError, match="belongs to device"):
        dev.call(axpy, other.zeros(8), dev.zeros(8), 1.0, 8)
    with pytest.raises(ValueError, match="the kernel was compiled for device"):
        other.call(axpy, other.zeros(8), other.zeros(8), 1.0, 8)
    with pytest.raises(ValueError):
        dev.get(other.zeros(3))


def test_many_arguments_and_threads(dev, copy_kernel):
    import threading

    def work(seed, failures):
        try:
            array = np.full(256, seed, "u4")
            a, b = dev.to_device(array), dev.empty(256, "u4")
            for _ in range(300):
                dev.call(copy_kernel, a, b)
                dev.call(copy_kernel, b, a)
            if not np.array_equal(dev.get(a), array):
                failures.append(seed)
        except Exception as error:
            failures.append(error)

    failures = []
    threads = [threading.Thread(target=work, args=(i, failures)) for i in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert failures == []


def test_threads_see_whole_transfers(dev, copy_kernel):
    import threading

    count = 2**19 + 1
    shared = dev.zeros(count, "u4")
    failures = []

    def work(i):
        try:
            own, array = dev.empty(count, "u4"), np.full(count, i, "u4")
            for _ in range(20):
                if i == 0:
                    dev.write(shared, array)
                elif i == 1:
                    dev.fill(shared, i)
                elif i == 2:
                    dev.copy(shared, own)
                    failures.extend(np.flatnonzero(np.diff(dev.get(own))))
                elif i == 3:
                    dev.call(copy_kernel, shared, own)
                    failures.extend(np.flatnonzero(np.diff(dev.get(own))))
                else:
                    failures.extend(np.flatnonzero(np.diff(dev.get(shared))))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(5)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert failures == []
