// SPDX-License-Identifier: MIT OR Apache-2.0
// Functions that stay functions: recorded once for the types of their parameters, and called.
#pragma once

#include "alkomp/lang/control.h"

#include <string>

namespace alkomp {
namespace detail {

template <class R>
struct ResultOf {
    static constexpr bool is_device = std::is_void_v<R> || DeviceValue<R>;
    static_assert(is_device, "alkomp: a function returns a Val or nothing.");
    static constexpr bool is_value = !DeviceTypeOf<R>::is_ref;
    static_assert(is_value, "alkomp: a function returns a Val: a place in memory is no value.");
    using type = ValueOf<R>;
};
template <class P>
struct ParameterOf {
    static constexpr bool is_device = DeviceValue<P>;
    static_assert(is_device, "alkomp: a function takes Val<T> and Var<T>, and captures the rest.");
    static constexpr bool is_value = !std::is_lvalue_reference_v<P> || std::is_const_v<std::remove_reference_t<P>>;
    static_assert(is_value, "alkomp: a function takes values, no references to the caller's variables.");
    using type = ValueOf<P>;
};

template <class F, class... T, std::size_t... At>
auto call_function(const F& f, u32 function, std::string_view name, Place place, const Node* arguments,
                   std::index_sequence<At...>) {
    using R = std::invoke_result_t<const F&, Val<T>...>;
    using Result = typename ResultOf<R>::type;
    const TypeInfo* const types[]{&type_info<T>()..., nullptr};
    CallSite site{function, name, types, nullptr, sizeof...(T), place};
    if constexpr (std::is_void_v<R>) {
        auto body = [&](const Node* parameters) {
            f(Val<T>(parameters[At])...);
            return Node();
        };
        call(site, arguments, body);
    } else {
        auto body = [&](const Node* parameters) { return input<Result>(f(Val<T>(parameters[At])...), kNowhere); };
        site.result = &type_info<Result>();
        return Val<Result>(call(site, arguments, body));
    }
}

/// What the parameters of a function are: given by its type, or, where one is auto, by the arguments.
template <class F, class Signature>
class CallableBase;
template <class F, class C, class R, class... P>
class CallableBase<F, R (C::*)(P...) const> {
public:
    auto operator()(Assigned<typename ParameterOf<P>::type>... arguments) const {
        const Node nodes[]{arguments.node..., Node()};
        const Place places[]{arguments.place..., kNowhere};
        return call_function<F, typename ParameterOf<P>::type...>(f_, id_, name_, places[0], nodes,
                                                                  std::index_sequence_for<P...>());
    }
    CallableBase(F f, std::string name) : f_(std::move(f)), name_(std::move(name)) {}

private:
    F f_;
    std::string name_;
    u32 id_ = next_function();
};
template <class F>
class CallableBase<F, void> {
public:
    template <class... A>
    auto operator()(A&&... arguments) const {
        const Node nodes[]{input<ValueOf<A>>(std::forward<A>(arguments), kNowhere)..., Node()};
        return call_function<F, ValueOf<A>...>(f_, id_, name_, kNowhere, nodes, std::index_sequence_for<A...>());
    }
    CallableBase(F f, std::string name) : f_(std::move(f)), name_(std::move(name)) {}

private:
    F f_;
    std::string name_;
    u32 id_ = next_function();
};

template <class F, class = void>
struct SignatureOf {
    using type = void;
};
template <class F>
struct SignatureOf<F, std::void_t<decltype(&F::operator())>> {
    using type = decltype(&F::operator());
};

}  // namespace detail

/// A function of the device. A copy is the same function.
template <class F>
class Function : public detail::CallableBase<F, typename detail::SignatureOf<F>::type> {
public:
    using detail::CallableBase<F, typename detail::SignatureOf<F>::type>::CallableBase;
};

/// Makes `f` a function that kernels call instead of having a copy of it at each place: `auto g = function(f); g(x)`.
/// It is recorded at the first call in a kernel with these types; values of the kernel come as arguments, never
/// captured.
template <class F>
[[nodiscard]] auto function(F f, std::string name = {}) {
    return Function<F>(std::move(f), std::move(name));
}

}  // namespace alkomp
