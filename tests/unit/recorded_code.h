// SPDX-License-Identifier: MIT OR Apache-2.0
// What a function became as a kernel, or the text of why it became none.
#pragma once

#include "alkomp/lang.h"
#include "expect_error.h"
#include "ir/parse.h"
#include "ir/print.h"
#include "ir/verify.h"
#include "lang/recorded.h"

#include <gtest/gtest.h>

#include <regex>
#include <string>

namespace alkomp::testing {

/// What was recorded, checked and brought through the text form; without places, and without what skips the
/// invocations beyond a call's elements.
inline std::string code(const RecordedKernel& kernel) {
    ir::verify(kernel.record()->module);
    const std::string text = kernel.ir();
    ir::Module again = ir::parse(text, "again.ir");
    ir::verify(again);
    EXPECT_EQ(ir::print(again), text);
    static const std::regex kPlaces(" @[0-9:]+");  // once: threads that make expressions race in libstdc++
    std::string body = std::regex_replace(text, kPlaces, "");
    body.erase(0, body.find("kernel @"));
    const std::size_t guard = body.find("if ^if1 ");
    if (body.find("load %count") < guard) body.erase(0, body.find("    }\n", body.find("else", guard)) + 6);
    return body;
}

/// The text of the error that recording `f` gives.
template <class F>
std::string refusal(const F& f) {
    return error_text(ErrorCode::compile_failed, [&] { static_cast<void>(kernel("wrong", f)); });
}
}  // namespace alkomp::testing
