# SPDX-License-Identifier: MIT OR Apache-2.0
# The WebGPU backends at the seam; the front is not in the way.
if(NOT ALKOMP_WEBGPU)
  return()
endif()
add_executable(alkomp_webgpu_backend_test webgpu_backend_test.cpp webgpu_kernel_test.cpp webgpu_library_test.cpp)
alkomp_warnings(alkomp_webgpu_backend_test)
target_include_directories(alkomp_webgpu_backend_test PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
target_include_directories(alkomp_webgpu_backend_test SYSTEM PRIVATE ${WebgpuHeaders_INCLUDE_DIR})
target_link_libraries(alkomp_webgpu_backend_test PRIVATE alkomp::alkomp GTest::gtest ${CMAKE_DL_LIBS})
add_test(NAME device.webgpu_backend COMMAND alkomp_webgpu_backend_test)
set_tests_properties(device.webgpu_backend PROPERTIES LABELS device TIMEOUT 600)
