# SPDX-License-Identifier: MIT OR Apache-2.0
"""Where Python's package `wgpu` keeps its library, wgpu-native, for when no other is found."""

import importlib.util
import os
from pathlib import Path

_NAMES = ("libwgpu_native-release.so", "libwgpu_native-release.dylib", "wgpu_native-release.dll")


def tell_where_wgpu_native_is() -> None:
    """Sets ALKOMP_WEBGPU_FALLBACK, unless that is set or there is no such package. Imports nothing of it."""
    if "ALKOMP_WEBGPU_FALLBACK" in os.environ:
        return
    package = importlib.util.find_spec("wgpu")
    for folder in (package.submodule_search_locations if package else None) or ():
        for name in _NAMES:
            library = Path(folder, "resources", name)
            if library.is_file():
                os.environ["ALKOMP_WEBGPU_FALLBACK"] = str(library)
                return
