# SPDX-License-Identifier: MIT OR Apache-2.0
# Sourced by the scripts that build for another system: the libraries that alkomp takes, from Debian's sources.
# They set `cross`, the folder of all that is built here, `toolchain`, a file for CMake, and `optimise`, the libraries' option.
sources=$root/build/source

# library NAME SOURCE TARGETS [OPTION...]: builds a library's static archives; the target `install` puts them into $cross/prefix.
library() {
  local name=$1 source=$2 targets=$3 at=$cross/build/$1
  shift 3
  cmake -S "$source" -B "$at" -G Ninja -Wno-dev --log-level=WARNING -DCMAKE_TOOLCHAIN_FILE="$toolchain" \
    -DCMAKE_INSTALL_PREFIX="$cross/prefix" -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS_RELEASE="$optimise" \
    -DCMAKE_CXX_FLAGS_RELEASE="$optimise" -DBUILD_SHARED_LIBS=OFF -DCMAKE_INSTALL_MESSAGE=NEVER "$@"
  # shellcheck disable=SC2086 # names of targets
  cmake --build "$at" --target $targets
}

# Headers alone, and those of Debian's packages for this machine, which have the same release as the sources.
host_headers() {
  local folder
  mkdir -p "$cross/prefix/include" "$cross/prefix/share/cmake" "$cross/spirv/include"
  for folder in CLI nlohmann glslang spirv-tools; do ln -sfn "/usr/include/$folder" "$cross/prefix/include/$folder"; done
  cp -r /usr/share/cmake/CLI11 /usr/share/cmake/nlohmann_json "$cross/prefix/share/cmake"
  ln -sfn /usr/include/spirv "$cross/spirv/include/spirv"
}

# command_libraries [OPTION...]: what the library and the command take. SPIRV-Tools' optimiser is left out: it takes longer
# than all else, and only `optimize` of GLSL needs it.
command_libraries() {
  host_headers
  library spirv-tools "$sources/spirv-tools" SPIRV-Tools-static -DSPIRV-Headers_SOURCE_DIR="$cross/spirv" \
    -DSPIRV_SKIP_TESTS=ON -DSPIRV_SKIP_EXECUTABLES=ON -DSPIRV_WERROR=OFF -DSPIRV_TOOLS_BUILD_STATIC=ON "$@"
  library glslang "$sources/glslang" "glslang SPIRV glslang-default-resource-limits" -DENABLE_HLSL=OFF -DENABLE_OPT=OFF \
    -DENABLE_SPVREMAPPER=OFF -DENABLE_CTEST=OFF -DBUILD_EXTERNAL=OFF "$@"
  library fmt "$sources/fmtlib" install -DFMT_TEST=OFF -DFMT_DOC=OFF "$@"
  library libpng "$sources/libpng1.6" install -DPNG_SHARED=OFF -DPNG_TESTS=OFF "$@"
  mkdir -p "$cross/prefix/lib"
  find "$cross/build/spirv-tools" "$cross/build/glslang" -name '*.a' -exec cp -t "$cross/prefix/lib" {} +
}
