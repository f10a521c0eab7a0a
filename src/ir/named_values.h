// SPDX-License-Identifier: MIT OR Apache-2.0
// Values by the names that they have in a text.
#pragma once

#include "ir/module.h"

#include <string_view>
#include <unordered_map>
#include <vector>

namespace alkomp::ir {

/// Names that are numbers, most of a long text's, stand in a table: a map of them all does not fit into a cache.
/// The text must outlive it.
class NamedValues {
public:
    /// False if the name is there already.
    bool add(std::string_view name, ValueId id) {
        const std::size_t number = number_in(name);
        if (number >= numbered_.size() + kMostSkipped) return named_.emplace(name, id).second;
        if (number >= numbered_.size()) numbered_.resize(number + 1, ValueId::none);
        if (numbered_[number] != ValueId::none || (!named_.empty() && named_.contains(name))) return false;
        numbered_[number] = id;
        return true;
    }
    /// None if it is not there.
    [[nodiscard]] ValueId find(std::string_view name) const {
        const std::size_t number = number_in(name);
        if (number < numbered_.size() && numbered_[number] != ValueId::none) return numbered_[number];
        const auto found = named_.find(name);
        return found == named_.end() ? ValueId::none : found->second;
    }
    void clear() {
        numbered_.clear();
        named_.clear();
    }

private:
    static constexpr std::size_t kMostSkipped = 4096;

    /// So large that no table has it, where the name is none as `print` writes them.
    static std::size_t number_in(std::string_view name) {
        constexpr std::size_t kMostDigits = 9, kNone = ~std::size_t{0} - kMostSkipped;
        if (name.empty() || name.size() > kMostDigits || (name[0] == '0' && name.size() > 1)) return kNone;
        std::size_t number = 0;
        for (const char c : name) {
            if (c < '0' || c > '9') return kNone;
            number = number * 10 + static_cast<std::size_t>(c - '0');
        }
        return number;
    }

    std::vector<ValueId> numbered_;
    std::unordered_map<std::string_view, ValueId> named_;
};

}  // namespace alkomp::ir
