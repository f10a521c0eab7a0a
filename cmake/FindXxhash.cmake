# SPDX-License-Identifier: MIT OR Apache-2.0
# Xxhash_INCLUDE_DIR: where xxhash.h is; only the header is used. When cross-compiling, the host's header is
# copied aside, so that the host's other headers stay out of the way.
find_path(Xxhash_INCLUDE_DIR xxhash.h)
if(NOT Xxhash_INCLUDE_DIR AND CMAKE_CROSSCOMPILING)
  find_file(Xxhash_HEADER xxhash.h NO_CMAKE_FIND_ROOT_PATH PATHS /usr/include /usr/local/include)
  if(Xxhash_HEADER)
    file(COPY ${Xxhash_HEADER} DESTINATION ${CMAKE_BINARY_DIR}/xxhash)
    set(Xxhash_INCLUDE_DIR ${CMAKE_BINARY_DIR}/xxhash CACHE PATH "Folder of xxhash.h" FORCE)
  endif()
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Xxhash
  REQUIRED_VARS Xxhash_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "alkomp needs xxhash.h (Debian: libxxhash-dev), or -DXxhash_INCLUDE_DIR=FOLDER")
mark_as_advanced(Xxhash_INCLUDE_DIR Xxhash_HEADER)
