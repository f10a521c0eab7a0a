#!/usr/bin/env python3
# SPDX-License-Identifier: MIT OR Apache-2.0
"""Checks that every program in the documents is cut from a file that is built and run.

A document marks a block with a line before it:   <!-- docs/snippets/tour.cpp open -->
The file marks the region with comments:          // [open]   ...   // [/open]
C++, Python and JavaScript blocks without such a line are refused. --write copies the regions into the documents.
"""

import argparse
import re
import sys
import textwrap
from pathlib import Path

BLOCK = re.compile(
    r"(?:^<!-- (?P<file>\S+) (?P<region>[\w-]+) -->\n)?^(?P<fence>```)(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL)
CHECKED = {"cpp", "python", "cmake", "js"}


def region(path, name):
    """The lines between `[name]` and `[/name]`, without their common indent; None when there is no such region."""
    lines = path.read_text(encoding="utf-8").splitlines()
    try:
        first = next(i for i, line in enumerate(lines) if re.fullmatch(rf"\s*(//|#) \[{name}\]", line))
        last = next(i for i, line in enumerate(lines) if re.fullmatch(rf"\s*(//|#) \[/{name}\]", line))
    except StopIteration:
        return None
    return textwrap.dedent("\n".join(lines[first + 1:last]) + "\n")


def check(root, document, breaches):
    """Returns the document with every marked block as its file has it."""
    text = document.read_text(encoding="utf-8")

    def replace(match):
        where = f"{document.relative_to(root)}:{text.count(chr(10), 0, match.start()) + 1}"
        if not match["file"]:
            if match["language"] in CHECKED:
                breaches.append(f"{where}: a {match['language']} block that names no file it is cut from.")
            return match[0]
        source = root / match["file"]
        wanted = region(source, match["region"]) if source.is_file() else None
        if wanted is None:
            breaches.append(f"{where}: {match['file']} has no region [{match['region']}].")
            return match[0]
        if wanted != match["text"]:
            breaches.append(f"{where}: the block differs from {match['file']} [{match['region']}]; "
                            "tools/check_snippets.py --write copies it.")
        return f"<!-- {match['file']} {match['region']} -->\n```{match['language']}\n{wanted}```"

    return BLOCK.sub(replace, text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="copy the regions into the documents")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    options = parser.parse_args()
    breaches = []
    documents = sorted([*options.root.glob("*.md"), *options.root.glob("docs/**/*.md"), options.root / "web/README.md"])
    for document in documents:
        mended = check(options.root, document, breaches)
        if options.write:
            document.write_text(mended, encoding="utf-8")
    for text in breaches:
        print(text)
    print(f"{len(documents)} documents, {len(breaches)} breaches")
    return 1 if breaches and not options.write else 0


if __name__ == "__main__":
    sys.exit(main())
