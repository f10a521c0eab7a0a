// SPDX-License-Identifier: MIT OR Apache-2.0
#include "emit/wgsl/wgsl.h"

#include "emit/golden.h"
#include "ir/parse.h"
#include "ir/verify.h"

#include <gtest/gtest.h>

namespace alkomp::testing {
namespace {

WgslSupport support_of(const GoldenInput& input) {
    const auto on = [&](std::string_view key, std::string_view otherwise) {
        return golden_option(input, key, otherwise) == "1";
    };
    WgslSupport support;
    const std::string dialect = golden_option(input, "dialect", "standard");
    support.dialect = dialect == "wgpu"       ? WgslSupport::Dialect::wgpu
                      : dialect == "chromium" ? WgslSupport::Dialect::chromium
                                              : WgslSupport::Dialect::standard;
    support.f16 = on("f16", "1");
    support.subgroups = on("subgroups", "1");
    support.immediate_bytes = dialect == "wgpu" ? 256 : 0;
    return support;
}

class Wgsl : public ::testing::TestWithParam<GoldenInput> {};

TEST_P(Wgsl, is_what_it_was) {
    ir::Module module = ir::parse(GetParam().text, GetParam().name + ".ir");
    ir::verify(module);
    expect_golden("wgsl", GetParam().name, ".wgsl", emit::wgsl(module, support_of(GetParam())).text);
}

INSTANTIATE_TEST_SUITE_P(, Wgsl, ::testing::ValuesIn(golden_inputs("wgsl")),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace alkomp::testing
