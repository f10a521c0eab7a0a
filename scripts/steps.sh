# SPDX-License-Identifier: MIT OR Apache-2.0
# Sourced by the scripts: where things are, and steps that say what they do, are timed and stop at a failure.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
program=${0#"$root"/}
venv=$root/build/venv
export CMAKE_BUILD_PARALLEL_LEVEL=${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}
if [ -z "${CMAKE_CXX_COMPILER_LAUNCHER:-}" ] && command -v ccache >/dev/null; then
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache
fi

say() { printf '\n== %s\n' "$*"; }
fail() { printf '%s: %s\n' "$program" "$*" >&2; exit 1; }

step_names=()
step_seconds=()

# step NAME COMMAND...: runs it; a failure names the step and ends the script.
step() {
  local name=$1 began=$SECONDS status=0
  shift
  say "$name"
  # A subshell keeps `set -e` in force inside functions; `if` would switch it off.
  set +e
  (set -e; "$@")
  status=$?
  set -e
  step_names+=("$name")
  step_seconds+=($((SECONDS - began)))
  if [ $status -ne 0 ]; then
    step_table
    printf '\n%s: FAILED (exit status %d): %s\n' "$program" "$status" "$name" >&2
    exit 1
  fi
}

# The seconds that each step took.
step_table() {
  local i total=0
  printf '\n%7s  step\n' seconds
  for i in "${!step_names[@]}"; do
    printf '%7d  %s\n' "${step_seconds[$i]}" "${step_names[$i]}"
    total=$((total + step_seconds[i]))
  done
  printf '%7d  all\n' "$total"
}

# configure_and_build PRESET [TARGET...]
configure_and_build() {
  local preset=$1
  shift
  cmake --preset "$preset" -Wno-dev --log-level=WARNING
  cmake --build "build/$preset" ${1:+--target "$@"}
}

# with_drivers NAME... -- COMMAND...: the command sees these Vulkan drivers alone, and fails without them.
with_drivers() {
  local name found manifests=
  while [ "$1" != -- ]; do
    name=$1
    case $name in
      lavapipe) found=$(ls /usr/share/vulkan/icd.d/lvp_icd*.json 2>/dev/null | head -n 1 || true) ;;
      swiftshader) found=$(ls /usr/lib/chromium/vk_swiftshader_icd.json 2>/dev/null || true) ;;
    esac
    [ -n "$found" ] || fail "the Vulkan driver $name is missing; scripts/setup installs it"
    manifests=${manifests:+$manifests:}$found
    shift
  done
  shift
  VK_DRIVER_FILES=$manifests VK_ICD_FILENAMES=$manifests ALKOMP_REQUIRE=vulkan "$@"
}

# with_webgpu COMMAND...: the command sees wgpu-native and, where scripts/setup could fetch it, Dawn. Fails without them.
with_webgpu() {
  local libraries required=wgpu
  libraries=$(ls "$venv"/lib/python3*/site-packages/wgpu/resources/libwgpu_native-release.so 2>/dev/null || true)
  [ -n "$libraries" ] || fail "wgpu-native is missing; scripts/setup installs it"
  if [ -f build/dawn/libwebgpu_wrapper.so ]; then
    libraries+=:$root/build/dawn/libwebgpu_wrapper.so
    required+=,dawn
  fi
  ALKOMP_WEBGPU_LIBRARY=$libraries ALKOMP_REQUIRE=$required "$@"
}

# Builds the Python package and installs it into the virtual environment.
install_python_package() {
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps \
    --config-settings=build-dir=build/python . </dev/null
}
