// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/merge_buffers.h"

#include <algorithm>

namespace alkomp::ir {
namespace {

Global* find_buffer(Module& module, u32 set, u32 binding) {
    const auto found = std::find_if(module.globals.begin(), module.globals.end(), [&](const Global& global) {
        return global.value != ValueId::none && global.kind == Global::Kind::storage && global.set == set &&
               global.binding == binding;
    });
    return found == module.globals.end() ? nullptr : &*found;
}

/// Whether what leads into one leads into the other. Below the block the types are the same ones: text has them by name.
bool agree(const Module& module, TypeId a, TypeId b) {
    if (a == b) return true;
    const Type& x = module.types[a];
    const Type& y = module.types[b];
    if (x.kind != Type::Kind::structure || y.kind != Type::Kind::structure || x.size_bytes != y.size_bytes)
        return false;
    return std::equal(x.members.begin(), x.members.end(), y.members.begin(), y.members.end(),
                      [](const Type::Member& of_a, const Type::Member& of_b) {
                          return of_a.type == of_b.type && of_a.offset_bytes == of_b.offset_bytes;
                      });
}

}  // namespace

bool merge_buffers(Module& module, std::span<const BufferUse> uses) {
    const auto is_first = [](const BufferUse& use) {
        return use.set == use.first_set && use.binding == use.first_binding;
    };
    for (const BufferUse& use : uses) {
        const Global* buffer = find_buffer(module, use.set, use.binding);
        const Global* first = find_buffer(module, use.first_set, use.first_binding);
        if (buffer == nullptr || first == nullptr || !agree(module, buffer->type, first->type)) return false;
    }
    for (const BufferUse& use : uses) {
        Global& buffer = *find_buffer(module, use.set, use.binding);
        if (is_first(use)) {
            buffer.writes = buffer.writes || use.written;
            continue;
        }
        Global& first = *find_buffer(module, use.first_set, use.first_binding);
        first.reads = first.reads || buffer.reads;
        first.coherent = first.coherent || buffer.coherent;
        first.aliased = first.aliased || buffer.aliased;
        buffer.reads = true;
        buffer.writes = false;
        std::replace(module.operand_pool.begin(), module.operand_pool.end(), buffer.value, first.value);
    }
    return true;
}

}  // namespace alkomp::ir
