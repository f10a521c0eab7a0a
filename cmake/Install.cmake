# SPDX-License-Identifier: MIT OR Apache-2.0
# alkomp_install(): installs headers, library and the package that find_package(alkomp) reads.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

# A private static library (glslang) must not leak its symbols into the program that links alkomp.
function(alkomp_hide_static_libraries target)
  if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
    target_link_options(${target} PRIVATE -Wl,--exclude-libs,ALL)
  endif()
endfunction()

function(alkomp_install)
  set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/alkomp)
  install(TARGETS alkomp EXPORT alkompTargets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/alkomp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN "*.h")
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE-MIT ${PROJECT_SOURCE_DIR}/LICENSE-APACHE
    DESTINATION ${CMAKE_INSTALL_DOCDIR})
  install(EXPORT alkompTargets NAMESPACE alkomp:: DESTINATION ${package_dir})

  if(NOT DEFINED BUILD_SHARED_LIBS)
    set(BUILD_SHARED_LIBS OFF)
  endif()
  configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/alkompConfig.cmake.in
    ${PROJECT_BINARY_DIR}/alkompConfig.cmake INSTALL_DESTINATION ${package_dir})
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/alkompConfigVersion.cmake
    VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/alkompConfig.cmake ${PROJECT_BINARY_DIR}/alkompConfigVersion.cmake
    DESTINATION ${package_dir})
endfunction()
