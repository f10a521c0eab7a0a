// SPDX-License-Identifier: MIT OR Apache-2.0
// Python's arguments of a call as alkomp's, gathered without allocating for the usual few.
#pragma once

#include "buffer.h"
#include "module.h"

#include <array>
#include <cstddef>
#include <list>
#include <memory_resource>
#include <span>
#include <vector>

namespace alkompy {

/// slot(name, value): an argument of a graph that may be replaced before a replay.
struct Slot {
    std::string name;
    nb::object value;
};

/// Borrows from the Python objects that it was given, which have to outlive it.
class Arguments {
public:
    explicit Arguments(const char* function) : function_(function) { list_.reserve(16); }
    Arguments(const Arguments&) = delete;
    Arguments& operator=(const Arguments&) = delete;

    /// A buffer or a scalar; `name` is None for an argument by order.
    void add(nb::handle value, std::string_view name = {}, std::string_view slot = {});
    /// The `groups=` of a call: an int, 1 to 3 ints, a Buffer of counts, or None for one invocation per element.
    void add_groups(nb::handle groups);
    /// Everything of `call(kernel, *positional, groups=..., **named)`.
    void add_call(const nb::args& positional, const nb::kwargs& named);

    [[nodiscard]] std::span<const alkomp::detail::Argument> list() const noexcept { return list_; }

private:
    void add_scalar(alkomp::Scalar scalar, u8 lanes, const void* bytes, std::size_t size_bytes);
    template <class T>
    void add_number(alkomp::Scalar scalar, T value) {
        add_scalar(scalar, 1, &value, sizeof value);
    }
    void add_numpy_scalar(nb::handle value, const alkomp::DType& type);
    void add_integer(nb::handle value);
    bool add_numbers(nb::handle sequence);
    void add_array(nb::handle value);
    [[nodiscard]] std::string place() const;

    const char* function_;
    std::string_view name_, slot_;
    std::array<std::byte, 2048> room_;
    std::pmr::monotonic_buffer_resource memory_{room_.data(), room_.size()};
    std::pmr::vector<alkomp::detail::Argument> list_{&memory_};
    alkomp::Groups groups_;
    std::list<HostView> views_;  ///< of NumPy scalars and small arrays
    std::vector<nb::object> kept_;
};

}  // namespace alkompy
