# SPDX-License-Identifier: MIT OR Apache-2.0
"""What happens to a process: its end with everything alive, its forks, its log."""

import os
import subprocess
import sys
import textwrap
import time

import alkompy
import pytest

from conftest import COPY


def run(program, **variables):
    """Runs a program of its own; gives what it printed. It must end well and say nothing on stderr."""
    done = subprocess.run([sys.executable, "-X", "faulthandler", "-c", textwrap.dedent(program)], capture_output=True, text=True,
                          timeout=120, env={**os.environ, **variables})
    assert done.returncode == 0 and done.stderr == "", (done.returncode, done.stderr)
    return done.stdout


PRELUDE = f"""
import os, signal, sys, threading, time
import numpy as np, alkompy
COPY = '''{COPY}'''
"""


def test_the_interpreter_ends_with_everything_alive(dev):
    assert run(PRELUDE + f"""
lines = []
alkompy.set_log(lambda level, text: lines.append(text))
dev = alkompy.Device({dev.info.index})
kernel = dev.compile(COPY)
a, b = dev.to_device(np.arange(2**20, dtype='u4')), dev.empty(2**20, 'u4')
stream = dev.create_stream()
graph = dev.create_graph()
graph.call(kernel, alkompy.slot('a', a), b)
for _ in range(5):
    graph.replay()
    stream.call(kernel, b, a)
future = dev.get_async(a)
event = stream.event()
class Keeper: pass
keeper = Keeper(); keeper.all = [dev, a, b, stream, graph, future, event, kernel, keeper]
sys.modules['keeper'] = keeper
print('end')
""") == "end\n"


def test_the_interpreter_ends_while_a_thread_waits(dev):
    run(PRELUDE + f"""
dev = alkompy.Device({dev.info.index})
kernel = dev.compile(COPY)
def work():
    a, b = dev.zeros(2**12, 'u4'), dev.zeros(2**12, 'u4')
    while True:
        dev.call(kernel, a, b)
        dev.get(b)
threading.Thread(target=work, daemon=True).start()
time.sleep(0.3)
""")


@pytest.mark.skipif(sys.platform != "linux", reason="the program limits its own address space")
def test_a_result_that_the_host_has_no_room_for_is_a_memory_error_and_work_goes_on(dev):
    assert run(PRELUDE + f"""
import resource
dev = alkompy.Device({dev.info.index})
large, small = dev.empty(2**26, 'f4'), dev.to_device(np.arange(4))
used = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 2**27, resource.RLIM_INFINITY))
try:
    dev.get(large)
except MemoryError as error:
    print(error.code, isinstance(error, alkompy.Error), error)
print(dev.get(small).tolist())
""") == ("out_of_memory True get: the host has no 268435456 bytes for the result.\n"
         "[0, 1, 2, 3]\n")


def test_a_kernel_that_never_ends_is_left_behind(dev):
    begin = time.perf_counter()
    assert run(PRELUDE + f"""
dev = alkompy.Device({dev.info.index})
kernel = dev.compile('''#version 450
layout(local_size_x = 1) in;
layout(binding = 0) volatile buffer Data {{ uint data[]; }};
void main() {{ while (data[0] == 0u) data[1] += 1u; }}''')
data = dev.zeros(2, 'u4')
dev.call(kernel, data, groups=1)
for _ in range(2):
    try:
        dev.get(data, timeout=0.1)
    except TimeoutError as error:
        print(error.code)
def wait():
    try:
        dev.wait()
    except alkompy.DeviceLostError as error:
        print(error.code)
waiter = threading.Thread(target=wait)
waiter.start()
time.sleep(0.2)
dev.abandon()
waiter.join()
again = alkompy.Device({dev.info.index})
print(again != dev, dev.lost)
""") == "timed_out\ntimed_out\ndevice_lost\nTrue True\n"
    assert time.perf_counter() - begin < 30


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_is_told_so(dev):
    assert run(PRELUDE + f"""
dev = alkompy.Device({dev.info.index})
buffer = dev.to_device(np.arange(8))
kernel = dev.compile(COPY)
child = os.fork()
if child == 0:
    said = []
    for use in (lambda: dev.get(buffer), lambda: dev.empty(3), alkompy.Device, alkompy.query, dev.wait):
        try:
            use()
        except NotImplementedError as error:
            said.append('this process was forked' in str(error) and error.code == 'unsupported')
    sys.stdout.write(repr(said) + '\\n')
    sys.stdout.flush()
    sys.exit(0)
_, status = os.waitpid(child, 0)
print(os.waitstatus_to_exitcode(status), dev.get(buffer).sum())
""") == "[True, True, True, True, True]\n0 28\n"


def test_devices_open_in_a_child_when_none_was_open_before():
    assert run(PRELUDE + """
child = os.fork()
if child == 0:
    dev = alkompy.Device()
    sys.exit(int(dev.get(dev.to_device(np.arange(4))).sum()))
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
""") == "6\n"


def test_the_log_reaches_python():
    lines = []
    alkompy.set_log(lambda level, text: lines.append((level, text)))
    try:
        own = alkompy.Device()
        own.abandon()
    finally:
        alkompy.set_log(None)
    assert ("error", f'device "{own.info.name}" is lost: the device was abandoned.') in lines


def test_a_log_callback_that_raises_goes_to_the_unraisable_hook(monkeypatch):
    seen = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: seen.append(unraisable.exc_value))

    def callback(level, text):
        raise KeyError(text)

    alkompy.set_log(callback)
    try:
        own = alkompy.Device()
        own.abandon()
    finally:
        alkompy.set_log(None)
    assert any(isinstance(error, KeyError) for error in seen)
    with pytest.raises(TypeError, match="set_log: the callback is 3, which cannot be called."):
        alkompy.set_log(3)


def test_the_log_is_silent_once_the_interpreter_ends():
    run(PRELUDE + """
def late(level, text):
    raise SystemError('the interpreter was gone')
dev = alkompy.Device()
import atexit
atexit.register(lambda: alkompy.set_log(None))
alkompy.set_log(lambda level, text: None)
""")


def test_without_a_driver_the_reference_device_is_taken():
    assert run(PRELUDE + """
print([info.backend for info in alkompy.query()])
dev = alkompy.Device()
print(dev.info.backend, dev.get(dev.to_device(np.arange(3, dtype='u4'))))
try:
    alkompy.Device("vulkan")
except ValueError as error:
    print(error.code)
""", VK_DRIVER_FILES="/nonexistent.json", VK_ICD_FILENAMES="/nonexistent.json",
               ALKOMP_WEBGPU_LIBRARY="/nonexistent") == "['reference']\nreference [0 1 2]\ninvalid_argument\n"


def test_the_environment_names_the_device(dev):
    assert run(PRELUDE + "print(alkompy.Device().info.index)",
               ALKOMP_DEVICE=str(dev.info.index)) == f"{dev.info.index}\n"
