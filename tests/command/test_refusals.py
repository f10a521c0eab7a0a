# SPDX-License-Identifier: MIT OR Apache-2.0
"""Bad input of every kind: one clear line, the right exit status, no file left behind."""

import os
import time

import numpy as np
import pytest


@pytest.fixture
def a(folder):
    np.save("a.npy", np.arange(100, dtype=np.uint32))
    return "a.npy"


RUN = ("run", "double.comp", "--in", "a.npy", "--out", "b.npy")


@pytest.mark.parametrize(
    "content, wanted",
    [
        (b"", "it is not a .npy file: it has 0 bytes"),
        (b"hello, world", "it is not a .npy file: it does not start with \\x93NUMPY"),
        (None, "there is no such file"),
    ],
)
def test_no_npy_file(refused, folder, content, wanted):
    if content is not None:
        (folder / "a.npy").write_bytes(content)
    assert refused(*RUN) == f"alkomp run: a.npy: {wanted}"


def test_a_folder_is_no_file(refused, folder):
    (folder / "a.npy").mkdir()
    assert refused(*RUN) == "alkomp run: a.npy: it is not a regular file"


def test_truncated(refused, folder, a):
    data = (folder / a).read_bytes()
    (folder / a).write_bytes(data[:-1])
    assert refused(*RUN) == "alkomp run: a.npy: it is truncated: its header says 400 bytes of elements, the file has 399"
    (folder / a).write_bytes(data[:50])
    assert refused(*RUN) == "alkomp run: a.npy: it ends inside its header"
    (folder / a).write_bytes(data + b"x")
    assert refused(*RUN) == "alkomp run: a.npy: it is too long: its header says 400 bytes of elements, the file has 401"


@pytest.mark.parametrize(
    "array, wanted",
    [
        (np.array([{}, []], dtype=object), "it holds Python objects (dtype object), which no kernel takes"),
        (np.array(["a"]), "it holds text (dtype <U1), which no kernel takes"),
        (np.array([b"a"]), "it holds text (dtype |S1), which no kernel takes"),
        (np.array(["2020-01-01"], "M8[s]"), "it holds times (dtype <M8[s]), which no kernel takes; save x.view('i8') instead"),
    ],
)
def test_dtypes_that_no_kernel_takes(refused, array, wanted):
    np.save("a.npy", array, allow_pickle=True)
    assert refused(*RUN) == f"alkomp run: a.npy: {wanted}"


def test_a_dtype_that_this_kernel_does_not_take(refused):
    for dtype in ("f4", "i8", "u2", "c8"):
        np.save("a.npy", np.ones(10, dtype))
        message = refused(*RUN, lines=None)
        assert message.startswith("alkomp run: call: argument \"Data\" is ") and "u32 are wanted" in message


def test_files_and_buffers_that_do_not_match(refused, a):
    takes = "the kernel takes 'Data' (read and written u32[])"
    assert refused("run", "double.comp") == f"alkomp run: buffer 'Data' (read and written u32[]) has neither --in nor --out; {takes}"
    assert refused(*RUN, "--in", "x=a.npy") == f"alkomp run: --in x=a.npy: the kernel has no buffer 'x'; {takes}"
    assert refused(*RUN, "--in", "a.npy") == "alkomp run: --in a.npy: buffer 'Data' already has --in a.npy"
    assert refused("run", "double.comp", "--out", "b.npy").startswith("alkomp run: --out b.npy: the shape of 'Data' is open; say it as in ")
    assert refused(*RUN[:-1], "b.npy:99").startswith("alkomp run: --out b.npy: u32[99] has 396 bytes, ")
    assert refused(*RUN, "--like", "c.npy") == "alkomp run: c.npy: there is no such file"
    assert refused(*RUN, "--arg", "3") == "alkomp run: --arg 3: no scalar is left for it: the kernel takes no scalars"


def test_places_where_no_output_can_be(refused, folder, a):
    message = refused("run", "double.comp", "--in", a, "--out", "no/such/b.npy")
    assert message == "alkomp run: no/such/b.npy: it cannot be written: No such file or directory"
    (folder / "folder.npy").mkdir()
    assert refused("run", "double.comp", "--in", a, "--out", "folder.npy") == "alkomp run: folder.npy: it is a folder"


def test_a_full_disk(alkomp, folder, a):
    if not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full")
    np.save("a.npy", np.zeros(100000, np.uint32))
    result = alkomp("run", "double.comp", "--in", a, "--out", "/dev/full", status=1)
    assert result.stderr == "alkomp run: /dev/full: it cannot be written: No space left on device\n"


def test_a_picture_that_is_none(refused, folder, a):
    message = refused("run", "double.comp", "--in", a, "--out", "b.png")
    assert message.startswith("alkomp run: b.png: u32[100] is no picture: that is u8[height, width]")
    (folder / "c.png").write_bytes(b"hello")
    assert refused("run", "double.comp", "--in", "c.png", "--out", "b.png").startswith("alkomp run: c.png: ")


def test_kernels_that_do_not_compile(refused, folder, a):
    assert "nowhere.comp" in refused("run", "nowhere.comp", "--in", a)
    (folder / "bad.comp").write_text("#version 450\nlayout(local_size_x = 1) in;\nvoid main() {\n    undefined_name = 1;\n}\n")
    message = refused("run", "bad.comp", "--in", a, lines=None)
    assert message.startswith("alkomp run: ")
    assert "bad.comp:4" in message and "    undefined_name = 1;\n" in message and "^" in message
    for content in (b"", b"\x03\x02\x23\x07", b"\x03\x02\x23\x07" + bytes(range(200)), os.urandom(400)):
        (folder / "bad.spv").write_bytes(content)
        assert "bad.spv" in refused("run", "bad.spv", "--in", a, lines=None)


def test_unknown_names(refused, a):
    message = refused(*RUN, "--device", "no such device", lines=None)
    assert message.startswith('alkomp run: Device: no device matches "no such device"; there are:\n')
    assert "nowhere" in refused(*RUN, "--entry", "nowhere", lines=None)
    assert "M" in refused(*RUN, "--set", "M=4", lines=None)
    message = refused(*RUN, ALKOMP_DEVICE="moon", lines=None)
    assert '"moon" (from ALKOMP_DEVICE)' in message
    message = refused(*RUN, "--device", "wgpu", lines=None, ALKOMP_WEBGPU_LIBRARY="/nowhere.so")
    assert message.endswith("Of wgpu none was found: `alkomp doctor` says what was looked for and what would help.")


def test_too_many_workgroups(refused, a):
    message = refused(*RUN, "--groups", "1,1,4294967295", lines=None)
    assert message.startswith("alkomp run: call: groups.z is 4294967295; this device takes at most ")


def test_a_kernel_that_does_not_end(refused, folder, a):
    (folder / "endless.comp").write_text(
        """#version 450
        layout(local_size_x = 1) in;
        layout(binding = 0) volatile buffer Data { uint data[]; };
        void main() { while (data[0] != 12345u) data[1]++; }"""
    )
    begin = time.monotonic()
    message = refused("run", "endless.comp", "--in", a, "--out", "b.npy", "--groups", "1", "--timeout", "0.5")
    assert message == "alkomp run: the kernel did not end within 0.5 s; --timeout allows more"
    assert time.monotonic() - begin < 6


@pytest.mark.parametrize(
    "words, wanted",
    [
        ((), "alkomp: a verb is missing; there are devices, doctor, run, trace, check and translate (see `alkomp --help`)"),
        (("fly",), "alkomp: there is no verb 'fly'; there are devices, doctor, run, trace, check and translate (see `alkomp --help`)"),
        (("run",), "alkomp run: KERNEL is required (see `alkomp run --help`)"),
        (("run", "k.comp", "--fast"), "alkomp run: The following argument was not expected: --fast (see `alkomp run --help`)"),
        (("run", "k.comp", "--in"), "alkomp run: --in: 1 required [NAME=]FILE missing (see `alkomp run --help`)"),
        (("run", "k.comp", "--groups", "a"), "alkomp run: --groups a: it is not one to three workgroup counts like 1024 or 64,48"),
        (("run", "k.comp", "--set", "N"), "alkomp run: --set N: it is not NAME=VALUE"),
        (("run", "k.comp", "--out", "b.txt"), "alkomp run: --out b.txt: the name ends in neither .npy nor .png, so the format is unknown"),
        (("run", "k.comp", "--repeat", "0"), "alkomp run: --repeat: Value 0 not in range 1 to 1000000 (see `alkomp run --help`)"),
        (("trace", "k.comp"), "alkomp trace: --trace is required (see `alkomp trace --help`)"),
        (("devices", "x"), "alkomp devices: The following argument was not expected: x (see `alkomp devices --help`)"),
    ],
)
def test_a_wrong_command_line(refused, words, wanted):
    assert refused(*words, status=2) == wanted
