// SPDX-License-Identifier: MIT OR Apache-2.0
// Cooperative matrices of C++ kernels: what is recorded, and what is refused.
#include "alkomp/lang/matrix.h"

#include "recorded_code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace alkomp {
namespace {

using testing::code;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::refusal;

using A = MatrixA<f16, 16, 16>;
using B = MatrixB<f16, 16, 8>;
using C = Accumulator<f32, 16, 8>;
constexpr const char* kC = "coopmat<f32, subgroup, 16, 8, accumulator>";

std::string typed(const std::string& text) {  // C stands for the type
    std::string out = text;
    for (std::size_t at = out.find("$C"); at != std::string::npos; at = out.find("$C")) out.replace(at, 2, kC);
    return out;
}

TEST(Matrix, BecomesAProductAsItIsWritten) {
    const auto product = kernel("product", [](In<f16> a, In<f16> b, Out<f32> c, Val<u32> n) {
        Var<C> sum = 0;
        const Val<A> left = matrix_load<A>(a, global_id(), n);
        const Val<B> right = matrix_load<B>(b, 0, 16, MatrixLayout::column_major);
        sum = matrix_multiply_add(left, right, sum);
        matrix_store(c, sum, 64, 8);
    });
    EXPECT_THAT(code(product),
                HasSubstr(typed("    %1: $C = splat 0.0\n"
                                "    %2: ptr<local, $C> = variable %1\n"
                                "    %3: u32x3 = builtin(global_id)\n"
                                "    %4: u32 = extract(0) %3\n"
                                "    %5: ptr<storage, f16> = access %arg0, %4\n"
                                "    %6: coopmat<f16, subgroup, 16, 16, a> = matrix_load(row_major) %5, %0\n"
                                "    %7: ptr<storage, f16> = access %arg1, 0\n"
                                "    %8: coopmat<f16, subgroup, 16, 8, b> = matrix_load(column_major) %7, 16\n"
                                "    %9: $C = load %2\n"
                                "    %10: $C = matrix_multiply_add %6, %8, %9\n"
                                "    store %2, %10\n"
                                "    %11: $C = load %2\n"
                                "    %12: ptr<storage, f32> = access %arg2, 64\n"
                                "    matrix_store(row_major) %12, %11, 8\n")));
}

TEST(Matrix, NamesTheUsersLine) {
    const auto map = kernel("map", [](InOut<f32> c) {
        const Val<C> sum = matrix_load<C>(c, 0, 8);
        matrix_store(c, matrix_map(sum, [](auto x) { return max(x, 0); }), 0, 8);
    });
    EXPECT_THAT(map.ir(), HasSubstr("matrix_get"));
    EXPECT_THAT(map.ir(), Not(HasSubstr("matrix.h")));
}

TEST(Matrix, ComputesElementByElement) {
    const auto compute = kernel("compute", [](InOut<f32> c, Val<f32> factor) {
        const Val<C> x = matrix_load<C>(c, 0, 8);
        Var<C> y = -x / (x + factor);
        y *= 2.0f;
        y -= x * y;
        matrix_store(c, y, 0, 8);
    });
    const std::string text = code(compute);
    for (const char* part :
         {"$C = neg", "$C = splat %0", "$C = add", "$C = div", "$C = splat 2.0", "$C = mul", "$C = sub"})
        EXPECT_THAT(text, HasSubstr(typed(part)));
}

TEST(Matrix, ConvertsItsElements) {
    const auto convert = kernel("convert", [](InOut<f32> c, Val<i32> whole) {
        const Val<Accumulator<f16, 16, 8>> narrow(matrix_load<C>(c, 0, 8));
        Var<C> wide = narrow;  // every f16 is an f32
        wide = wide + Val<C>(whole);
        matrix_store(c, wide, 0, 8);
    });
    const std::string text = code(convert);
    EXPECT_THAT(text, HasSubstr("coopmat<f16, subgroup, 16, 8, accumulator> = convert %2\n"));
    EXPECT_THAT(text, HasSubstr(typed("$C = convert %3\n")));
    EXPECT_THAT(text, HasSubstr("f32 = convert %0\n"));
}

TEST(Matrix, StaysInsideSharedMemory) {
    const auto clamp = [](Val<u32> at) {
        const Shared<f16, 1000> tile;
        return matrix_load<A>(tile, at, 24);
    };
    const auto use = [](const Val<A>& a, InOut<f32> c) {
        const Val<B> b = Val<f16>(1);
        matrix_store(c, matrix_multiply_add(a, b, matrix_load<C>(c, 0, 8)), 0, 8);
    };
    const auto k = kernel("k", [&](InOut<f32> c, Val<u32> at) { use(clamp(at), c); });
    EXPECT_THAT(code(k), HasSubstr("%1: u32 = min %0, 624\n"));  // 624 + 15 * 24 + 16 is 1000
    const auto trusting = kernel("k", [&](InOut<f32> c, Val<u32> at) { use(clamp(at), c); }, {.robust = false});
    EXPECT_THAT(code(trusting), Not(HasSubstr("min")));
    const auto signed_place = kernel("k", [&](InOut<f32> c, Val<i32> at) {
        const Shared<f16, 1000> tile;
        use(matrix_load<A>(tile, at, 24), c);
    });
    EXPECT_THAT(code(signed_place), HasSubstr("%1: u32 = bitcast %0\n    %2: u32 = min %1, 624\n"));
}

// Mistakes ----------------------------------------------------------------------------------------

#define AT(line_below) "matrix_test.cpp:" + std::to_string(__LINE__ - (line_below)) + ": "

TEST(Matrix, RefusesStridesAndPlacesThatAreNotAligned) {
    const std::string stride = refusal([](InOut<f32> c) { matrix_store(c, matrix_load<C>(c, 0, 10), 0, 8); });
    EXPECT_THAT(stride, HasSubstr(AT(1) + "the stride of the matrix is 10 elements, 40 bytes; its rows begin at "
                                          "multiples of 16."));
    EXPECT_THAT(refusal([](InOut<f32> c) { matrix_store(c, matrix_load<C>(c, 3, 8), 0, 8); }),
                HasSubstr("the matrix begins at element 3, byte 12; its rows begin at multiples of 16."));
    EXPECT_THAT(refusal([](InOut<f32> c) { matrix_store(c, Val<C>(0), 0, 17, MatrixLayout::column_major); }),
                HasSubstr("the stride of the matrix is 17 elements, 68 bytes; its columns begin at multiples of 16."));
    static_cast<void>(kernel("bytes", [](InOut<i8> c) {  // rows of 8 bytes
        matrix_store(c, Val<Accumulator<i8, 16, 8>>(0), 8, 24);
    }));
}

TEST(Matrix, RefusesRowsThatOverlapWhereTheyAreWritten) {
    EXPECT_THAT(refusal([](InOut<f32> c) { matrix_store(c, Val<C>(0), 0, 4); }),
                HasSubstr("the stride of the matrix is 4 elements, 16 bytes; a row has 32."));
    static_cast<void>(kernel("repeated", [](InOut<f32> c) { matrix_store(c, matrix_load<C>(c, 0, 0), 0, 8); }));
}

TEST(Matrix, RefusesAPlaceThatCertainlyLiesOutside) {
    const auto from = [](u32 at) {
        return [at](InOut<f32> c, Shared<f32, 300> tile) { matrix_store(c, matrix_load<C>(tile, at, 16), 0, 8); };
    };
    static_cast<void>(kernel("last", from(52)));  // 52 + 15 * 16 + 8 is 300
    EXPECT_THAT(refusal(from(56)), HasSubstr("the matrix takes up 248 elements from element 56 on; there are 300."));
    EXPECT_THAT(refusal([](InOut<f32> c, Shared<f32, 100> tile, Val<u32> at) {
                    matrix_store(c, matrix_load<C>(tile, at, 16), 0, 8);
                }),
                HasSubstr("the matrix takes up 248 elements; there are 100."));
    EXPECT_THAT(
        refusal([](InOut<f32> c, Shared<f32x4, 32> tile) { matrix_store(c, matrix_load<C>(tile, 4, 2), 0, 8); }),
        HasSubstr("the matrix takes up 32 elements from element 4 on; there are 32."));
}

TEST(Matrix, RefusesAStrideInSharedMemoryThatOnlyTheDeviceKnows) {
    const auto load = [](InOut<f32> c, Shared<f32, 1000> tile, Val<u32> stride) {
        matrix_store(c, matrix_load<C>(tile, 0, stride), 0, 8);
    };
    EXPECT_THAT(refusal(load), HasSubstr("in shared memory the stride of a matrix is a number of the host; "
                                         "robust = false takes any."));
    static_cast<void>(kernel("trusting", load, {.robust = false}));
}

TEST(Matrix, RefusesVariablesAsItsMemory) {
    EXPECT_THAT(refusal([](InOut<f32> c) {
                    Var<std::array<std::array<f32, 256>, 2>> own;
                    matrix_store(c, matrix_load<C>(own[0], 0, 8), 0, 8);
                }),
                HasSubstr("a matrix lies in a buffer or in shared memory; a variable belongs to one invocation."));
}

TEST(Matrix, RefusesFloatsThatSaturate) {
    EXPECT_THAT(refusal([](InOut<f32> c) {
                    const Val<A> a = 0;
                    const Val<B> b = 0;
                    matrix_store(c, matrix_multiply_add(a, b, Val<C>(0), {.saturating = true}), 0, 8);
                }),
                HasSubstr("a product of floats never saturates; of integers it may."));
}

TEST(Matrix, RefusesNumbersThatItsElementsDoNotHold) {
    EXPECT_THAT(refusal([](InOut<f32> c) { matrix_store(c, Val<C>(0.1), 0, 8); }),
                HasSubstr("0.10000000000000001 is not exactly one of f32"));
}

}  // namespace
}  // namespace alkomp
