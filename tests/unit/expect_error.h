// SPDX-License-Identifier: MIT OR Apache-2.0
// The text of the error that a call throws.
#pragma once

#include "alkomp/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace alkomp::testing {

/// Fails the test unless `call` throws Error with this code; gives its text.
template <class F>
std::string error_text(ErrorCode code, F&& call) {
    try {
        call();
    } catch (const Error& error) {
        EXPECT_EQ(to_string(error.code()), to_string(code)) << error.what();
        return error.what();
    }
    ADD_FAILURE() << "nothing was thrown where " << to_string(code) << " was due";
    return {};
}

}  // namespace alkomp::testing
