# SPDX-License-Identifier: MIT OR Apache-2.0
"""Streams, events, graphs, futures, waiting and measuring."""

import asyncio
import json
import os
import signal
import threading
import time

import alkompy
import numpy as np
import pytest

from conftest import AXPY, COPY, SLOW, message, slow_result


@pytest.fixture(scope="module")
def slow(dev):
    return dev.compile(SLOW, label="slow")


@pytest.fixture(scope="module")
def second(dev, slow):
    """Rounds of `slow` that take about a second, by the quickest of three runs: others may use the machine."""
    data, rounds, passed = dev.zeros(1, "u4"), 2**22, 0.0

    def measure():
        begin = time.perf_counter()
        dev.call(slow, data, rounds, groups=1)
        dev.wait()
        return time.perf_counter() - begin

    while passed < 0.25 and rounds < 2**31:
        rounds *= 2
        passed = min(measure() for _ in range(3))
    if passed < 0.25:
        pytest.skip("the driver sees through the loop")
    return min(int(rounds / passed), 2**32 - 1)


def test_streams_run_in_order_and_wait_for_events(dev, copy_kernel):
    one, two = dev.create_stream(), dev.create_stream()
    assert one != two and one == one and one.device == dev
    a, b, c = dev.to_device(np.arange(64, dtype="u4")), dev.zeros(64, "u4"), dev.zeros(64, "u4")
    one.call(copy_kernel, a, b)
    two.wait_event(one.event())
    two.call(copy_kernel, b, c)
    assert np.array_equal(two.get(c), np.arange(64))
    event = two.event()
    event.wait()
    assert event.done() and repr(event) == "<alkompy.Event, reached>"


def test_a_stream_as_context_manager_waits_at_its_end(dev, copy_kernel):
    a, b = dev.to_device(np.arange(64, dtype="u4")), dev.zeros(64, "u4")
    with dev.create_stream() as stream:
        stream.fill(a, 7)
        stream.call(copy_kernel, a, b)
        stream.write(a, np.zeros(64, "u4"))
        event = stream.event()
    assert event.done()
    assert np.array_equal(dev.get(b), np.full(64, 7))
    with pytest.raises(KeyError):
        with dev.create_stream():
            raise KeyError("on its way")


def test_a_device_as_context_manager_waits_at_its_end(dev):
    with alkompy.Device(dev.info.index) as own:
        buffer = own.to_device([1.0])
        event = own.stream().event()
    assert event.done() and own.get(buffer).tolist() == [1.0]


def test_graphs_replay_with_slots(dev):
    kernel = dev.compile(AXPY)
    x, other, y = dev.to_device(np.ones(8, "f4")), dev.to_device(np.full(8, 10, "f4")), dev.empty(8)
    graph = dev.create_graph()
    graph.fill(y, 1)
    graph.call(kernel, alkompy.slot("x", x), y, alpha=alkompy.slot("alpha", 2.0), count=8)
    graph.copy(y[:4], y[4:])
    assert len(graph) == 3 and graph.device == dev
    graph.replay()
    assert dev.get(y).tolist() == [3.0] * 8
    graph.set("alpha", 5.0)
    graph.replay()
    graph.replay()
    assert dev.get(y).tolist() == [6.0] * 8
    graph.set("x", other)
    stream = dev.create_stream()
    stream.replay(graph)
    assert stream.get(y).tolist() == [51.0] * 8


def test_wrong_slots_are_refused(dev):
    kernel = dev.compile(AXPY)
    x, y = dev.zeros(8), dev.zeros(8)
    graph = dev.create_graph()
    graph.call(kernel, alkompy.slot("x", x), y, 1.0, 8)
    with pytest.raises(ValueError, match="beta"):
        graph.set("beta", 1.0)
    with pytest.raises(ValueError, match="elements of f32 are wanted"):
        graph.set("x", dev.zeros(8, "i4"))
    with pytest.raises(ValueError, match="slot: the name is empty."):
        alkompy.slot("", x)
    with pytest.raises(ValueError, match="call: argument 0 is a slot within a slot."):
        graph.call(kernel, alkompy.slot("x", alkompy.slot("y", x)), y, 1.0, 8)


def test_get_async_is_awaited_beside_other_tasks(dev, slow, second):
    data = dev.zeros(1, "u4")
    rounds = second

    async def main():
        ticks = 0

        async def tick():
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.005)

        other = asyncio.create_task(tick())
        dev.call(slow, data, rounds, groups=1)
        result = await dev.get_async(data)
        other.cancel()
        return result, ticks

    result, ticks = asyncio.run(main())
    assert result.tolist() == [slow_result(rounds)] and ticks > 3


def test_several_reads_are_gathered(dev):
    arrays = [np.full((3, n), n, "i4") for n in range(1, 20)]
    buffers = [dev.to_device(array) for array in arrays]

    async def main():
        return await asyncio.gather(*(resolve(dev.get_async(buffer)) for buffer in buffers))

    async def resolve(future):
        return await future

    for got, wanted in zip(asyncio.run(main()), arrays):
        assert np.array_equal(got, wanted)


def test_a_future_can_be_waited_for_without_asyncio(dev, slow):
    data = dev.zeros(1, "u4")
    dev.call(slow, data, 1000, groups=1)
    future = dev.get_async(data)
    future.wait()
    assert future.done() and future.get() is future.get() and future.get().tolist() == [slow_result(1000)]
    assert repr(future) == "<alkompy.Future of get_async, done>"
    assert dev.stream().done().get() is None


def test_a_dropped_future_leaves_nothing_behind(dev, slow, second):
    data = dev.zeros(2**20, "u4")
    for _ in range(20):
        dev.call(slow, data, second // 100, groups=1)
        dev.get_async(data)
    dev.wait()
    assert dev.get(data)[1:].sum() == 0


@pytest.mark.parametrize("wait", ["get", "device", "stream", "event", "future"])
def test_a_wait_gives_up_and_waiting_again_is_legal(dev, slow, second, wait):
    data = dev.zeros(1, "u4")
    rounds = second
    dev.call(slow, data, rounds, groups=1)
    future = dev.get_async(data)
    call = {
        "get": lambda timeout: dev.get(data, timeout=timeout),
        "device": dev.wait,
        "stream": dev.stream().wait,
        "event": dev.stream().event().wait,
        "future": future.get,
    }[wait]
    name = {"get": "get", "device": "Device.wait", "stream": "Stream.wait", "event": "Event.wait", "future": "Future.get"}[wait]
    begin = time.perf_counter()
    with pytest.raises(TimeoutError) as caught:
        call(0.02)
    assert time.perf_counter() - begin >= 0.02
    assert message(caught) == f"{name}: the work is not done after 0.02 s; it goes on, and waiting again is legal."
    assert caught.value.code == "timed_out"
    with pytest.raises(TimeoutError):
        call(0)
    call(None)
    assert dev.get(data).tolist() == [slow_result(rounds)]


@pytest.mark.parametrize("timeout, error", [(-1, ValueError), (float("nan"), ValueError), ("1", TypeError)])
def test_timeouts_that_are_none_are_refused(dev, timeout, error):
    with pytest.raises(error):
        dev.wait(timeout)
    with pytest.raises(error):
        dev.get(dev.zeros(1), timeout=timeout)
    dev.wait(float("inf"))
    dev.wait(1e300)


def test_other_threads_run_while_one_waits(dev, slow, second):
    data = dev.zeros(1, "u4")
    count = 0
    waiting = True

    def tick():
        nonlocal count
        while waiting:
            count += 1
            time.sleep(0.005)

    thread = threading.Thread(target=tick)
    thread.start()
    dev.call(slow, data, second, groups=1)
    dev.get(data)
    waiting = False
    thread.join()
    assert count > 3


@pytest.mark.parametrize("wait", ["get", "wait", "large get"])
def test_ctrl_c_ends_a_wait(dev, slow, second, wait):
    data = dev.zeros(2**23 if wait == "large get" else 1, "u4")
    dev.call(slow, data, second, groups=1)
    event = dev.stream().event()
    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        dev.wait() if wait == "wait" else dev.get(data)
    assert not event.done()
    timer.join()
    dev.wait()
    assert dev.get(data[:1]).tolist() == [slow_result(second)]


def test_other_threads_and_ctrl_c_get_their_turn_while_recording_waits_for_the_device(dev, slow, second):
    data = dev.zeros(1, "u4")
    ticks, recording = 0, True

    def tick():
        nonlocal ticks
        while recording:
            time.sleep(0.005)
            ticks += 1

    thread = threading.Thread(target=tick)
    thread.start()
    timer = threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        while True:
            dev.call(slow, data, second // 500, groups=1)
            dev.stream().flush()
    recording = False
    thread.join()
    timer.join()
    dev.wait()
    assert ticks > 20


def test_profiles_become_a_table_and_a_trace(dev, copy_kernel, tmp_path):
    if not dev.info.features.timestamps:
        with pytest.raises(NotImplementedError):
            dev.profile(True)
        pytest.skip("this device has no timestamps")
    own = alkompy.Device(dev.info.index)
    kernel = own.compile(COPY, label="copy kernel")
    a, b = own.zeros(64, "u4"), own.zeros(64, "u4")
    with own.profile(True) as profiled:
        assert profiled == own
        for _ in range(3):
            own.call(kernel, a, b)
        own.wait()
    own.call(kernel, a, b)
    own.wait()
    row = next(line for line in own.profile_table().splitlines() if line.startswith("copy kernel"))
    assert row.split()[2] == "3"
    own.write_trace(tmp_path / "trace.json")
    events = json.loads((tmp_path / "trace.json").read_text())["traceEvents"]
    assert sum(event["name"] == "copy kernel" for event in events) == 3
    with pytest.raises(ValueError, match="cannot be written"):
        own.write_trace(tmp_path / "no folder" / "trace.json")


def test_the_reference_device_tells_how_far_a_call_is():
    device = alkompy.Device("reference")
    assert device.progress is None
    mark = device.compile("#version 450\nlayout(binding = 0) buffer B { uint b[]; };\nvoid main() { b[0] = 1u; }\n")
    device.call(mark, device.zeros(1, np.uint32), groups=(2**31 - 1, 64))
    device.stream().flush()
    seen = set()
    while len(seen) < 3:
        if (at := device.progress) is not None:
            seen.add(at)
    assert {workgroups for _, workgroups in seen} == {(2**31 - 1) * 64}
    assert all(0 <= started <= workgroups for started, workgroups in seen)
    device.abandon()
