#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Compiles each mistake of mistakes.cpp and checks what a user sees first.

The first line that contains "error:" holds our sentence and is short, and the compiler names the line of the mistake.
Without a mistake the file compiles.
"""

import argparse
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

LINE_MAX = 200


def mistakes(source):
    """The macro, its message, and the lines of its section."""
    found = []
    for number, line in enumerate(source.read_text().splitlines(), 1):
        match = re.match(r"#(?:el)?if defined\((\w+)\)\s+// (.*)", line)
        if match:
            found.append((match[1], match[2], range(number + 1, number + 1)))
        elif line.startswith("#endif"):
            found.append(None)
        elif found and found[-1]:
            name, message, lines = found[-1]
            found[-1] = (name, message, range(lines.start, number + 1))
    return [entry for entry in found if entry]


def precompiled(compiler, include, folder):
    """The header that every file begins with, which the compiler then reads from the folder."""
    header = folder / Path(compiler).name / "alkomp.h"
    header.parent.mkdir()
    header.write_text("#include <alkomp/alkomp.h>\n")
    command = [compiler, "-std=c++20", f"-I{include}", "-x", "c++-header", str(header), "-o", f"{header}.gch"]
    subprocess.run(command, check=True)
    return header


def compile_with(compiler, source, include, header, macro):
    command = [compiler, "-std=c++20", "-fsyntax-only", f"-I{include}", "-include", str(header), str(source)]
    if macro:
        command.append(f"-D{macro}")
    return subprocess.run(command, capture_output=True, text=True)


def complaint(result, source, include, message, lines):
    """What is wrong with the compiler's output; empty if nothing is."""
    if result.returncode == 0:
        return "it compiles"
    first = next((line for line in result.stderr.splitlines() if "error:" in line), "")
    first = first.replace(str(include), "/usr/include")
    if "alkomp: " + message not in first:
        return f"the first message is\n    {first}"
    if len(first) >= LINE_MAX:
        return f"the first message has {len(first)} characters:\n    {first}"
    places = re.findall(rf"{re.escape(source.name)}:(\d+):", result.stderr)
    if not any(int(place) in lines for place in places):
        return f"the compiler does not name a line from {lines.start} to {lines.stop - 1}"
    return ""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--include", type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="a macro")
    parser.add_argument("compilers", nargs="+")
    options = parser.parse_args()
    source, include = Path(__file__).resolve().parent / "mistakes.cpp", options.include.resolve()
    cases = [case for case in mistakes(source) if options.only in ("", case[0])]
    failures = 0

    with TemporaryDirectory() as folder, ThreadPoolExecutor(options.jobs) as pool:
        headers = {compiler: precompiled(compiler, include, Path(folder)) for compiler in options.compilers}

        def check(job):
            compiler, (macro, message, lines) = job
            result = compile_with(compiler, source, include, headers[compiler], macro)
            return compiler, macro, complaint(result, source, include, message, lines)

        for compiler in options.compilers:
            plain = compile_with(compiler, source, include, headers[compiler], None)
            if plain.returncode != 0:
                print(f"{compiler}: the file without a mistake does not compile:\n{plain.stderr}")
                failures += 1
        for compiler, macro, what in pool.map(check, [(c, case) for c in options.compilers for case in cases]):
            if what:
                failures += 1
                print(f"{compiler}: {macro}: {what}")
    print(f"{len(cases)} mistakes, {len(options.compilers)} compilers, {failures} failures")
    return 1 if failures or len(cases) < 25 and not options.only else 0


if __name__ == "__main__":
    sys.exit(main())
