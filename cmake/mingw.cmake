# SPDX-License-Identifier: MIT OR Apache-2.0
# Toolchain: 64-bit Windows by Debian's MinGW-w64 with POSIX threads.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_CXX_COMPILER x86_64-w64-mingw32-g++-posix)
set(CMAKE_FIND_ROOT_PATH /usr/x86_64-w64-mingw32)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# Vulkan's headers are the host's, seen alone: the rest of /usr/include is of another system.
set(alkomp_vulkan_headers "${CMAKE_BINARY_DIR}/vulkan-headers")
foreach(folder IN ITEMS vulkan vk_video)
  if(EXISTS /usr/include/${folder} AND NOT EXISTS "${alkomp_vulkan_headers}/${folder}")
    file(MAKE_DIRECTORY "${alkomp_vulkan_headers}")
    file(CREATE_LINK /usr/include/${folder} "${alkomp_vulkan_headers}/${folder}" SYMBOLIC)
  endif()
endforeach()
set(Vulkan_INCLUDE_DIR "${alkomp_vulkan_headers}" CACHE PATH "")
set(Vulkan_LIBRARY "opened at run time" CACHE STRING "")
