// SPDX-License-Identifier: MIT OR Apache-2.0
// `alkomp_emit_tests --write` writes the golden files anew instead of comparing with them.
#include "emit/golden.h"

#include <gmock/gmock.h>

#include <string_view>

int main(int argc, char** argv) {
    ::testing::InitGoogleMock(&argc, argv);
    for (int i = 1; i < argc; ++i)
        if (std::string_view(argv[i]) == "--write") alkomp::testing::write_golden = true;
    return RUN_ALL_TESTS();
}
