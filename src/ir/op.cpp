// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/op.h"

#include <array>
#include <unordered_map>

namespace alkomp::ir {
namespace {

constexpr std::string_view printed(std::string_view name) {
    return name.back() == '_' ? name.substr(0, name.size() - 1) : name;
}

constexpr std::array kTable{
#define OP(name, rule, fewest, most, immediates, traits) OpInfo{printed(#name), Rule::rule, fewest, most, immediates},
#include "ir/op.def"
#undef OP
};

template <class Enum, std::size_t N>
std::string_view name_in(const std::array<std::string_view, N>& names, Enum value) noexcept {
    const auto place = static_cast<std::size_t>(value);
    return place < N ? names[place] : std::string_view();
}

}  // namespace

const OpInfo& info(Op op) noexcept { return kTable[static_cast<std::size_t>(op)]; }

std::optional<Op> find_op(std::string_view name) noexcept {
    static const std::unordered_map<std::string_view, Op> kPlaces = [] {
        std::unordered_map<std::string_view, Op> places;
        for (std::size_t i = 0; i < kTable.size(); ++i) places.emplace(kTable[i].name, static_cast<Op>(i));
        return places;
    }();
    const auto found = kPlaces.find(name);
    if (found == kPlaces.end()) return std::nullopt;
    return found->second;
}

std::string_view to_string(Builtin value) noexcept {
    static constexpr std::array<std::string_view, 15> kNames{
        "global_id",        "local_id",         "workgroup_id",     "workgroup_count",  "workgroup_size",
        "local_index",      "subgroup_size",    "subgroup_lane",    "subgroup_id",      "subgroup_count",
        "subgroup_eq_mask", "subgroup_ge_mask", "subgroup_gt_mask", "subgroup_le_mask", "subgroup_lt_mask"};
    return name_in(kNames, value);
}

std::string_view to_string(Order value) noexcept {
    static constexpr std::array<std::string_view, 4> kNames{"relaxed", "acquire", "release", "acquire_release"};
    return name_in(kNames, value);
}

std::string_view to_string(Combine value) noexcept {
    static constexpr std::array<std::string_view, 7> kNames{"add", "mul", "min", "max", "and", "or", "xor"};
    return name_in(kNames, value);
}

std::string_view to_string(Scan value) noexcept {
    static constexpr std::array<std::string_view, 3> kNames{"reduce", "inclusive", "exclusive"};
    return name_in(kNames, value);
}

std::string_view to_string(MatrixLayout value) noexcept {
    static constexpr std::array<std::string_view, 2> kNames{"row_major", "column_major"};
    return name_in(kNames, value);
}

}  // namespace alkomp::ir
