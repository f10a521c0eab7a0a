// SPDX-License-Identifier: MIT OR Apache-2.0
// Control flow that happens on the device. What a host's `if` or `for` decides is decided when the kernel is recorded.
#pragma once

#include "alkomp/lang/assignment.h"

namespace alkomp {
namespace detail {

/// A condition: a bool of the device, or of the host.
struct Condition : Input {
    template <class X>
    Condition(X&& x, Place where = {__builtin_FILE(), __builtin_LINE()})  // NOLINT: a conversion
        : Input{truth<X>(x, where), where} {}

private:
    template <class X>
    static Node truth(std::remove_reference_t<X>& x, Place where) {
        constexpr bool is_bool = std::is_same_v<ValueOf<X>, bool>;
        static_assert(is_bool, "alkomp: a condition is a bool: compare with 0.");
        if constexpr (is_bool) return input<bool>(static_cast<X&&>(x), where);
        else return {};
    }
};

template <class F>
constexpr void check_body() {
    static_assert(std::is_invocable_v<F&>, "alkomp: the body is a callable without parameters: [&] { ... }.");
}

}  // namespace detail

/// What follows an `if_`: `.else_if_(condition, body)` any number of times, and `.else_(body)`.
class If {
public:
    If(const If&) = delete;
    If& operator=(const If&) = delete;
    ~If() {
        if (is_whole_) detail::close_if(depth_, has_else_);
    }

    /// The condition is evaluated only where those before it are false.
    template <class F>
    If&& else_if_(detail::Condition condition, F&& body) && {
        detail::check_body<F>();
        detail::open_if(condition.node, condition.place);
        ++depth_;
        run(body);
        detail::open_else();
        return std::move(*this);
    }
    template <class F>
    void else_(F&& body) && {
        detail::check_body<F>();
        has_else_ = true;
        run(body);
    }

    explicit If(u32 depth) : depth_(depth) {}  ///< for alkomp's own parts

private:
    template <class F>
    void run(F& body) {  // after an exception there is nothing to close
        is_whole_ = false;
        body();
        is_whole_ = true;
    }

    u32 depth_;
    bool has_else_ = false, is_whole_ = true;
};

template <class F>
If if_(detail::Condition condition, F&& body) {
    detail::check_body<F>();
    detail::open_if(condition.node, condition.place);
    body();
    detail::open_else();
    return If(1);
}

/// The cases of a `switch_`: `.case_(1, body)`, `.case_({2, 3}, body)`, `.default_(body)`. None falls through.
class Switch {
public:
    Switch(const Switch&) = delete;
    Switch& operator=(const Switch&) = delete;
    ~Switch() {
        if (is_whole_) detail::close_switch();
    }

    template <class F>
    Switch&& case_(i64 value, F&& body, detail::Place place = {__builtin_FILE(), __builtin_LINE()}) && {
        detail::check_body<F>();
        run(&value, 1, false, body, place);
        return std::move(*this);
    }
    template <class F>
    Switch&& case_(std::initializer_list<i64> values, F&& body,
                   detail::Place place = {__builtin_FILE(), __builtin_LINE()}) && {
        detail::check_body<F>();
        run(values.begin(), static_cast<u32>(values.size()), false, body, place);
        return std::move(*this);
    }
    template <class F>
    Switch&& default_(F&& body, detail::Place place = {__builtin_FILE(), __builtin_LINE()}) && {
        detail::check_body<F>();
        run(nullptr, 0, true, body, place);
        return std::move(*this);
    }

    explicit Switch(const detail::Index& selector) {  ///< for alkomp's own parts
        detail::open_switch(selector.node, selector.place);
    }

private:
    template <class F>
    void run(const i64* values, u32 count, bool is_default, F& body, detail::Place place) {
        is_whole_ = false;
        detail::add_case(values, count, is_default, body, place);
        is_whole_ = true;
    }

    bool is_whole_ = true;
};

inline Switch switch_(detail::Index selector) { return Switch(selector); }

/// Repeats the body while the condition, evaluated before each time, is true.
template <class C, class F>
void while_(C&& condition, F&& body, detail::Place place = {__builtin_FILE(), __builtin_LINE()}) {
    detail::check_body<F>();
    if constexpr (std::is_invocable_v<C&>) {
        auto evaluate = [&](detail::Node) { return detail::Condition(condition(), place).node; };
        detail::while_loop(evaluate, body, place);
    } else {
        static_assert(
            std::is_same_v<std::remove_const_t<C>, Var<bool>&> || std::is_same_v<std::remove_cvref_t<C>, Var<bool>>,
            "alkomp: this value is computed once: write while_([&] { return condition; }, body).");
        auto evaluate = [&](detail::Node) { return condition.read(place); };
        detail::while_loop(evaluate, body, place);
    }
}

/// Runs the body, and again while the condition, evaluated after each time, is true.
template <class F, class C>
void do_while_(F&& body, C&& condition, detail::Place place = {__builtin_FILE(), __builtin_LINE()}) {
    detail::check_body<F>();
    static_assert(std::is_invocable_v<C&>,
                  "alkomp: this value is computed once: write do_while_(body, [&] { return condition; }).");
    auto evaluate = [&](detail::Node) { return detail::Condition(condition(), place).node; };
    detail::do_while_loop(body, evaluate, place);
}

/// The numbers that a `for_` runs over: from `first`, by `step`, as long as they are before `end`.
template <class T>
struct Range {
    detail::Node first, end, step;
    detail::Place place;
};
/// The same of numbers of the host, whose type the body's parameter decides.
template <class T>
struct HostRange {
    T first, end, step;
    detail::Place place;
};

template <class First, class End, class Step = int>
[[nodiscard]] auto range(First&& first, End&& end, Step&& step = 1,
                         detail::Place place = {__builtin_FILE(), __builtin_LINE()}) {
    if constexpr (!detail::DeviceValue<First> && !detail::DeviceValue<End> && !detail::DeviceValue<Step>) {
        using T = std::common_type_t<std::remove_cvref_t<First>, std::remove_cvref_t<End>>;
        static_assert(std::is_integral_v<T>, "alkomp: a range is of integers.");
        return HostRange<T>{static_cast<T>(first), static_cast<T>(end), static_cast<T>(step), place};
    } else {
        using T =
            detail::Common<std::conditional_t<detail::DeviceValue<First> || detail::DeviceValue<End>, First, Step>,
                           std::conditional_t<detail::DeviceValue<First> || detail::DeviceValue<End>, End, Step>>;
        static_assert(detail::Number<T> && detail::is_integer(detail::kScalar<T>),
                      "alkomp: a range is of integers of one type: convert one with Val<T>(x).");
        return Range<T>{detail::input<T>(std::forward<First>(first), place),
                        detail::input<T>(std::forward<End>(end), place),
                        detail::Assigned<T>(std::forward<Step>(step), place).node, place};
    }
}
/// From 0.
template <class End>
[[nodiscard]] auto range(End&& end, detail::Place place = {__builtin_FILE(), __builtin_LINE()}) {
    return range(detail::ValueOf<End>{}, std::forward<End>(end), 1, place);
}

namespace detail {

template <class F>
struct LoopParameter {
    using type = void;  ///< a generic body takes what the range has
};
template <class C, class R, class P>
struct LoopParameter<R (C::*)(P) const> {
    using type = ValueOf<P>;
};
template <class C, class R, class P>
struct LoopParameter<R (C::*)(P)> {
    using type = ValueOf<P>;
};
template <class F, class = void>
struct BodyParameter : LoopParameter<void> {};
template <class F>
struct BodyParameter<F, std::void_t<decltype(&F::operator())>> : LoopParameter<decltype(&F::operator())> {};

template <class T, class F>
void run_for(const Range<T>& numbers, F& body) {
    auto once = [&](Node at) {
        if constexpr (std::is_invocable_v<F&, Var<T>>) body(Var<T>(Val<T>(at), numbers.place));
        else body(Val<T>(at));
        return Node();
    };
    for_loop(numbers.first, numbers.end, numbers.step, once, numbers.place);
}

}  // namespace detail

/// Repeats the body for each number of a range, which it takes as a Var or Val of its own.
template <class R, class F>
void for_(const Range<R>& numbers, F&& body) {
    using P = typename detail::BodyParameter<std::remove_cvref_t<F>>::type;
    using T = std::conditional_t<std::is_void_v<P>, R, P>;
    static_assert(detail::Implicit<Val<R>, T>, "alkomp: the body's number is of another type than the range's.");
    const auto as = [&](detail::Node node) { return detail::input<T>(Val<R>(node), numbers.place); };
    detail::run_for(Range<T>{as(numbers.first), as(numbers.end), as(numbers.step), numbers.place}, body);
}
template <class R, class F>
void for_(const HostRange<R>& numbers, F&& body) {
    using P = typename detail::BodyParameter<std::remove_cvref_t<F>>::type;
    using T = std::conditional_t<std::is_void_v<P>, R, P>;
    const auto as = [&](R number) { return detail::input<T>(number, numbers.place); };
    detail::run_for(Range<T>{as(numbers.first), as(numbers.end), as(numbers.step), numbers.place}, body);
}

/// Leaves the innermost loop or switch.
inline void break_(detail::Place place = {__builtin_FILE(), __builtin_LINE()}) { detail::leave_construct(place); }
/// Goes on with the innermost loop's next time.
inline void continue_(detail::Place place = {__builtin_FILE(), __builtin_LINE()}) { detail::next_iteration(place); }
/// Leaves the kernel, or the `function` that it is in.
inline void return_(detail::Place place = {__builtin_FILE(), __builtin_LINE()}) {
    detail::leave_function(nullptr, place);
}

}  // namespace alkomp
