// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/narrow_barriers.h"

#include "ir/pass/edit.h"

#include <algorithm>

namespace alkomp::ir {
namespace {

class Narrow {
public:
    explicit Narrow(Module& module)
        : module_(module), roots_(module.values.size()), is_written_(module.globals.size()) {}

    void run() {
        if (std::none_of(module_.instructions.begin(), module_.instructions.end(),
                         [](const Instruction& it) { return it.op == Op::barrier; }))
            return;
        find_written();
        for (u32 i = 1; i < module_.functions.size(); ++i)
            if (FunctionId{i} != module_.kernel) walk(module_.functions[i].body, false);
        calls_access_ = last_access_ != 0;
        barriers_.clear();
        first_access_ = last_access_ = 0;
        walk(module_[module_.kernel].body, false);
        for (const Barrier& barrier : barriers_) {
            const bool before = first_access_ != 0 && first_access_ < barrier.position;
            const bool after = last_access_ > barrier.position;
            if (!(before && after)) module_.immediates(module_[barrier.id])[1] &= ~u32{kStorage};
        }
    }

private:
    struct Barrier {
        InstructionId id;
        u32 position;
    };

    void find_written() {
        for (u32 i = 1; i < module_.globals.size(); ++i) roots_[place(module_.globals[i].value)] = i;
        for (const InstructionId id : in_order(module_)) {
            const Instruction& instruction = module_[id];
            const std::span<const ValueId> operands = module_.operands(instruction);
            if (instruction.op == Op::access || instruction.op == Op::offset)
                roots_[place(module_.result(instruction))] = roots_[place(operands[0])];
            if (!has(instruction.op, kWrites)) continue;
            for (const ValueId operand : operands)
                if (is_into_buffer(operand)) is_written_[roots_[place(operand)]] = true;
        }
    }
    bool is_into_buffer(ValueId id) const {
        const Type& type = module_.type(id);
        return type.kind == Type::Kind::pointer && (type.space == Space::storage || type.space == Space::address);
    }
    /// Where it certainly leads into memory that the kernel does not write.
    bool is_constant(ValueId pointer) const {
        const u32 root = roots_[place(pointer)];
        const Global& global = module_.globals[root];
        if (root == 0 || is_only_read(global)) return root != 0;
        return !global.aliased && !global.coherent && !is_written_[root] && !is_written_[0];
    }
    void walk(RegionId region, bool in_loop) {
        for (const InstructionId id : module_[region].body) {
            const Instruction& instruction = module_[id];
            const u32 position = ++position_;
            if (instruction.op == Op::barrier) barriers_.push_back({id, position});
            if (accesses(instruction)) {
                if (first_access_ == 0) first_access_ = position;
                last_access_ = position;
            }
            const bool is_outermost_loop = instruction.op == Op::loop && !in_loop;
            const std::size_t first_barrier = barriers_.size();
            for (const RegionId inner : module_.regions_of(instruction)) walk(inner, in_loop || is_outermost_loop);
            // Those of a loop that accesses are between accesses: they stay.
            if (is_outermost_loop && last_access_ > position) barriers_.resize(first_barrier);
        }
    }
    /// Whether it may access a buffer that is written too.
    bool accesses(const Instruction& instruction) const {
        if (instruction.op == Op::call) return calls_access_;
        if (!has(instruction.op, kReads) && !has(instruction.op, kWrites)) return false;
        const std::span<const ValueId> operands = module_.operands(instruction);
        return std::any_of(operands.begin(), operands.end(),
                           [&](ValueId operand) { return is_into_buffer(operand) && !is_constant(operand); });
    }

    Module& module_;
    std::vector<u32> roots_;         // by pointer: the global that it leads into; 0: unknown
    std::vector<bool> is_written_;   // by global; 0: through pointers that may lead anywhere
    std::vector<Barrier> barriers_;  // that may not order buffers
    u32 position_ = 0;               // in the order of the text, from 1
    u32 first_access_ = 0, last_access_ = 0;
    bool calls_access_ = false;
};

}  // namespace

void narrow_barriers(Module& module) { Narrow(module).run(); }

}  // namespace alkomp::ir
