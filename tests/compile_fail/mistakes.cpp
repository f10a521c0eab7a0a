// SPDX-License-Identifier: MIT OR Apache-2.0
// Typical mistakes in kernels, one for each macro; behind it what the compiler's first message says.
#include <alkomp/lang.h>

#include <iostream>

using namespace alkomp;

struct Plain {
    u32 a, b;
};
struct Partial {
    u32 a, b;
    using fields = Fields<&Partial::a>;
};
struct Pair {
    u32 a, b;
    using fields = Fields<&Pair::a, &Pair::b>;
};
using A = MatrixA<f32, 8, 8>;
using B = MatrixB<f32, 8, 8>;
using C = Accumulator<f32, 8, 8>;
using LongB = MatrixB<f32, 16, 8>;
using WholeB = MatrixB<i32, 8, 8>;
using Whole = Accumulator<u32, 8, 8>;
using Truths = Accumulator<bool, 8, 8>;
using Four = std::array<C, 4>;
struct Holder {
    C sum;
    using fields = Fields<&Holder::sum>;
};

inline void test(In<u32> in, InOut<u32> data, Out<u32> out, InOut<f32> floats, InOut<f32x2> vectors,
                 InOut<Pair> pairs) {
    [[maybe_unused]] Var<u32> n = data[0];
    [[maybe_unused]] Var<f32> f = floats[0];
    [[maybe_unused]] Var<i32> i = 1;
    [[maybe_unused]] Var<Pair> p = pairs[0];
    [[maybe_unused]] const Val<f32x2> v = vectors[0];
    [[maybe_unused]] Var<A> a = 0;
    [[maybe_unused]] Var<B> b = 0;
    [[maybe_unused]] Var<C> c = 0;
    [[maybe_unused]] bool known = true;
#if defined(HOST_IF)  // only the device knows this value: use if_, while_ or select.
    if (n > 0u) data[0] = 1u;
#elif defined(HOST_WHILE)                // only the device knows this value: use if_, while_ or select.
    while (n > 0u) n -= 1u;
#elif defined(HOST_FOR)                  // only the device knows this value: use if_, while_ or select.
    for (Var<u32> k = 0u; k < n; ++k) data[k] = 1u;
#elif defined(HOST_CHOICE)               // only the device knows this value: use if_, while_ or select.
    data[0] = n > 0u ? 1u : 2u;
#elif defined(HOST_AND)                  // && and || take a Val<bool>, and a host's bool only on the right.
    if_(known && n > 0u, [&] { data[0] = 1u; });
#elif defined(NUMBERS_AND)               // && and || take a Val<bool>, and a host's bool only on the right.
    if_(n && i, [&] { data[0] = 1u; });
#elif defined(ASSIGN_OTHER_TYPE)         // a value of this type need not fit here: use Val<T>(x).
    n = f;
#elif defined(BEGIN_WITH_OTHER_TYPE)     // a value of this type need not fit here: use Val<T>(x).
    Var<u32> k = f;
#elif defined(STORE_OTHER_TYPE)          // a value of this type need not fit here: use Val<T>(x).
    data[0] = floats[0];
#elif defined(ADD_OTHER_TYPE)            // a value of this type need not fit here: use Val<T>(x).
    n += i;
#elif defined(MIX_SIGNS)                 // no type holds every value of both operands: use Val<T>(x).
    data[0] = Val<u32>(n + i);
#elif defined(COMPARE_SIGNS)             // no type holds every value of both operands: use Val<T>(x).
    if_(n < i, [&] { data[0] = 1u; });
#elif defined(FLOAT_AND_UNSIGNED)        // no type holds every value of both operands: use Val<T>(x).
    floats[0] = f * n;
#elif defined(FRACTION_OF_INTEGER)       // no type holds every value of both operands: use Val<T>(x).
    floats[0] = Val<f32>(n * 0.5f);
#elif defined(MODULO_OF_FLOATS)          // only integers have this operator; for % there is fmod.
    floats[0] = f % 2.0f;
#elif defined(BOOL_AS_NUMBER)            // a bool is no number here: use Val<u32>(x).
    data[0] = Val<u32>((n > 1u) + (n > 2u));
#elif defined(STRUCT_OPERATOR)           // structs and arrays have no operators: take their parts.
    pairs[0] = p + p;
#elif defined(NOT_OF_NUMBER)             // ! takes a bool: compare with 0.
    if_(!n, [&] { data[0] = 1u; });
#elif defined(ASSIGN_VAL)                // a Val and an element of In never change: use Var or InOut.
    Val<u32> k = n;
    k = 5u;
#elif defined(STEP_VAL)                  // a Val and an element of In never change: use Var or InOut.
    Val<u32> k = n;
    k += 5u;
#elif defined(WRITE_IN)                  // a Val and an element of In never change: use Var or InOut.
    in[0] = 5u;
#elif defined(READ_OUT)                  // an Out<T> is only written: make it an InOut<T>.
    data[0] = out[0] + 1u;
#elif defined(STEP_OUT)                  // an Out<T> is only written: make it an InOut<T>.
    out[0] += 1u;
#elif defined(WRITE_NAMED_REF)           // `auto x = data[i]` is a place: write Val x, Var x, or ref(data[i]).
    auto x = data[0];
    x = 5u;
#elif defined(READ_NAMED_REF)            // `auto x = data[i]` is a place: write Val x, Var x, or ref(data[i]).
    auto x = data[0];
    data[1] = x + 1u;
#elif defined(STEP_NAMED_REF)            // `auto x = data[i]` is a place: write Val x, Var x, or ref(data[i]).
    auto x = data[0];
    x += 1u;
#elif defined(PART_OF_NAMED_REF)         // `auto x = data[i]` is a place: write Val x, Var x, or ref(data[i]).
    auto x = pairs[0];
    x[&Pair::a] = 1u;
#elif defined(FLOAT_INDEX)               // an index is an integer: use Val<u32>(x).
    data[f] = 1u;
#elif defined(NUMBER_AS_CONDITION)       // a condition is a bool: compare with 0.
    if_(n, [&] { data[0] = 1u; });
#elif defined(BODY_IS_VALUE)             // the body is a callable without parameters: [&] { ... }.
    if_(n > 0u, data[0]);
#elif defined(WHILE_COMPUTED)            // computed once: write while_([&] { return condition; }, body).
    while_(n > 0u, [&] { n -= 1u; });
#elif defined(DO_WHILE_COMPUTED)         // computed once: write do_while_(body, [&] { return condition; }).
    do_while_([&] { n -= 1u; }, n > 0u);
#elif defined(FOR_WITHOUT_NUMBER)        // the body of a for_ takes the number: [&](Val<u32> i) { ... }.
    for_(range(n), [&] { data[0] = 1u; });
#elif defined(FOR_OTHER_NUMBER)          // the body's number is of another type than the range's.
    for_(range(n), [&](Val<i32> k) { data[k] = 1u; });
#elif defined(RANGE_OF_FLOATS)           // a range is of integers of one type: use Val<T>(x).
    for_(range(f), [&](auto k) { data[Val<u32>(k)] = 1u; });
#elif defined(ROOT_OF_INTEGER)           // this function takes floats: use Val<f32>(x).
    floats[0] = sqrt(n);
#elif defined(BITS_OF_FLOAT)             // this function takes integers: use Val<u32>(x).
    data[0] = popcount(f);
#elif defined(LARGER_OF_UNLIKE)          // no type holds every value of all arguments: use Val<T>(x).
    data[0] = Val<u32>(max(n, i));
#elif defined(NO_SUCH_LANE)              // the vector has no such lane.
    floats[0] = v.z();
#elif defined(TOO_FEW_LANES)             // a vector is made of as many lanes as it has.
    const Val<f32x3> wide(f, f);
#elif defined(ATOMIC_ON_VECTOR)          // an atomic is on one number: no bool, vector, struct or array.
    atomic_add(vectors[0], v);
#elif defined(ATOMIC_ON_IN)              // a Val and an element of In never change: use Var or InOut.
    atomic_add(in[0], 1u);
#elif defined(FUNCTION_TAKES_REFERENCE)  // a function takes values, no references to the caller's variables.
    function([](Var<u32>& x) { x = 1u; })(n);
#elif defined(FUNCTION_RETURNS_PLACE)    // a function returns a Val: a place in memory is no value.
    n = function([&](Val<u32> at) { return data[at]; })(n);
#elif defined(SHOW_VALUE)                // only the device knows this value: write it to a buffer.
    std::cout << n;
#elif defined(PRINT_STRUCT)              // a message shows numbers, vectors and text: take the parts.
    print_("{}", p);
#elif defined(ASSERT_NUMBER)             // a condition is a bool: compare with 0.
    assert_(n);
#elif defined(COMBINE_BY_ONE)            // what combines is a Combine, or takes two Val<T> and gives one.
    n = block_reduce(n, [](auto x) { return x; });
#elif defined(SORT_VECTORS)              // only numbers have an order: give block_sort what compares two of them.
    Items<f32x2, 2> items;
    block_sort(items);
#elif defined(PART_OF_VECTORS)           // an invocation takes whole vectors: K is a multiple of their lanes.
    const auto items = block_load<3>(vectors, 2u, 0.0f);
#elif defined(MATRIX_TIMES_MATRIX)       // matrices of one type have + - * by element; see matrix_multiply_add.
    c = a * b;
#elif defined(COMPARE_MATRICES)          // matrices of one type have + - * by element; see matrix_multiply_add.
    if_(c == c, [&] { data[0] = 1u; });
#elif defined(DIVIDE_INTEGER_MATRICES)   // matrices of one type have + - * by element; see matrix_multiply_add.
    Var<Whole> whole = 1;
    whole = whole / whole;
#elif defined(STEP_BY_OTHER_MATRIX)      // a value of this type need not fit here: use Val<T>(x).
    c += a;
#elif defined(PRODUCT_OF_WRONG_USES)     // a product is of a MatrixA and a MatrixB, added to an Accumulator.
    c = matrix_multiply_add(a, a, c);
#elif defined(PRODUCT_WITH_NUMBER)       // a product is of a MatrixA and a MatrixB, added to an Accumulator.
    c = matrix_multiply_add(a, f, c);
#elif defined(PRODUCT_OF_WRONG_SIZES)    // a product is of M x K and K x N, added to M x N.
    c = matrix_multiply_add(a, Val<LongB>(0), c);
#elif defined(PRODUCT_OF_KINDS)          // a product is of floats or of integers, not of both.
    c = matrix_multiply_add(a, Val<WholeB>(0), c);
#elif defined(ROOT_OF_MATRIX)            // of a matrix take the elements: matrix_map(m, [](auto x) { ... }).
    c = sqrt(c);
#elif defined(SELECT_MATRIX)             // a matrix is chosen by if_ and a Var.
    c = select(n > 0u, c, c);
#elif defined(MATRIX_OF_PARTS)           // a matrix is made of one number, or by matrix_load.
    const Val<C> parts(f, f);
#elif defined(MATRIX_OF_BOOLS)           // the elements of a matrix are numbers.
    const Var<Truths> truths;
#elif defined(ARRAY_OF_MATRICES)         // a matrix is a Val or Var of its own: an array of the host can hold several.
    const Var<Four> sums;
#elif defined(SHARED_MATRIX)             // a matrix is a Val or Var of its own: an array of the host can hold several.
    const Shared<C, 4> sums;
#elif defined(MATRIX_IN_STRUCT)          // a matrix is a Val or Var of its own, no member of a struct.
    const Var<Holder> holder;
#elif defined(LOAD_NUMBER)               // this is for a MatrixA, a MatrixB or an Accumulator.
    f = matrix_load<f32>(floats, 0, 8);
#elif defined(LOAD_FROM_VALUE)           // a matrix lies in a buffer, a Shared, or an array in one.
    a = matrix_load<A>(floats[0], 0, 8);
#elif defined(LOAD_OTHER_ELEMENTS)       // the memory holds other elements; or else u32x4, as bits.
    a = matrix_load<A>(data, 0, 8);
#elif defined(LOAD_FROM_OUT)             // an Out<T> is only written: make it an InOut<T>.
    const auto whole = matrix_load<Whole>(out, 0, 8);
#elif defined(STORE_TO_IN)               // a Val and an element of In never change: use Var or InOut.
    matrix_store(in, Val<Whole>(0), 0, 8);
#elif defined(MAP_TO_NOTHING)            // what maps takes a Val<T> and gives one: [](auto x) { return x * x; }.
    c = matrix_map(c, [](auto x) { x + 1.0f; });
#elif defined(COUNT_OF_NUMBER)           // this is for a MatrixA, a MatrixB or an Accumulator.
    n = matrix_count<f32>();
#elif defined(ELEMENT_OF_NUMBER)         // this is for a MatrixA, a MatrixB or an Accumulator.
    f = matrix_get(f, 0);
#elif defined(PRINT_MATRIX)              // a message shows numbers, vectors and text: take the parts.
    print_(c);
#elif defined(REDUCE_MATRIX)             // subgroup operations are on numbers, bools and vectors of them.
    c = subgroup_reduce(c, Combine::add);
#endif
}

inline void kernels() {
#if defined(AUTO_PARAMETER)  // a kernel's parameters have types, In<T> or Val<T>, never auto.
    static_cast<void>(kernel("k", [](auto data) { data[0] = 1u; }));
#elif defined(HOST_SCALAR_PARAMETER)  // a kernel's scalar is a Val<T>: only the call knows its value.
    static_cast<void>(kernel("k", [](InOut<f32> data, f32 factor) { data[0] *= factor; }));
#elif defined(BUFFER_PARAMETER)       // a kernel takes In, Out, InOut, Shared, Val and Var.
    static_cast<void>(kernel("k", [](Buffer<f32> data) {}));
#elif defined(KERNEL_RETURNS)         // a kernel returns nothing: it writes to an Out or InOut.
    static_cast<void>(kernel("k", [](In<f32> data) { return data[0]; }));
#elif defined(UNLISTED_STRUCT)        // no type of a kernel; a struct lists its members: Fields<&S::a, ...>.
    static_cast<void>(kernel("k", [](InOut<Plain> data) { data[0] = Plain{1, 2}; }));
#elif defined(MATRIX_BUFFER)          // a matrix is no parameter: buffers hold its elements, matrix_load makes it.
    static_cast<void>(kernel("k", [](InOut<C> sums) { sums[0] = 0.0f; }));
#elif defined(MATRIX_SCALAR)          // a matrix is no parameter: buffers hold its elements, matrix_load makes it.
    static_cast<void>(kernel("k", [](InOut<f32> sums, Val<C> c) { matrix_store(sums, c, 0, 8); }));
#elif defined(HALF_LISTED_STRUCT)     // Fields<...> lists every member of the struct, in order.
    static_cast<void>(kernel("k", [](InOut<Partial> data) { data[0] = Partial{1, 2}; }));
#endif
}
