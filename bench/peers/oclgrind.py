# SPDX-License-Identifier: MIT OR Apache-2.0
"""alkomp's checked reference device beside Oclgrind: the same kernels over the same arrays.

  apt-get install oclgrind
  PYTHONPATH=build/bench/python python bench/peers/oclgrind.py        (alkompy of a release build, NumPy)

prints both tables of docs/checking.md: right kernels with the time of the call and its wait, the best of several, without
start and compilation; and wrong ones with what either finds: "yes" where only lines are told that are marked in
oclgrind_kernels.py. Oclgrind runs with --data-races and --uninitialized, alkomp with the checks that are on by default.
Exit status 1: alkomp has missed something.
"""
import argparse
import ctypes
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import numpy as np
from oclgrind_kernels import RIGHT, WRONG, glsl, opencl

CHECKS = ["--data-races", "--uninitialized"]
KINDS = {
    "out of bounds": {"out of bounds"}, "race": {"data race", "same-value race"}, "barrier": {"barrier"},
    "uninitialized": {"uninitialized"},
}
SAYS = {  # in Oclgrind's words
    "out of bounds": r"Invalid (read|write)|Index \(.*\) exceeds", "race": r"data race", "barrier": r"divergence",
    "uninitialized": r"Uninitialized",
}


def is_right(kernel, result):
    if kernel.result.dtype == np.float32:
        return np.allclose(result, kernel.result, rtol=1e-3, atol=1e-4)
    return np.array_equal(result, kernel.result)


class OpenCL:
    """What the C API of OpenCL takes, as much as is needed. Oclgrind puts its own into the process."""

    def __init__(self):
        self.cl = ctypes.CDLL(None)
        platform, self.device = ctypes.c_void_p(), ctypes.c_void_p()
        self.call("clGetPlatformIDs", ctypes.c_uint(1), ctypes.byref(platform), None)
        self.call("clGetDeviceIDs", platform, ctypes.c_ulong(0xFFFFFFFF), ctypes.c_uint(1), ctypes.byref(self.device), None)
        self.context = self.make("clCreateContext", None, ctypes.c_uint(1), ctypes.byref(self.device), None, None)
        self.queue = self.make("clCreateCommandQueue", self.context, self.device, ctypes.c_ulong(0))

    def call(self, name, *arguments):
        function = getattr(self.cl, name)
        function.restype = ctypes.c_int
        if (status := function(*arguments)) != 0:
            raise RuntimeError(f"{name} gave {status}")

    def make(self, name, *arguments):
        function, status = getattr(self.cl, name), ctypes.c_int()
        function.restype = ctypes.c_void_p
        made = ctypes.c_void_p(function(*arguments, ctypes.byref(status)))
        if status.value != 0:
            raise RuntimeError(f"{name} gave {status.value}")
        return made

    def compile(self, source):
        text = ctypes.c_char_p(source.encode())
        program = self.make("clCreateProgramWithSource", self.context, ctypes.c_uint(1), ctypes.byref(text), None)
        self.call("clBuildProgram", program, ctypes.c_uint(1), ctypes.byref(self.device), b"", None, None)
        return self.make("clCreateKernel", program, b"run")

    def buffer(self, data):
        is_new = isinstance(data, int)
        size = 4 * data if is_new else data.nbytes
        made = self.make("clCreateBuffer", self.context, ctypes.c_ulong(1), ctypes.c_size_t(size), None)
        if not is_new:
            self.call("clEnqueueWriteBuffer", self.queue, made, ctypes.c_uint(1), ctypes.c_size_t(0),
                      ctypes.c_size_t(size), data.ctypes.data_as(ctypes.c_void_p), ctypes.c_uint(0), None, None)
        return made

    def run(self, kernel):
        """Seconds, and the last buffer."""
        run = self.compile(opencl(kernel)[0])
        buffers = [self.buffer(data) for data in kernel.buffers.values()]
        for at, buffer in enumerate(buffers):
            self.call("clSetKernelArg", run, ctypes.c_uint(at), ctypes.c_size_t(8), ctypes.byref(buffer))
        sizes = ctypes.c_size_t * 2
        size = sizes(*kernel.size)
        grid = sizes(*(groups * local for groups, local in zip(kernel.groups, kernel.size)))
        start = time.perf_counter()
        self.call("clEnqueueNDRangeKernel", self.queue, run, ctypes.c_uint(2), None, grid, size, ctypes.c_uint(0), None, None)
        self.call("clFinish", self.queue)
        seconds = time.perf_counter() - start
        data = list(kernel.buffers.values())[-1]
        out = np.empty_like(data)
        self.call("clEnqueueReadBuffer", self.queue, buffers[-1], ctypes.c_uint(1), ctypes.c_size_t(0),
                  ctypes.c_size_t(out.nbytes), out.ctypes.data_as(ctypes.c_void_p), ctypes.c_uint(0), None, None)
        return seconds, out


def inside(name, times):
    """In a process of Oclgrind: runs one kernel and prints its times."""
    kernel = next(one for one in RIGHT + WRONG if one.name == name)
    device = OpenCL()
    seconds = []
    for _ in range(times):
        taken, result = device.run(kernel)
        if kernel.result is not None and not is_right(kernel, result):
            raise RuntimeError(f"Oclgrind gives another result for {name}.")
        seconds.append(taken)
    print(json.dumps(seconds))


def oclgrind(kernel, flags, times):
    """Its times, and what it has written."""
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "log")
        done = subprocess.run(["oclgrind", *flags, "--log", log, sys.executable, __file__, "--inside", kernel.name,
                               "--times", str(times)], capture_output=True, text=True)
        said = ""
        if os.path.exists(log):
            with open(log, encoding="utf-8") as file:
                said = file.read()
    if done.returncode != 0 and kernel.result is not None:
        raise RuntimeError(f"oclgrind stopped at {kernel.name}: {done.stderr}")
    return json.loads(done.stdout or "[]"), said


def alkomp(kernel, times):
    """Its times, its faults."""
    import alkompy

    device = alkompy.Device("reference", check=True, on_fault=lambda fault: None)
    run = device.compile(glsl(kernel)[0])
    seconds = []
    for _ in range(times):
        buffers = [device.empty(data, np.uint32) if isinstance(data, int) else device.to_device(data)
                   for data in kernel.buffers.values()]
        device.wait()
        start = time.perf_counter()
        device.call(run, *buffers, groups=kernel.groups)
        device.wait()
        seconds.append(time.perf_counter() - start)
        if kernel.result is not None and not is_right(kernel, device.get(buffers[-1])):
            raise RuntimeError(f"alkomp gives another result for {kernel.name}.")
    return seconds, device.faults()


def speed():
    print("| kernel | invocations | Oclgrind | its memory checks alone | alkomp | ratio |\n|---|---|---|---|---|---|")
    for kernel in RIGHT:
        ours, faults = alkomp(kernel, 7)
        theirs, said = oclgrind(kernel, CHECKS, 3)
        bare, _ = oclgrind(kernel, [], 3)
        if faults or said.strip():
            raise RuntimeError(f"{kernel.name} is right, but: {faults} {said}")
        count = int(np.prod(kernel.groups) * np.prod(kernel.size))
        print(f"| {kernel.name} | {count} | {min(theirs):.2f} s | {min(bare):.2f} s | {min(ours) * 1000:.1f} ms "
              f"| {min(theirs) / min(ours):.0f}x |", flush=True)


def word(found, told, wanted):
    """`told` and `wanted` are lines."""
    if not found:
        return "no"
    if not told:
        return "yes, without a line"
    return "yes" if told <= wanted else "yes, with another line"


def found_by_alkomp(kernel):
    """Whether it was, and the lines that were told. Some barriers are refused before anything runs."""
    import alkompy

    before = glsl(kernel)[1]
    try:
        ours = [fault for fault in alkomp(kernel, 1)[1] if fault.kind in KINDS[kernel.kind]]
    except alkompy.CompileFailedError as error:
        line = re.match(rf"<glsl>:(\d+): {kernel.kind}: ", str(error))
        return bool(line), {int(line[1]) - before} if line else set()
    lines = {fault.at.place.line for fault in ours} | {fault.other.place.line for fault in ours if fault.other}
    return bool(ours), {line - before for line in lines}


def found_by_oclgrind(kernel):
    parts = [part for part in oclgrind(kernel, CHECKS, 1)[1].split("\n\n\n") if re.search(SAYS[kernel.kind], part)]
    before = opencl(kernel)[1]
    return bool(parts), {int(line) - before for part in parts for line in re.findall(r"At line (\d+) ", part)}


def faults():
    missed = 0
    print("| | what is wrong | Oclgrind | alkomp |\n|---|---|---|---|")
    for kernel in WRONG:
        theirs, their_lines = found_by_oclgrind(kernel)
        ours, our_lines = found_by_alkomp(kernel)
        missed += not ours
        print(f"| {kernel.kind} | {kernel.name} | {word(theirs, their_lines, kernel.lines())} "
              f"| {word(ours, our_lines, kernel.lines())} |", flush=True)
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=["speed", "faults"], help="one of the tables")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    parser.add_argument("--times", type=int, default=1, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        inside(options.inside, options.times)
        return 0
    if not shutil.which("oclgrind"):
        print("oclgrind.py: there is no oclgrind here; Debian's package `oclgrind` has it", file=sys.stderr)
        return 2
    if options.only != "faults":
        speed()
    return 1 if options.only != "speed" and faults() else 0


if __name__ == "__main__":
    sys.exit(main())
