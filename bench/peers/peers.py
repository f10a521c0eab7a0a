# SPDX-License-Identifier: MIT OR Apache-2.0
"""alkompy, also on wgpu-native, beside Kompute, wgpu-py and bare Vulkan: the same tasks in one run, taken in turns.

alkompy's wgpu-native is the file that wgpu-py brings, and both get the same WGSL there. Each library does a task the way its own documentation does it; every task ends when its result is there.
Kompute's download ends in its own mapped memory, without the copy into the caller's array that the others make.
Install the peers with setup.sh, build the targets bare_peer and bare_start, then
  python peers.py --build build/bench/bench
prints the table of docs/performance.md; what is missing is left out, and
  python peers.py --only "alkompy on wgpu-native" wgpu-py
needs no build beside the two packages. Start-up is measured from the start of a process to its end, and
for Python that includes the interpreter and numpy.
"""
import argparse
import contextlib
import importlib.util
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from pairs import estimate  # noqa: E402

ELEMENTS = 16 << 20  # 64 MiB of 32-bit words
DISPATCHES = 1000

GLSL = """#version 450
layout(local_size_x = 1) in;
layout(set = 0, binding = 0) buffer Data { uint data[]; };
layout(push_constant) uniform Scalars { uint n; };
void main() { data[0] = data[0] * 3u + n; }
"""
WGSL = """@group(0) @binding(0) var<storage, read_write> data: array<u32>;
@compute @workgroup_size(1) fn main() { data[0] = data[0] * 3u + 2u; }
"""


def words(build):
    """The SPIR-V that bare Vulkan uses, for Kompute, which takes no source."""
    text = (pathlib.Path(build) / "bare" / "embedded" / "tiny.inc").read_text()
    return b"".join(int(word, 16).to_bytes(4, "little") for word in re.findall(r"0x[0-9a-f]+", text))


class Alkompy:
    """alkompy, from the SPIR-V that Kompute gets."""

    where = ()
    scalars = (2,)

    def __init__(self, build):
        import alkompy
        import numpy as np

        self.np, self.device = np, alkompy.Device(*self.where)
        self.kernel = self.device.compile(self.code(alkompy, build))
        self.place = self.device.info.name

    def code(self, alkompy, build):
        return alkompy.spirv(words(build))

    def first(self):
        data = self.device.to_device(self.np.full(16, 5, self.np.uint32))
        self.device.call(self.kernel, data, *self.scalars, groups=1)
        return int(self.device.get(data)[0])

    def prepare(self):
        self.data = self.device.to_device(self.np.ones(16, self.np.uint32))
        self.big = self.device.empty(ELEMENTS, self.np.uint32)
        self.array = self.np.arange(ELEMENTS, dtype=self.np.uint32)
        self.out = self.np.ones_like(self.array)

    def dispatch(self):
        for _ in range(DISPATCHES):
            self.device.call(self.kernel, self.data, *self.scalars, groups=1)
        self.device.wait()

    def wait(self):
        self.device.call(self.kernel, self.data, *self.scalars, groups=1)
        self.device.wait()

    def upload(self):
        self.device.write(self.big, self.array)
        self.device.wait()

    def download(self):
        self.device.get(self.big, out=self.out)


class AlkompyGlsl(Alkompy):
    """alkompy, from GLSL: what Kompute cannot do."""

    def code(self, alkompy, build):
        return GLSL


class AlkompyWgpu(Alkompy):
    """alkompy, from the WGSL that wgpu-py gets, on the library that it brings."""

    where = ("wgpu",)
    scalars = ()

    def __init__(self, build):
        resources = pathlib.Path(importlib.util.find_spec("wgpu").origin).parent / "resources"
        os.environ["ALKOMP_WEBGPU_LIBRARY"] = str(next(resources.glob("*wgpu_native*")))
        super().__init__(build)

    def code(self, alkompy, build):
        return alkompy.wgsl(WGSL)


class Kompute:
    """Kompute, from SPIR-V."""

    def __init__(self, build):
        import kp
        import numpy as np

        self.np, self.kp, self.words, self.manager = np, kp, words(build), kp.Manager()
        self.place = self.manager.get_device_properties()["device_name"]

    def algorithm(self, tensor):
        # Push constants of any type arrive as floats: this is the float with the bits of 2.
        two = float(self.np.array([2], self.np.uint32).view(self.np.float32)[0])
        return self.manager.algorithm([tensor], self.words, [1, 1, 1], [], [two])

    def first(self):
        tensor = self.manager.tensor_t(self.np.full(16, 5, self.np.uint32))
        sequence = self.manager.sequence()
        sequence.record(self.kp.OpTensorSyncDevice([tensor])).record(self.kp.OpAlgoDispatch(self.algorithm(tensor)))
        sequence.record(self.kp.OpTensorSyncLocal([tensor])).eval()
        return int(tensor.data()[0])

    def prepare(self):
        self.data = self.manager.tensor_t(self.np.ones(16, self.np.uint32))
        self.small = self.algorithm(self.data)
        self.array = self.np.arange(ELEMENTS, dtype=self.np.uint32)
        self.big = self.manager.tensor_t(self.np.ones(ELEMENTS, self.np.uint32))

    def dispatch(self):
        sequence = self.manager.sequence()
        for _ in range(DISPATCHES):
            sequence.record(self.kp.OpAlgoDispatch(self.small))
        sequence.eval()

    def wait(self):
        self.manager.sequence().eval(self.kp.OpAlgoDispatch(self.small))

    def upload(self):
        self.big.data()[:] = self.array
        self.manager.sequence().eval(self.kp.OpTensorSyncDevice([self.big]))

    def download(self):
        self.manager.sequence().eval(self.kp.OpTensorSyncLocal([self.big]))
        self.out = self.big.data()


class Wgpu:
    """wgpu-py, from WGSL, on its Vulkan backend."""

    def __init__(self, build):
        import numpy as np
        import wgpu

        self.np, self.wgpu = np, wgpu
        adapters = [a for a in wgpu.gpu.enumerate_adapters_sync() if a.info["backend_type"] == "Vulkan"]
        self.device, self.place = adapters[0].request_device_sync(), adapters[0].info["device"]
        module = self.device.create_shader_module(code=WGSL)
        stage = {"module": module, "entry_point": "main"}
        self.pipeline = self.device.create_compute_pipeline(layout="auto", compute=stage)
        self.usage = wgpu.BufferUsage.STORAGE | wgpu.BufferUsage.COPY_DST | wgpu.BufferUsage.COPY_SRC

    def group(self, buffer):
        return self.device.create_bind_group(layout=self.pipeline.get_bind_group_layout(0),
                                             entries=[{"binding": 0, "resource": {"buffer": buffer}}])

    def submit(self, group, count):
        encoder = self.device.create_command_encoder()
        run = encoder.begin_compute_pass()
        run.set_pipeline(self.pipeline)
        run.set_bind_group(0, group)
        for _ in range(count):
            run.dispatch_workgroups(1)
        run.end()
        self.device.queue.submit([encoder.finish()])

    def first(self):
        buffer = self.device.create_buffer_with_data(data=self.np.full(16, 5, self.np.uint32), usage=self.usage)
        self.submit(self.group(buffer), 1)
        return int(self.np.frombuffer(self.device.queue.read_buffer(buffer), self.np.uint32)[0])

    def prepare(self):
        data = self.device.create_buffer_with_data(data=self.np.ones(16, self.np.uint32), usage=self.usage)
        self.small = self.group(data)
        self.array = self.np.arange(ELEMENTS, dtype=self.np.uint32)
        self.big = self.device.create_buffer(size=4 * ELEMENTS, usage=self.usage)

    def finish(self):
        # The public on_submitted_work_done_sync raises TypeError in 0.32.0.
        self.device._poll_wait()

    def dispatch(self):
        self.submit(self.small, DISPATCHES)
        self.finish()

    def wait(self):
        self.submit(self.small, 1)
        self.finish()

    def upload(self):
        self.device.queue.write_buffer(self.big, 0, self.array)
        self.device.queue.submit([])
        self.finish()

    def download(self):
        self.out = self.np.frombuffer(self.device.queue.read_buffer(self.big), self.np.uint32)


LIBRARIES = {"alkompy": Alkompy, "alkompy, GLSL": AlkompyGlsl, "alkompy on wgpu-native": AlkompyWgpu, "Kompute": Kompute,
             "wgpu-py": Wgpu}
ONLY_START = {"alkompy, GLSL"}
BARE = "bare Vulkan"
TASKS = {"dispatch": ("dependent dispatch, 1000 in a batch, each (us)", 1e6), "wait": ("tiny call + wait (us)", 1e6),
         "upload": ("upload 64 MiB (GB/s)", None), "download": ("download 64 MiB (GB/s)", None)}


def serve(name, build):
    """A worker: reads a task per line, prints its seconds."""
    library = LIBRARIES[name](build)
    library.prepare()
    print("ready", flush=True)
    for line in sys.stdin:
        task = getattr(library, line.strip())
        start = time.perf_counter()
        task()
        seconds = time.perf_counter() - start
        print(seconds / (DISPATCHES if line.strip() == "dispatch" else 1), flush=True)


def start(name, build):
    """A process that does nothing but its first result."""
    library = LIBRARIES[name](build)
    result = library.first()
    if result != 17:
        raise SystemExit(f"{name}: the first result is {result} instead of 17.")
    print(library.place)


def command(name, build, mode):
    if name == BARE:
        return [str(pathlib.Path(build) / ("bare_peer" if mode == "--worker" else "bare_start"))]
    return [sys.executable, __file__, mode, name, "--build", build]


class Worker:
    """A process that holds one library ready."""

    def __init__(self, name, build):
        self.process = subprocess.Popen(command(name, build, "--worker"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        self.reply("ready")

    def reply(self, wanted=None):
        line = self.process.stdout.readline().strip()
        if not line or (wanted and line != wanted):
            raise RuntimeError("it fails or is not installed")
        return line

    def run(self, task):
        print(task, file=self.process.stdin, flush=True)
        return float(self.reply())

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)


def measure_task(task, names, build, rounds):
    """{name: median seconds} of one task by new processes, taken in turns: what one task leaves behind, such as where
    the system put a driver's threads, is not in the next."""
    workers = {name: Worker(name, build) for name in names}
    samples = {name: [] for name in names}
    for turn in range(-2, rounds):
        for name in names if turn % 2 else reversed(names):
            for _ in range(20 if task == "wait" else 1):
                seconds = workers[name].run(task)
                if turn >= 0:
                    samples[name].append(seconds)
    for worker in workers.values():
        worker.close()
    return {name: statistics.median(values) for name, values in samples.items()}


def measure_tasks(names, build, times):
    """{task: {name: [seconds]}}, one value for each time."""
    samples = {task: {name: [] for name in names} for task in TASKS}
    for _ in range(times):
        for task in TASKS:
            for name, seconds in measure_task(task, names, build, 5).items():
                samples[task][name].append(seconds)
    return samples


def measure_starts(names, build, rounds):
    """{"warm" or "empty": {name: [seconds]}}, with disk caches of this run's own."""
    samples = {kind: {name: [] for name in names} for kind in ("empty", "warm")}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(-2, rounds):
            for kind in samples:
                for name in names if turn % 2 else reversed(names):
                    caches = pathlib.Path(folder) / f"{kind} {name}"
                    if kind == "empty":
                        shutil.rmtree(caches, ignore_errors=True)
                    places = {"ALKOMP_CACHE_DIR": caches / "alkomp", "MESA_SHADER_CACHE_DIR": caches / "mesa",
                              "__GL_SHADER_DISK_CACHE_PATH": caches / "gl"}
                    begin = time.perf_counter()
                    subprocess.run(command(name, build, "--start"), check=True, stdout=subprocess.DEVNULL,
                                   env=os.environ | {key: str(value) for key, value in places.items()})
                    if turn >= 0:
                        samples[kind][name].append(time.perf_counter() - begin)
    return samples


def cell(samples, scale):
    median, low, high = estimate([4 * ELEMENTS / s * 1e-9 if scale is None else s * scale for s in samples])
    return f"{median:.3g} [{low:.3g}, {high:.3g}]"


def table(names, starts, tasks):
    rows = [("process start to first result, empty caches (ms)", starts["empty"], 1e3),
            ("the same, warm caches (ms)", starts["warm"], 1e3)]
    rows += [(what, tasks[task], scale) for task, (what, scale) in TASKS.items()]
    for _, samples, _ in rows:
        for name in names:
            samples.setdefault(name, [])
    lines = ["| task | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for what, samples, scale in rows:
        cells = [cell(samples[name], scale) if samples[name] else "" for name in names]
        lines.append(f"| {what} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def installed(names, build):
    """Those whose first result comes out right; says on which device."""
    found = []
    for name in names:
        with contextlib.suppress(OSError):
            done = subprocess.run(command(name, build, "--start"), capture_output=True, text=True, check=False)
            if done.returncode == 0:
                found.append(name)
                print(f"peers: {name} runs on {done.stdout.strip() or 'the first device'}", file=sys.stderr)
            else:
                print(f"peers: {name} is left out: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/bench/bench", help="folder of the build's bench programs")
    parser.add_argument("--times", type=int, default=6, help="new processes per task and library; six give the interval")
    parser.add_argument("--only", nargs="+", choices=[*LIBRARIES, BARE], metavar="NAME", help="these alone, by the table's names")
    parser.add_argument("--worker", choices=LIBRARIES, help=argparse.SUPPRESS)
    parser.add_argument("--start", choices=LIBRARIES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        return serve(options.worker, options.build)
    if options.start:
        return start(options.start, options.build)
    names = installed(options.only or [*LIBRARIES, BARE], options.build)
    starts = measure_starts(names, options.build, 2 * options.times)
    tasks = measure_tasks([name for name in names if name not in ONLY_START], options.build, options.times)
    print(table(names, starts, tasks))


if __name__ == "__main__":
    main()
