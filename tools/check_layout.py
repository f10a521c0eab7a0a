#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Checks that the tree is laid out as CONTRIBUTING.md says; prints each breach as file:line: sentence."""

import argparse
import re
import subprocess
import sys
from pathlib import Path

CODE = {".h", ".cpp", ".py", ".pyi", ".comp", ".glsl", ".cmake"}
SPDX = "SPDX-License-Identifier: MIT OR Apache-2.0"
LINES_MAX = {".h": 300, ".cpp": 800, ".py": 800}
FORBIDDEN_NAMES = re.compile(r"(^|_)(base|util|utils|helper|helpers|manager|common|impl\d*|misc|v\d+)$")
BARE_TODO = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
BANNER = re.compile(r"^\s*(//|#)\s*[-=*#/]{20,}\s*$")
FOREIGN_API = re.compile(r'#\s*include\s*[<"](vulkan/|webgpu|CL/)')
BACKEND_FILES = ("adapter", "device", "memory", "pipeline", "submit", "load")


def tracked(root):
    listing = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
                             cwd=root, check=True, capture_output=True, text=True).stdout
    return sorted(Path(name) for name in listing.split("\0") if name and (root / name).is_file())


def check_text(path, lines, breach):
    """What holds for every text file that people write."""
    for number, line in enumerate(lines, 1):
        if path.suffix in CODE and not line.isascii():
            breach(path, number, "a character is not ASCII.")
        if line != line.rstrip():
            breach(path, number, "the line ends in blanks.")
        if "\t" in line and path.suffix in CODE:
            breach(path, number, "the line holds a tab.")
        if BARE_TODO.search(line) and path.name != "check_layout.py":
            breach(path, number, "a bare to-do: finish it or file it.")


def check_code(path, lines, breach):
    """What holds for code alone."""
    head = lines[:2] if lines and lines[0].startswith(("#!", "#version")) else lines[:1]
    if not any(SPDX in line for line in head):
        breach(path, 1, f"the file does not begin with \"{SPDX}\".")
    elif path.suffix in {".h", ".cpp"}:
        own_header = path.stem.removesuffix("_test") + ".h\""  # says the purpose in its stead
        if len(lines) < 2 or not (re.match(r"// \S", lines[1]) or lines[1].endswith(own_header)):
            breach(path, 2, "one line of purpose must follow the licence.")
        if path.suffix == ".h" and "#pragma once" not in lines:
            breach(path, 1, "the header has no #pragma once.")
    limit = LINES_MAX.get(path.suffix)
    if limit and len(lines) > limit:
        breach(path, len(lines), f"{len(lines)} lines; more than {limit} are two ideas: split by idea.")
    for number, line in enumerate(lines, 1):
        if BANNER.match(line):
            breach(path, number, "a banner.")
    if FORBIDDEN_NAMES.search(path.stem):
        breach(path, 1, f"the name \"{path.stem}\" does not say which concept the file is about.")


def check_foreign_api(path, lines, breach):
    """Vulkan and its kin are known to their backend, to native/, and to programs that use them bare."""
    top = path.parts[0]
    at_home = "backend" in path.parts or "native" in path.parts or top in {"bench", "tests"}
    for number, line in enumerate(lines, 1):
        if FOREIGN_API.search(line) and not at_home:
            breach(path, number, "a foreign API's header outside its backend and native/.")


def check_tree(root, files, breach):
    """What holds between files: base names that recur, sources that are listed, no globs."""
    names = {str(path) for path in files}
    listed = {}
    for path in files:
        if path.name == "CMakeLists.txt" or path.suffix == ".cmake":
            text = (root / path).read_text()
            listed[path.parent] = listed.get(path.parent, "") + text
            if re.search(r"file\s*\(\s*GLOB", text):
                breach(path, 1, "sources are listed, never globbed.")
    for path in files:
        if path.suffix == ".cpp":
            folders = [folder for folder in (path.parent, *path.parents) if folder in listed]
            if not any(re.search(rf"\b{re.escape(path.stem)}\b", listed[folder]) for folder in folders):
                breach(path, 1, "no CMakeLists.txt lists it.")
    for folder in sorted({path.parent for path in files if path.parent.parent == Path("src/backend")}):
        for base in BACKEND_FILES:
            if f"{folder}/{base}.cpp" not in names:
                breach(folder, 1, f"{base}.cpp is missing; all backends have the same file names.")
    for path in files:
        if path.parent == Path("python/src") and path.suffix == ".cpp" and path.stem != "module":
            headers = (f"include/alkomp/{path.stem}.h", f"src/runtime/{path.stem}.h", f"python/src/{path.stem}.h")
            if not names.intersection(headers):
                breach(path, 1, f"no header is called {path.stem}.h, which it should bind.")
        if path.parts[:2] == ("tests", "unit") and path.stem.endswith("_test"):
            base = path.stem.removesuffix("_test")
            if not any(other.stem == base and other.parts[0] in {"src", "include", "tools", "tests", "bench"}
                       for other in files):
                breach(path, 1, f"it is named after \"{base}\", which does not exist.")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    root = parser.parse_args().root
    files = tracked(root)
    breaches = []

    def breach(path, line, sentence):
        breaches.append(f"{path}:{line}: {sentence}")

    for path in files:
        executable_script = path.parts[0] in {"scripts", ".ci"} and path.suffix == ""
        is_code = path.suffix in CODE or path.name == "CMakeLists.txt" or executable_script
        if not is_code and path.suffix not in {".md", ".toml", ".json"}:
            continue
        lines = (root / path).read_text(encoding="utf-8").split("\n")
        if lines[-1] == "":
            lines.pop()
        else:
            breach(path, len(lines), "the file does not end in a newline.")
        check_text(path, lines, breach)
        if is_code:
            check_code(path, lines, breach)
            check_foreign_api(path, lines, breach)
    check_tree(root, files, breach)
    for text in breaches:
        print(text)
    print(f"{len(files)} files, {len(breaches)} breaches of the layout")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
