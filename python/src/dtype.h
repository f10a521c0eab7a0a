// SPDX-License-Identifier: MIT OR Apache-2.0
// NumPy's dtypes as alkomp's element types.
#pragma once

#include "module.h"

namespace alkompy {

/// The element type for a numpy.dtype object. Throws invalid_argument naming the dtype when it is
/// big-endian, an object, a string, a date, a long double or has no bytes; `function` starts the message.
alkomp::DType element_type(nb::handle dtype, const char* function);

/// The element type of a NumPy scalar (numpy.float32(1)), or null for objects of other classes.
const alkomp::DType* scalar_type(nb::handle object);

/// numpy.dtype(value); what NumPy does not know as a dtype raises its TypeError.
nb::object as_dtype(nb::handle value);

/// "float32", "{'names': ...}": the dtype as NumPy prints it.
std::string dtype_name(nb::handle dtype);

/// numpy.<name>, imported on first use and kept.
nb::handle numpy(const char* name);

}  // namespace alkompy
