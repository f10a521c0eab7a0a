// SPDX-License-Identifier: MIT OR Apache-2.0
// Kernels in ordinary C++: the types, operators, control flow and functions that a kernel is written with.
#pragma once

#include "alkomp/lang/kernel.h"
#include "alkomp/lang/parameter.h"
#include "alkomp/lang/control.h"
#include "alkomp/lang/builtin.h"
#include "alkomp/lang/math.h"
