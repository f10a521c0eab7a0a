// SPDX-License-Identifier: MIT OR Apache-2.0
// Python literals, as .npy headers spell their dictionary.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace alkomp::command {

/// None, a bool, a whole number, text, a list or tuple, or a dictionary.
struct Literal {
    struct Sequence {
        bool tuple = false;
        std::vector<Literal> items;
    };
    struct Dictionary {
        std::vector<std::pair<Literal, Literal>> items;
    };
    std::variant<std::monostate, bool, std::int64_t, std::string, Sequence, Dictionary> value;

    template <class T>
    [[nodiscard]] const T* as() const noexcept {
        return std::get_if<T>(&value);
    }
    /// The value under a text key of a dictionary; null when this is none or has no such key.
    [[nodiscard]] const Literal* find(std::string_view key) const noexcept;
};

/// Throws Failure with what is wrong and where.
[[nodiscard]] Literal parse_literal(std::string_view text);

}  // namespace alkomp::command
