// SPDX-License-Identifier: MIT OR Apache-2.0
// What a kernel has from outside: buffers, scalars, shared memory, and where its invocation is.
#include "emit/wgsl/emitter.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>

namespace alkomp::emit::wg {
namespace {

using Kind = ir::Global::Kind;

bool is_buffer(const ir::Global& global) {
    return global.value != ir::ValueId::none && (global.kind == Kind::storage || global.kind == Kind::uniform);
}

struct Input {
    std::string_view name, attribute, type;
};

/// By ir::Builtin, as far as WGSL has them.
constexpr std::array<Input, 10> kInputs{{{"global_id", "global_invocation_id", "vec3u"},
                                         {"local_id", "local_invocation_id", "vec3u"},
                                         {"workgroup_id", "workgroup_id", "vec3u"},
                                         {"workgroup_count", "num_workgroups", "vec3u"},
                                         {"", "", ""},  // the workgroup's size is a constant
                                         {"local_index", "local_invocation_index", "u32"},
                                         {"subgroup_size", "subgroup_size", "u32"},
                                         {"lane", "subgroup_invocation_id", "u32"},
                                         {"subgroup_id", "subgroup_id", "u32"},
                                         {"subgroup_count", "num_subgroups", "u32"}}};

}  // namespace

/// Its place among the buffers, in the order in which calls give them.
u32 Emitter::binding_of(const ir::Global& global) const {
    u32 before = 0;
    for (const ir::Global& other : module_.globals) {
        if (!is_buffer(other)) continue;
        if (std::tie(other.set, other.binding) < std::tie(global.set, global.binding)) ++before;
        if (&other != &global && other.set == global.set && other.binding == global.binding)
            unsupported("\"" + module_.text(global.name) + "\" and \"" + module_.text(other.name) +
                        "\" are one binding of two types, which WGSL has not.");
    }
    return before;
}

void Emitter::declare_globals() {
    // By the numbers of the bindings, then what is not bound.
    std::vector<std::pair<u32, const ir::Global*>> buffers;
    for (const ir::Global& global : module_.globals)
        if (is_buffer(global)) buffers.emplace_back(binding_of(global), &global);
    std::sort(buffers.begin(), buffers.end());
    for (const auto& [binding, global] : buffers) {
        const std::string name = names_.unique(module_.text(global->name));
        const std::set<Path>& atomics = atomics_of(global->value);
        const bool writes = global->writes || !atomics.empty();
        const std::string space = global->kind == Kind::uniform ? "uniform"
                                  : writes                      ? "storage, read_write"
                                                                : "storage";
        globals_.push_back("@group(0) @binding(" + std::to_string(binding) + ") var<" + space + "> " + name + ": " +
                           type(global->type, atomics, true) + ';');
        held(global->value).text = {name};
        held(global->value).root = global->value;
    }
    declare_scalars();
    for (const ir::Global& global : module_.globals) {
        if (global.kind != Kind::shared && global.kind != Kind::local) continue;
        if (global.kind == Kind::shared && global.aliased) unsupported("WGSL has no shared memory with several types.");
        const std::string name = names_.unique(module_.text(global.name));
        std::string text = global.kind == Kind::shared ? "var<workgroup> " : "var<private> ";
        text += name + ": " + type(global.type, atomics_of(global.value), false);
        if (global.initial != ir::ValueId::none) {
            if (is_odd(global.initial)) first_values_.emplace_back(name, global.initial);
            else text += " = " + constant(global.initial).text;
        }
        globals_.push_back(text + ';');
        held(global.value).text = {name};
        held(global.value).root = global.value;
    }
}

/// One structure with a member for each, at its offset.
void Emitter::declare_scalars() {
    std::vector<const ir::Global*> scalars;
    u32 bindings = 0;
    for (const ir::Global& global : module_.globals) {
        if (global.kind == Kind::scalar) scalars.push_back(&global);
        if (is_buffer(global)) ++bindings;
    }
    if (scalars.empty() && !needs_zero_ && counted_.empty()) return;
    std::sort(scalars.begin(), scalars.end(),
              [](const auto* a, const auto* b) { return a->offset_bytes < b->offset_bytes; });
    const std::string structure = names_.unique("Scalars"), variable = names_.unique("scalars");
    std::string text = "struct " + structure + " {";
    Names members;
    u32 end = 0, pads = 0;
    for (const ir::Global* global : scalars) {
        const u32 align = alignment(global->type);
        for (u32 natural = (end + align - 1) / align * align; natural < global->offset_bytes; end += 4) {
            text += "\n    " + members.unique("pad" + std::to_string(pads++)) + ": u32,";
            natural = (end + 4 + align - 1) / align * align;
        }
        if ((end + align - 1) / align * align != global->offset_bytes)
            unsupported("WGSL has no structure with \"" + module_.text(global->name) + "\" at byte " +
                        std::to_string(global->offset_bytes) + '.');
        const std::string name = members.unique(module_.text(global->name));
        text += "\n    " + name + ": " + type(global->type, {}, true) + ',';
        held(global->value).text = {variable + '.' + name};
        held(global->value).root = global->value;
        end = global->offset_bytes + natural_size(global->type);
    }
    scalar_bytes_ = (end + 3) / 4 * 4;
    // In a uniform what follows a structure begins at the next multiple of 16.
    const bool behind_structure = !scalars.empty() && module_.types.is(scalars.back()->type, ir::Type::Kind::structure);
    if (behind_structure) scalar_bytes_ = (scalar_bytes_ + 15) / 16 * 16;
    std::string align = behind_structure ? "@align(16) " : "";
    if (needs_zero_) {
        const std::string name = members.unique("zero");
        text += "\n    " + std::exchange(align, "") + name + ": u32,";
        zero_ = variable + '.' + name;
        scalar_bytes_ += 4;
    }
    if (!counted_.empty()) {
        // Of all, by their places: so they lie alike in each form of a kernel, whichever buffers it merges.
        std::map<u32, const ir::Global*> places;
        for (const ir::Global& global : module_.globals)
            if (global.kind == Kind::storage && is_buffer(global)) places.emplace(binding_of(global), &global);
        for (const auto& [place, global] : places) {
            const std::string member = members.unique(module_.text(global->name) + "_bytes");
            text += "\n    " + std::exchange(align, "") + member + ": u32,";
            counted_[global->value] = variable + '.' + member;
            byte_counts_.push_back({place, scalar_bytes_});
            scalar_bytes_ += 4;
        }
    }
    structures_.push_back(text + "\n}");
    const bool immediate = scalar_bytes_ <= support_.immediate_bytes;
    globals_.push_back(immediate ? "var<immediate> " + variable + ": " + structure + ';'
                                 : "@group(0) @binding(" + std::to_string(bindings) + ") var<uniform> " + variable +
                                       ": " + structure + ';');
    if (immediate && support_.dialect == WgslSupport::Dialect::chromium) enable("chromium_experimental_immediate");
}

std::string Emitter::input(ir::Builtin which) {
    const Input& about = kInputs[static_cast<std::size_t>(which)];
    std::map<ir::Builtin, std::string>& known = in_kernel_ ? builtins_ : shown_;
    const auto [found, is_new] = known.try_emplace(which);
    if (is_new) {
        found->second = names_.unique(about.name);
        if (!in_kernel_) globals_.push_back("var<private> " + found->second + ": " + std::string(about.type) + ';');
    }
    return found->second;
}

std::string Emitter::input_parameter(ir::Builtin which) const {
    const Input& about = kInputs[static_cast<std::size_t>(which)];
    return "@builtin(" + std::string(about.attribute) + ") " + builtins_.at(which) + ": " + std::string(about.type);
}

Text Emitter::builtin(ir::Builtin which) {
    const bool of_subgroup = which >= ir::Builtin::subgroup_size;
    if (of_subgroup && !support_.subgroups) unsupported("the device's WGSL has no subgroups.");
    if (of_subgroup && support_.dialect != WgslSupport::Dialect::wgpu) enable("subgroups");
    const bool numbered = which == ir::Builtin::subgroup_id || which == ir::Builtin::subgroup_count;
    if (numbered && support_.dialect != WgslSupport::Dialect::wgpu) return {subgroup_number(which)};
    if (which == ir::Builtin::workgroup_size) {
        std::string text = "vec3u(";
        for (const ir::ValueId size : module_.workgroup_size)
            text += (text.back() == '(' ? "" : ", ") + expression(size).text;
        return {text + ')', Level::primary, false, true};
    }
    if (is_flat_ && (which == ir::Builtin::local_id || which == ir::Builtin::global_id)) return {unfolded(which)};
    return {which >= ir::Builtin::subgroup_eq_mask ? subgroup_mask(which) : input(which)};
}

/// naga knows subgroups in workgroups of one dimension alone; places in the others are computed.
std::string Emitter::unfolded(ir::Builtin which) {
    const std::string wanted(kInputs[static_cast<std::size_t>(which)].name);
    const auto [found, is_new] = declared_.try_emplace(wanted);
    if (is_new) {
        found->second = names_.unique(wanted);
        globals_.push_back("var<private> " + found->second + ": vec3u;");
    }
    return found->second;
}

std::vector<std::string> Emitter::unfolding() {
    if (!is_flat_) return {};
    std::vector<std::string> lines;
    const std::string x = std::to_string(size_[0]) + 'u', y = std::to_string(size_[1]) + 'u';
    const std::string index = input(ir::Builtin::local_index);
    const std::string local = "vec3u(" + index + " % " + x + ", " + index + " / " + x + " % " + y + ", " + index +
                              " / " + std::to_string(size_[0] * size_[1]) + "u)";
    if (const auto found = declared_.find("local_id"); found != declared_.end())
        lines.push_back("    " + found->second + " = " + local + ';');
    if (const auto found = declared_.find("global_id"); found != declared_.end())
        lines.push_back("    " + found->second + " = " + input(ir::Builtin::workgroup_id) + " * " +
                        builtin(ir::Builtin::workgroup_size).text + " + " + local + ';');
    return lines;
}

/// Which lanes are this one, or before or behind it, as a ballot has them.
std::string Emitter::subgroup_mask(ir::Builtin which) {
    const std::string below =
        helper("lanes_below",
               "// A bit for each lane before this one.\n"
               "fn $(lane: u32) -> vec4u {\n"
               "    let word = vec4u(lane >> 5u);\n"
               "    let place = vec4u(0u, 1u, 2u, 3u);\n"
               "    let last = vec4u((1u << (lane & 31u)) - 1u);\n"
               "    return select(select(vec4u(), last, place == word), vec4u(4294967295u), place < word);\n"
               "}");
    const std::string lane = input(ir::Builtin::subgroup_lane);
    const std::string before = below + '(' + lane + ')', with = below + '(' + lane + " + 1u)";
    if (which == ir::Builtin::subgroup_lt_mask) return before;
    if (which == ir::Builtin::subgroup_le_mask) return with;
    if (which == ir::Builtin::subgroup_eq_mask) return '(' + with + " & ~" + before + ')';
    const std::string all = below + '(' + input(ir::Builtin::subgroup_size) + ')';
    return '(' + all + " & ~" + (which == ir::Builtin::subgroup_ge_mask ? before : with) + ')';
}

}  // namespace alkomp::emit::wg
