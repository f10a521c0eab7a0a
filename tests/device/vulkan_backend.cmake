# SPDX-License-Identifier: MIT OR Apache-2.0
# The Vulkan backend at the seam; the front is not in the way.
if(NOT ALKOMP_VULKAN OR NOT ALKOMP_GLSL OR WIN32)  # its drivers are those of Linux
  return()
endif()
find_package(Vulkan REQUIRED)
add_executable(alkomp_vulkan_backend_test vulkan_backend_test.cpp)
alkomp_warnings(alkomp_vulkan_backend_test)
target_include_directories(alkomp_vulkan_backend_test PRIVATE ${PROJECT_SOURCE_DIR}/src)
target_link_libraries(alkomp_vulkan_backend_test PRIVATE alkomp::alkomp GTest::gtest Vulkan::Headers)
add_test(NAME device.vulkan_backend COMMAND alkomp_vulkan_backend_test)
set_tests_properties(device.vulkan_backend PROPERTIES LABELS device TIMEOUT 600)
