// SPDX-License-Identifier: MIT OR Apache-2.0
// The library's version; CMake and Python read it from here.
#pragma once

#define ALKOMP_VERSION_MAJOR 0
#define ALKOMP_VERSION_MINOR 1
#define ALKOMP_VERSION_PATCH 0
#define ALKOMP_VERSION "0.1.0"
