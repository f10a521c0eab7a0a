#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# Installs what peers.py compares alkomp with into a virtual environment: setup.sh [FOLDER]
# (default: build/peers). Needs Debian's libfmt-dev, libvulkan-dev, python3-dev, cmake and g++.
# What cannot be installed is said and left out; peers.py then says so in its table.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=${1:-$root/build/peers}
python3 -m venv "$folder" || exit 1
pip() { "$folder/bin/pip" --quiet --disable-pip-version-check "$@"; }
pip install 'setuptools<70' wheel 'pybind11<3' 'numpy>=1.24,<2' || exit 1

try() { if "${@:2}"; then echo "peers: $1 is installed"; else echo "peers: $1 cannot be installed here" >&2; fi; }

# Kompute's own build fetches three libraries from GitHub; these switches make it use installed ones. Its setup.py
# loses the name of the interpreter (a comma is missing there), so that comes through a toolchain file.
kompute() {
  echo "set(PYTHON_EXECUTABLE \"$folder/bin/python\")" >"$folder/python.cmake"
  CMAKE_TOOLCHAIN_FILE="$folder/python.cmake" \
  KOMPUTE_OPT_USE_BUILT_IN_FMT=OFF KOMPUTE_OPT_USE_BUILT_IN_PYBIND11=OFF KOMPUTE_OPT_USE_BUILT_IN_VULKAN_HEADER=OFF \
  KOMPUTE_OPT_DISABLE_VULKAN_VERSION_CHECK=ON KOMPUTE_OPT_LOG_LEVEL=Off KOMPUTE_OPT_INSTALL=OFF KOMPUTE_PYTHON_NUM_PARALLEL_THREADS=2 \
  pybind11_DIR=$("$folder/bin/python" -m pybind11 --cmakedir) pip install --no-build-isolation --no-binary kp kp==0.9.0
}
try "wgpu-py 0.32.0" pip install wgpu==0.32.0
try "Kompute 0.9.0" kompute
try alkompy pip install "$root"
