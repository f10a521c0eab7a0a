// SPDX-License-Identifier: MIT OR Apache-2.0
#include "emit/wgsl/wgsl.h"

#include "emit/golden.h"
#include "ir/parse.h"
#include "ir/pass/specialize_constants.h"
#include "ir/verify.h"
#include "unit/expect_error.h"

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
    support.hlsl = on("hlsl", "0");
    support.immediate_bytes = dialect == "wgpu" ? 256 : 0;
    return support;
}

class Wgsl : public ::testing::TestWithParam<GoldenInput> {};

TEST_P(Wgsl, is_what_it_was) {
    ir::Module module = ir::parse(GetParam().text, GetParam().name + ".ir");
    ir::verify(module);
    const WgslSupport support = support_of(GetParam());
    std::string head;
    if (golden_option(GetParam(), "overrides", "0") == "1") {
        for (const std::string& fixed : ir::fix_constants(module, emit::overrides_for(support), {}))
            head += "// " + fixed + '\n';
        ir::compute_constants(module);
    }
    if (golden_option(GetParam(), "lower", "0") == "1") {
        ir::Lowering lowering = emit::lowering_for(support);
        lowering.most_shared_bytes = 16384;
        ir::lower(module, lowering);
        for (const ir::Pass& pass : ir::optimizing_passes()) pass.run(module);
    }
    expect_golden("wgsl", GetParam().name, ".wgsl", head + emit::wgsl(module, support).text);
}

INSTANTIATE_TEST_SUITE_P(, Wgsl, ::testing::ValuesIn(golden_inputs("wgsl")),
                         [](const auto& info) { return info.param.name; });

/// Each early way out nests what comes behind it; of many, a switch is left instead.
TEST(WgslText, has_room_for_any_number_of_ways_out) {
    for (const u32 ways : {12u, 13u, 200u}) {
        std::string text =
            "module \"k\"\nstorage %data: u32[] set 0 binding 0\nkernel @k() workgroup_size(64, 1, 1) {\n"
            "    %at: ptr<storage, u32> = access %data, 0\n    %x: u32 = load %at\n    %big: bool = gt %x, 1000\n    "
            "if ^all %big {\n";
        for (u32 i = 0; i < ways; ++i) {
            const std::string n = std::to_string(i);
            text += "        %is" + n + ": bool = eq %x, " + n + "\n        if ^way" + n + " %is" + n +
                    " {\n            exit ^all\n        } else {\n            exit ^way" + n +
                    "\n        }\n        store %at, " + n + '\n';
        }
        ir::Module module =
            ir::parse(text + "        exit ^all\n    } else {\n        exit ^all\n    }\n    return\n}\n", "k.ir");
        ir::verify(module);
        const std::string made = emit::wgsl(module, WgslSupport()).text;
        EXPECT_EQ(made.find("switch (0u)") != std::string::npos, ways > 12) << made;
        EXPECT_EQ(made.find("leave") != std::string::npos, ways <= 12) << made;
    }
}

TEST(WgslText, has_one_override_for_constants_with_one_id) {
    ir::Module module = ir::parse(
        "module \"k\"\nspecialization(3) %\"\": u32 = 1\nspecialization(3) %tile: u32 = 16\n"
        "specialization(4) %\"\".1: u32 = 2\nstorage %data: u32[] set 0 binding 0\n"
        "kernel @k() workgroup_size(%\"\", %\"\".1, 1) {\n    %at: ptr<storage, u32> = access %data, 0\n"
        "    store %at, %tile\n    return\n}\n",
        "k.ir");
    ir::verify(module);
    EXPECT_THAT(
        emit::wgsl(module, WgslSupport()).text,
        ::testing::AllOf(
            ::testing::HasSubstr("@id(3) override tile: u32;  // has to be set: its defaults are 1u and 16u\n"),
            ::testing::HasSubstr("@id(4) override workgroup_size_y: u32 = 2u;\n"),
            ::testing::HasSubstr("@workgroup_size(tile, workgroup_size_y)"), ::testing::HasSubstr("data[0] = tile;")));
}

struct Refused {
    const char* body;  ///< of a kernel with `data: u32[]` and `tile`, a shared u32
    const char* sentence;
};

TEST(WgslText, is_not_made_where_it_would_say_something_else) {
    const Refused all[] = {
        {"%x: u32 = atomic_add(acquire_release, device) %at, 1 @1:7",
         "\"k\": k.cpp:7: WGSL's atomics order no other accesses; this one is to be acquire_release."},
        {"%x: u32 = atomic_add(relaxed, device) %at, 1\n    fence(release, device, storage) @1:8",
         "\"k\": k.cpp:8: WGSL has no fence, and this one orders accesses to buffers beside atomics."},
        {"barrier(device, storage) @1:9", "\"k\": k.cpp:9: WGSL has no barrier beyond the workgroup."},
        {"barrier(subgroup, none) @1:9", "\"k\": k.cpp:9: the device's WGSL has no barrier for a subgroup."},
        {"%x: f32 = convert 1\n    %y: f64 = convert %x @1:10", "\"k\": k.cpp:10: the device's WGSL has no f64."},
        {"%t: u64 = clock(device) @1:11", "\"k\": k.cpp:11: WGSL has no clock."},
        {"%x: f32 = convert 1\n    %y: f16 = convert %x\n    %z: f16 = mul precise %y, %y @1:12",
         "\"k\": k.cpp:12: WGSL has no precise arithmetic of f16."},
    };
    for (const Refused& refused : all) {
        SCOPED_TRACE(refused.body);
        const ir::Module module = ir::parse(std::string("module \"k\"\nfile 1 \"k.cpp\"\n"
                                                        "storage %data: u32[] set 0 binding 0\nshared %tile: u32\n"
                                                        "kernel @k() workgroup_size(64, 1, 1) {\n"
                                                        "    %at: ptr<storage, u32> = access %data, 0\n    ") +
                                                refused.body + "\n    return\n}\n",
                                            "k.ir");
        WgslSupport support;
        support.dialect = WgslSupport::Dialect::standard;
        support.f16 = support.subgroups = true;
        EXPECT_EQ(error_text(ErrorCode::unsupported, [&] { static_cast<void>(emit::wgsl(module, support)); }),
                  refused.sentence);
    }
}

}  // namespace
}  // namespace alkomp::testing
