// SPDX-License-Identifier: MIT OR Apache-2.0
// Control flow that happens on the device. What a host's `if` or `for` decides is decided when the kernel is recorded.
#pragma once

#include "alkomp/lang/assignment.h"

namespace alkomp {
namespace detail {

/// A condition: a bool of the device, or of the host.
struct Condition : Input {
    template <class X>
    Condition(X&& x, Place where = {})  // NOLINT: a conversion
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
void run_body(F& body) {
    constexpr bool is_callable = std::is_invocable_v<F&>;
    static_assert(is_callable, "alkomp: the body is a callable without parameters: [&] { ... }.");
    if constexpr (is_callable) body();
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
        detail::open_if(condition.node, condition.place);
        ++depth_;
        run(body);
        detail::open_else();
        return std::move(*this);
    }
    template <class F>
    void else_(F&& body) && {
        has_else_ = true;
        run(body);
    }

    explicit If(u32 depth) : depth_(depth) {}  ///< for alkomp's own parts

private:
    template <class F>
    void run(F& body) {  // after an exception there is nothing to close
        is_whole_ = false;
        detail::run_body(body);
        is_whole_ = true;
    }

    u32 depth_;
    bool has_else_ = false, is_whole_ = true;
};

template <class F>
If if_(detail::Condition condition, F&& body) {
    detail::open_if(condition.node, condition.place);
    detail::run_body(body);
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
    Switch&& case_(i64 value, F&& body, detail::Place place = {}) && {
        run(&value, 1, false, body, place);
        return std::move(*this);
    }
    template <class F>
    Switch&& case_(std::initializer_list<i64> values, F&& body, detail::Place place = {}) && {
        run(values.begin(), static_cast<u32>(values.size()), false, body, place);
        return std::move(*this);
    }
    template <class F>
    Switch&& default_(F&& body, detail::Place place = {}) && {
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
        auto once = [&] { detail::run_body(body); };
        detail::add_case(values, count, is_default, once, place);
        is_whole_ = true;
    }

    bool is_whole_ = true;
};

inline Switch switch_(detail::Index selector) { return Switch(selector); }

/// Repeats the body while the condition, evaluated before each time, is true.
template <class C, class F>
void while_(C&& condition, F&& body, detail::Place place = {}) {
    auto once = [&] { detail::run_body(body); };
    if constexpr (std::is_invocable_v<C&>) {
        auto evaluate = [&](detail::Node) { return detail::Condition(condition(), place).node; };
        detail::while_loop(evaluate, once, place);
    } else {
        constexpr bool is_variable = std::is_same_v<std::remove_cvref_t<C>, Var<bool>>;
        static_assert(is_variable, "alkomp: computed once: write while_([&] { return condition; }, body).");
        auto evaluate = [&](detail::Node) {
            if constexpr (detail::DeviceValue<C>) return condition.read(place);
            else return detail::Node();
        };
        detail::while_loop(evaluate, once, place);
    }
}

/// Runs the body, and again while the condition, evaluated after each time, is true.
template <class F, class C>
void do_while_(F&& body, C&& condition, detail::Place place = {}) {
    constexpr bool is_callable = std::is_invocable_v<C&>;
    static_assert(is_callable, "alkomp: computed once: write do_while_(body, [&] { return condition; }).");
    auto once = [&] { detail::run_body(body); };
    auto evaluate = [&](detail::Node) {
        if constexpr (is_callable) return detail::Condition(condition(), place).node;
        else return detail::Node();
    };
    detail::do_while_loop(once, evaluate, place);
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
[[nodiscard]] auto range(First&& first, End&& end, Step&& step = 1, detail::Place place = {}) {
    if constexpr (!detail::DeviceValue<First> && !detail::DeviceValue<End> && !detail::DeviceValue<Step>) {
        using T = std::common_type_t<std::remove_cvref_t<First>, std::remove_cvref_t<End>>;
        static_assert(std::is_integral_v<T>, "alkomp: a range is of integers.");
        return HostRange<T>{static_cast<T>(first), static_cast<T>(end), static_cast<T>(step), place};
    } else {
        using T =
            detail::Common<std::conditional_t<detail::DeviceValue<First> || detail::DeviceValue<End>, First, Step>,
                           std::conditional_t<detail::DeviceValue<First> || detail::DeviceValue<End>, End, Step>>;
        constexpr bool is_right = detail::Number<T> && detail::is_integer(detail::kScalar<T>);
        static_assert(is_right, "alkomp: a range is of integers of one type: use Val<T>(x).");
        return Range<T>{detail::input<T>(std::forward<First>(first), place),
                        detail::input<T>(std::forward<End>(end), place),
                        detail::Assigned<T>(std::forward<Step>(step), place).node, place};
    }
}
/// From 0.
template <class End>
[[nodiscard]] auto range(End&& end, detail::Place place = {}) {
    return range(detail::ValueOf<End>{}, std::forward<End>(end), 1, place);
}

namespace detail {

/// The parameter of a body; void if it is auto.
template <class F>
struct LoopParameter {
    using type = void;
};
template <class C, class R, class P>
struct LoopParameter<R (C::*)(P) const> {
    using type = std::remove_cvref_t<P>;
};
template <class C, class R, class P>
struct LoopParameter<R (C::*)(P)> : LoopParameter<R (C::*)(P) const> {};
template <class F, class = void>
struct BodyParameter : LoopParameter<void> {};
template <class F>
struct BodyParameter<F, std::void_t<decltype(&F::operator())>> : LoopParameter<decltype(&F::operator())> {};
template <class F>
using BodyParameterOf = typename BodyParameter<std::remove_cvref_t<F>>::type;

template <class T, class F>
void run_for(const Range<T>& numbers, F& body) {
    using Number = std::conditional_t<std::is_same_v<BodyParameterOf<F>, Var<T>>, Var<T>, Val<T>>;
    auto once = [&](Node at) {
        constexpr bool takes_number = std::is_invocable_v<F&, Number>;
        static_assert(takes_number, "alkomp: the body of a for_ takes the number: [&](Val<u32> i) { ... }.");
        if constexpr (takes_number) body(Number(Val<T>(at), numbers.place));
        return Node();
    };
    for_loop(numbers.first, numbers.end, numbers.step, once, numbers.place);
}

}  // namespace detail

/// Repeats the body for each number of a range, which it takes as a Var or Val of its own.
template <class R, class F>
void for_(const Range<R>& numbers, F&& body) {
    using P = detail::ValueOf<detail::BodyParameterOf<F>>;
    using T = std::conditional_t<std::is_void_v<P>, R, P>;
    constexpr bool fits = detail::Implicit<Val<R>, T>;
    static_assert(fits, "alkomp: the body's number is of another type than the range's.");
    const auto as = [&](detail::Node node) { return detail::input<T>(Val<R>(node), numbers.place); };
    detail::run_for(Range<T>{as(numbers.first), as(numbers.end), as(numbers.step), numbers.place}, body);
}
template <class R, class F>
void for_(const HostRange<R>& numbers, F&& body) {
    using P = detail::ValueOf<detail::BodyParameterOf<F>>;
    using T = std::conditional_t<std::is_void_v<P>, R, P>;
    const auto as = [&](R number) { return detail::input<T>(number, numbers.place); };
    detail::run_for(Range<T>{as(numbers.first), as(numbers.end), as(numbers.step), numbers.place}, body);
}

/// Leaves the innermost loop or switch.
inline void break_(detail::Place place = {}) { detail::leave_construct(place); }
/// Goes on with the innermost loop's next time.
inline void continue_(detail::Place place = {}) { detail::next_iteration(place); }
/// Leaves the kernel, or the `function` that it is in.
inline void return_(detail::Place place = {}) { detail::leave_function(nullptr, nullptr, place); }
/// Leaves the `function` that it is in with a value.
template <detail::DeviceValue X>
void return_(X&& value, detail::Place place = {}) {
    using T = detail::ValueOf<X>;
    const detail::Node node = detail::input<T>(std::forward<X>(value), place);
    detail::leave_function(&node, &detail::type_info<T>(), place);
}

}  // namespace alkomp
