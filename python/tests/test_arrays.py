# SPDX-License-Identifier: MIT OR Apache-2.0
"""Arrays of every dtype and shape go to a device and come back as they were."""

import sys

import alkompy
import numpy as np
import pytest

from conftest import message

NUMBERS = ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"]
PARTICLE = np.dtype([("position", "f4", 3), ("mass", "f4"), ("tags", "u4", (2, 2))])
NESTED = np.dtype([("head", PARTICLE), ("flag", "?"), ("wide", "f8")], align=True)
SPREAD = np.dtype({"names": ["b", "a"], "formats": ["u2", "f4"], "offsets": [8, 0], "itemsize": 12})


def sample(dtype, shape):
    dtype = np.dtype(dtype)
    count = int(np.prod(shape))
    raw = np.random.default_rng(count + dtype.itemsize).integers(0, 256, count * dtype.itemsize, dtype=np.uint8)
    if dtype == np.bool_:
        raw &= 1
    return raw.view(dtype).reshape(shape) if count else np.zeros(shape, dtype)


def assert_same(got, wanted):
    assert got.dtype == wanted.dtype and got.shape == wanted.shape
    assert got.tobytes() == wanted.tobytes()
    assert got.flags.writeable and got.flags.c_contiguous


@pytest.mark.parametrize("shape", [(), (1,), (7,), (3, 5), (2, 3, 4), (0,), (3, 0, 2)], ids=str)
@pytest.mark.parametrize("dtype", NUMBERS + [PARTICLE, NESTED, SPREAD, "V12"], ids=str)
def test_every_dtype_and_shape_comes_back(dev, dtype, shape):
    array = sample(dtype, shape)
    buffer = dev.to_device(array)
    assert (buffer.shape, buffer.dtype, buffer.size, buffer.nbytes, buffer.ndim) == (
        array.shape, array.dtype, array.size, array.nbytes, array.ndim)
    assert_same(dev.get(buffer), array)


@pytest.mark.parametrize("size", [1023, 2**20 + 3, 3 * 2**20 + 1, 2**24 + 5])
def test_large_arrays_come_back(dev, size):
    array = sample("u4", (size,))
    assert_same(dev.get(dev.to_device(array)), array)


def test_strided_fortran_and_readonly_arrays_keep_shape_and_values(dev):
    array = sample("f4", (6, 8))
    frozen = array.copy()
    frozen.flags.writeable = False
    for given in (array[::2, ::-1], array.T, np.asfortranarray(array), np.broadcast_to(array[0], (5, 8)), frozen):
        got = dev.get(dev.to_device(given))
        assert got.shape == given.shape
        assert np.array_equal(got.view("u4"), np.ascontiguousarray(given).view("u4"))


def test_lists_numbers_and_memoryviews_are_taken_as_numpy_takes_them(dev):
    assert dev.get(dev.to_device([[1, 2], [3, 4]])).tolist() == [[1, 2], [3, 4]]
    assert dev.get(dev.to_device(2.5)).shape == ()
    assert dev.get(dev.to_device(memoryview(b"abc"))).tolist() == [97, 98, 99]
    assert dev.get(dev.to_device(np.float32(4))).dtype == np.float32


def test_an_upload_has_read_the_host_memory_when_it_returns(dev):
    array = np.arange(2**20, dtype=np.uint32)
    buffer = dev.to_device(array)
    array[:] = 0
    assert np.array_equal(dev.get(buffer), np.arange(2**20, dtype=np.uint32))


@pytest.mark.parametrize("dtype, text", [
    (">f4", "dtype >f4 is not in this machine's byte order (little-endian); convert it with "
            'array.astype(array.dtype.newbyteorder("=")).'),
    ("O", "dtype object holds Python objects, which no device can read; use a numeric, bool or structured dtype."),
    ("U3", "dtype <U3 is a string type, which kernels do not have; use a numeric, bool or structured dtype."),
    ("S3", "dtype |S3 is a string type, which kernels do not have; use a numeric, bool or structured dtype."),
    ("M8[s]", "dtype datetime64[s] is a time type, which kernels do not have; view it as int64; "
              "use a numeric, bool or structured dtype."),
    ("m8[ms]", "dtype timedelta64[ms] is a time type, which kernels do not have; view it as int64; "
               "use a numeric, bool or structured dtype."),
    ("g", f"dtype {np.dtype('g')} has no counterpart on a device; use a numeric, bool or structured dtype."),
])
def test_other_dtypes_are_refused_by_name(dev, dtype, text):
    if sys.byteorder != "little":
        pytest.skip("the texts are those of a little-endian machine")
    with pytest.raises(ValueError) as caught:
        dev.to_device(np.zeros(3, dtype))
    assert message(caught) == "to_device: " + text
    with pytest.raises(ValueError) as caught:
        dev.empty(3, dtype)
    assert message(caught) == "empty: " + text


def test_a_field_that_no_device_holds_is_named(dev):
    with pytest.raises(ValueError) as caught:
        dev.to_device(np.zeros(3, [("x", "f4"), ("name", "O")]))
    assert message(caught) == ('to_device: field "name" of dtype object holds Python objects, which no device can read; '
                               "use a numeric, bool or structured dtype.")
    with pytest.raises(ValueError) as caught:
        dev.to_device(np.zeros(3, [("inner", [("x", ">i4")])]))
    assert message(caught).startswith('to_device: field "inner" of field "x" of dtype >i4 is not in this machine\'s byte order')


def test_elements_without_bytes_are_refused(dev):
    with pytest.raises(ValueError, match="has no fields, so its elements have no bytes"):
        dev.empty(3, np.dtype([]))
    with pytest.raises(ValueError, match=r"dtype \|V0 has no counterpart"):
        dev.empty(3, np.dtype("V0"))


def test_empty_and_zeros_take_shapes_like_numpy(dev):
    assert dev.empty(5).shape == (5,) and dev.empty(5).dtype == np.float32
    assert dev.empty((2, 3), "u1").nbytes == 6
    assert dev.empty(np.array([2, 3]), int).shape == (2, 3)
    assert dev.empty(np.int64(4), bool).shape == (4,)
    assert not dev.get(dev.zeros((33, 7), "f8")).any()
    assert dev.get(dev.zeros((), PARTICLE)) == np.zeros((), PARTICLE)


def test_shapes_that_are_none_are_refused(dev):
    with pytest.raises(ValueError) as caught:
        dev.empty((2, -1))
    assert message(caught) == "empty: extent -1 of shape (2, -1) is negative."
    with pytest.raises(ValueError) as caught:
        dev.empty((2**40, 2**40))
    assert message(caught) == "empty: shape (1099511627776, 1099511627776) has more than 2^64 - 1 elements."
    with pytest.raises(ValueError) as caught:
        dev.empty(2**70)
    assert message(caught) == "empty: extent 1180591620717411303424 of shape 1180591620717411303424 is beyond 64 bits."
    with pytest.raises(TypeError):
        dev.empty(2.5)
    assert dev.empty((0, 2**40, 2**40)).size == 0


def test_a_buffer_above_the_largest_is_refused_and_work_goes_on(dev):
    largest = dev.info.limits.max_buffer_bytes
    with pytest.raises(ValueError) as caught:
        dev.empty(largest + 1, "u1")
    assert f"needs {largest + 1} bytes; the largest buffer of device \"{dev.info.name}\" has {largest}." in message(caught)
    assert dev.get(dev.to_device([1, 2])).tolist() == [1, 2]


def test_get_fills_an_array_of_the_caller(dev):
    array = sample("f4", (40, 5))
    buffer = dev.to_device(array)
    out = np.empty((40, 5), "f4")
    assert dev.get(buffer, out=out) is out
    assert_same(out, array)
    flat = np.empty(200, "f4")
    assert_same(dev.get(buffer, flat).reshape(40, 5), array)


def test_an_out_that_does_not_fit_is_refused(dev):
    buffer = dev.zeros((4, 5), "f4", label="sums")
    with pytest.raises(ValueError) as caught:
        dev.get(buffer, out=np.empty((4, 5), "f8"))
    assert message(caught) == ('get: out is float64[4, 5], the buffer is float32[4, 5] "sums"; '
                               "out takes the same dtype and number of elements.")
    with pytest.raises(ValueError) as caught:
        dev.get(buffer, out=np.empty((4, 4), "f4"))
    assert message(caught).startswith("get: out is float32[4, 4], the buffer is float32[4, 5]")
    with pytest.raises(ValueError) as caught:
        dev.get(buffer, out=np.empty((8, 5), "f4")[::2])
    assert message(caught) == ("get: out is float32[4, 5], which is not c_contiguous; "
                               "out has to be C-contiguous and writable.")
    frozen = np.empty((4, 5), "f4")
    frozen.flags.writeable = False
    with pytest.raises(ValueError, match="which is not writeable; out has to be C-contiguous and writable."):
        dev.get(buffer, out=frozen)
    with pytest.raises(TypeError, match="get: out is a list; it takes a numpy.ndarray."):
        dev.get(buffer, out=[0] * 20)


def test_write_replaces_a_buffer_or_a_part_of_it(dev):
    buffer = dev.zeros((4, 3), "i4")
    dev.write(buffer, np.arange(12, dtype="i4").reshape(4, 3))
    dev.write(buffer[1:2], np.array([[-1, -2, -3]], "i4"))
    dev.write(buffer[3], [7, 8, 9])
    assert dev.get(buffer).tolist() == [[0, 1, 2], [-1, -2, -3], [6, 7, 8], [7, 8, 9]]


@pytest.mark.filterwarnings("ignore:NumPy will stop allowing conversion")
def test_writing_what_does_not_fit_is_refused(dev):
    buffer = dev.zeros(3, "i4", label="counts")
    with pytest.raises(ValueError) as caught:
        dev.write(buffer, np.zeros(3, "f4"))
    assert message(caught) == "write: the values are float32, the buffer holds int32; convert them with .astype()."
    with pytest.raises(ValueError) as caught:
        dev.write(buffer, np.zeros(4, "i4"))
    assert message(caught) == ('write: the values are int32[4], the buffer is int32[3] "counts"; '
                               "they take the same number of elements.")
    with pytest.raises(ValueError) as caught:
        dev.write(buffer, [1, 2.5, 3])
    assert message(caught) == "write: [1, 2.5, 3] does not fit int32."
    with pytest.raises(ValueError, match="does not fit int32"):
        dev.write(buffer, [1, 2, 2**31])
    assert not dev.get(buffer).any()


@pytest.mark.parametrize("dtype", NUMBERS + [PARTICLE])
def test_fill_repeats_one_value(dev, dtype):
    value = sample(dtype, (1,))
    buffer = dev.empty((5, 3), dtype)
    dev.fill(buffer, value[0])
    assert dev.get(buffer).tobytes() == value.tobytes() * 15


@pytest.mark.filterwarnings("ignore:NumPy will stop allowing conversion")
def test_fill_takes_python_values_that_fit(dev):
    buffer = dev.zeros(4, "u1")
    dev.fill(buffer[1:3], 255)
    assert dev.get(buffer).tolist() == [0, 255, 255, 0]
    for value in (256, -1, 1.5):
        with pytest.raises(ValueError) as caught:
            dev.fill(buffer, value)
        assert message(caught) == f"fill: {value} does not fit uint8."
    with pytest.raises(ValueError, match=r"fill: the value is uint8\[2\]; it takes one element of uint8."):
        dev.fill(buffer, [1, 2])
    real = dev.empty(2, "f4")
    dev.fill(real, 0.1)
    assert dev.get(real)[0] == np.float32(0.1)


def test_copy_moves_bytes_on_the_device(dev):
    a, b = dev.to_device(np.arange(6, dtype="f4")), dev.zeros((2, 3), "f4")
    dev.copy(a, b)
    assert dev.get(b).tolist() == [[0, 1, 2], [3, 4, 5]]
    with pytest.raises(ValueError):
        dev.copy(a, b[1:])


def test_numpy_takes_a_buffer_as_an_array(dev):
    buffer = dev.to_device(np.arange(6, dtype="i2").reshape(2, 3))
    assert np.array_equal(np.asarray(buffer), np.arange(6).reshape(2, 3))
    assert np.asarray(buffer, dtype="f4").dtype == np.float32
    assert np.add(buffer, 1).tolist() == [[1, 2, 3], [4, 5, 6]]


def test_views_are_parts_of_the_same_memory(dev):
    buffer = dev.to_device(np.arange(24, dtype="f4").reshape(6, 4), label="table")
    view = buffer[2:4]
    assert (view.shape, view.offset_bytes, view.label, len(view)) == ((2, 4), 32, "table", 2)
    assert dev.get(view).tolist() == [[8, 9, 10, 11], [12, 13, 14, 15]]
    assert dev.get(buffer[-1]).tolist() == [20, 21, 22, 23]
    assert dev.get(buffer[1][2:]).tolist() == [6, 7]
    assert dev.get(buffer[1][2]).shape == ()
    assert buffer[4:100].shape == (2, 4) and buffer[5:2].shape == (0, 4) and buffer[:].shape == (6, 4)
    assert [dev.get(row)[0] for row in buffer] == [0, 4, 8, 12, 16, 20]
    dev.fill(view, 0)
    assert dev.get(buffer).sum() == np.arange(24).sum() - np.arange(8, 16).sum()


def test_a_view_keeps_its_buffer(dev):
    view = dev.to_device(np.arange(1000))[990:]
    assert dev.get(view).tolist() == list(range(990, 1000))


def test_parts_that_are_none_are_refused(dev):
    buffer = dev.zeros((6, 4), "f4")
    with pytest.raises(ValueError) as caught:
        buffer[::2]
    assert message(caught) == "Buffer[]: the step of slice(None, None, 2) is 2; views take step 1 only."
    with pytest.raises(ValueError, match="is -1; views take step 1 only"):
        buffer[::-1]
    with pytest.raises(IndexError) as caught:
        buffer[6]
    assert message(caught) == "Buffer[]: index 6 is outside of float32[6, 4]."
    with pytest.raises(IndexError, match="a buffer of no dimensions has no parts"):
        dev.zeros(())[0]
    with pytest.raises(TypeError, match="is neither an index nor a slice of the first dimension"):
        buffer[1, 2]
    with pytest.raises(TypeError, match="a buffer of no dimensions has no length"):
        len(dev.zeros(()))


def test_a_view_of_another_dtype_has_the_same_bytes(dev):
    array = sample("u1", (3, 8))
    buffer = dev.to_device(array)
    for dtype in ("u4", "f8", "i1", [("a", "u2"), ("b", "u2")]):
        view = buffer.view(dtype)
        assert view.shape == array.view(dtype).shape and view.dtype == np.dtype(dtype)
        assert_same(dev.get(view), array.view(dtype))
    with pytest.raises(ValueError) as caught:
        buffer.view("c16")
    assert message(caught) == ("Buffer.view: the last dimension of uint8[3, 8] has 8 bytes, "
                               "which elements of complex128 (16 bytes) do not divide.")
    with pytest.raises(ValueError, match="is a string type"):
        buffer.view("S8")


def test_labels_name_buffers_in_messages(dev):
    buffer = dev.to_device([1.0], label="weights")
    assert buffer.label == "weights"
    buffer.label = "biases"
    assert buffer[:].label == "biases"


def test_each_object_says_what_it_is(dev):
    name = dev.info.name
    assert repr(dev.zeros((3, 4))) == f'<alkompy.Buffer float32[3, 4] on "{name}">'
    assert repr(dev.zeros((), "i4", label="n")) == f'<alkompy.Buffer int32[] "n" on "{name}">'
    assert repr(dev) == f'<alkompy.Device {dev.info.index}: "{name}", {dev.info.backend}>'
    assert repr(dev.stream()) == f'<alkompy.Stream on "{name}">'
    assert repr(dev.create_graph()) == f'<alkompy.Graph of 0 on "{name}">'
    assert repr(alkompy.slot("x", 1)) == '<alkompy.Slot "x" = 1>'
    assert repr(alkompy.glsl("", "a.comp")) == '<alkompy.Source glsl "a.comp">'
