// SPDX-License-Identifier: MIT OR Apache-2.0
// The two ways in which the command ends early, each with one line on stderr.
#pragma once

#include <stdexcept>

namespace alkomp::command {

/// Something that was asked for cannot be done: exit status 1.
class Failure : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The command line itself is wrong: exit status 2.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace alkomp::command
