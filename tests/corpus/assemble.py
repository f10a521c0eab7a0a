#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""assemble.py OUT: assembles the corpus' .spvasm files into OUT/THEME/NAME.spv, for tests where SPIRV-Tools do not run.

What needs newer tools than the system's is left out where scripts/setup has not installed them.
"""

import pathlib
import re
import subprocess
import sys

corpus = pathlib.Path(__file__).resolve().parent
newer = corpus.parent.parent / "build/venv/bin/spirv-as"
out = pathlib.Path(sys.argv[1])

for path in sorted(corpus.rglob("*.spvasm")):
    text = path.read_text()
    wants_newer = re.search(r"^;! tools newer", text, re.M) is not None
    if wants_newer and not newer.exists():
        continue
    said = re.search(r"^;! version (\S+)", text, re.M)
    version = said[1] if said else "1.5"
    words = out / path.parent.name / (path.stem + ".spv")
    words.parent.mkdir(parents=True, exist_ok=True)
    program = newer if wants_newer else "spirv-as"
    subprocess.run([program, "--target-env", f"spv{version}", "-o", words, path], check=True)
