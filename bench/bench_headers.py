# SPDX-License-Identifier: MIT OR Apache-2.0
"""What alkomp/alkomp.h costs to compile: a file with one kernel, and how much of that is the standard library's headers.

CPU time, so that what else runs on the machine counts little: python3 bench/bench_headers.py [--compiler g++] [--runs 11]
"""

import argparse
import pathlib
import re
import resource
import subprocess
import sys
import tempfile

from pairs import estimate

INCLUDE = pathlib.Path(__file__).resolve().parents[1] / "include"

KERNEL = """#include <alkomp/alkomp.h>
using namespace alkomp;

int main() {
    Device gpu;
    auto numbers = gpu.to_device<u32>({1, 2, 3, 4});
    auto collatz = kernel("collatz", [](InOut<u32> data) {
        Var<u32> n = data[global_id()], steps = 0u;
        while_([&] { return n != 1u; },
               [&] {
                   n = select(n % 2u == 0u, n / 2u, 3u * n + 1u);
                   steps += 1u;
               });
        data[global_id()] = steps;
    });
    gpu.call(collatz, numbers);
    return static_cast<int>(gpu.get(numbers)[0]);
}
"""

WHOLE_S, OURS_S = 2.0, 1.0  # goals


def standard_headers():
    """Those that the headers which alkomp.h includes name."""
    found, open_, seen = set(), ["alkomp/alkomp.h"], set()
    while open_:
        name = open_.pop()
        if name in seen:
            continue
        seen.add(name)
        text = (INCLUDE / name).read_text()
        open_ += re.findall(r'#include "(alkomp/.*)"', text)
        found |= set(re.findall(r"#include <([a-z_]+)>", text))
    return sorted(found)


def cpu_s(compiler, path):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [compiler, "-std=c++20", "-O1", f"-I{INCLUDE}", "-c", path.name, "-o", "out.o"]
    subprocess.run(command, cwd=path.parent, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--runs", type=int, default=11)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        whole, standard = pathlib.Path(folder, "whole.cpp"), pathlib.Path(folder, "standard.cpp")
        whole.write_text(KERNEL)
        standard.write_text("".join(f"#include <{name}>\n" for name in standard_headers()) + "int main() {}\n")
        cpu_s(options.compiler, whole)  # files are in memory from here on
        pairs = [(cpu_s(options.compiler, whole), cpu_s(options.compiler, standard)) for _ in range(options.runs)]
    met = True
    for what, values, goal in [
        ("a file with one kernel", [a for a, b in pairs], WHOLE_S),
        ("standard headers alone", [b for a, b in pairs], None),
        ("what alkomp adds", [a - b for a, b in pairs], OURS_S),
    ]:
        median, low, high = estimate(values)
        print(f"{what}: {median:.2f} [{low:.2f}, {high:.2f}] s" + (f", goal <= {goal} s" if goal else ""))
        met = met and (goal is None or low <= goal)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
