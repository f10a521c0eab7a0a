# SPDX-License-Identifier: MIT OR Apache-2.0
# For toolchains of other systems: Vulkan's headers are the host's, seen alone, since the rest of /usr/include is of
# another system.
set(alkomp_vulkan_headers "${CMAKE_BINARY_DIR}/vulkan-headers")
foreach(folder IN ITEMS vulkan vk_video)
  if(EXISTS /usr/include/${folder} AND NOT EXISTS "${alkomp_vulkan_headers}/${folder}")
    file(MAKE_DIRECTORY "${alkomp_vulkan_headers}")
    file(CREATE_LINK /usr/include/${folder} "${alkomp_vulkan_headers}/${folder}" SYMBOLIC)
  endif()
endforeach()
set(Vulkan_INCLUDE_DIR "${alkomp_vulkan_headers}" CACHE PATH "")
set(Vulkan_LIBRARY "opened at run time" CACHE STRING "")
