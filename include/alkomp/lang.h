// SPDX-License-Identifier: MIT OR Apache-2.0
// Kernels in ordinary C++: the types, operators, control flow and functions that a kernel is written with.
#pragma once

#include "alkomp/lang/kernel.h"
#include "alkomp/lang/parameter.h"
#include "alkomp/lang/control.h"
#include "alkomp/lang/builtin.h"
#include "alkomp/lang/number.h"
#include "alkomp/lang/math.h"
#include "alkomp/lang/bit.h"
#include "alkomp/lang/geometry.h"
#include "alkomp/lang/atomic.h"
#include "alkomp/lang/subgroup.h"
#include "alkomp/lang/function.h"
#include "alkomp/lang/message.h"
#include "alkomp/lang/items.h"
#include "alkomp/lang/matrix.h"
#include "alkomp/lang/block.h"
#include "alkomp/lang/sort.h"
