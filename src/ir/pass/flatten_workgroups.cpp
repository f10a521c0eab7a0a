// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/flatten_workgroups.h"

#include "ir/pass/edit.h"
#include "ir/pass/rebuild.h"

#include <algorithm>
#include <array>
#include <utility>

namespace alkomp::ir {
namespace {

class Flatten : public Rebuild {
public:
    explicit Flatten(const Module& from) : Rebuild(from), id_(to_.types.vector(Scalar::u32, 3)) {}

private:
    ValueId size(u32 axis) const { return to_.workgroup_size[axis]; }
    ValueId sizes() {
        Constant made;
        made.kind = Constant::Kind::composite;
        made.type = id_;
        made.parts = {size(0), size(1), size(2)};
        return to_.constant(std::move(made));
    }
    ValueId local_id() {
        const ValueId index = build_.builtin(Builtin::local_index);
        const ValueId row = emit(Op::div, {index, size(0)}), x = emit(Op::rem, {index, size(0)});
        const ValueId y = emit(Op::rem, {row, size(1)}), z = emit(Op::div, {row, size(1)});
        return compose(id_, std::array{x, y, z});
    }
    void make(InstructionId id) override {
        const Instruction& old = from_[id];
        if (old.op != Op::builtin) return copy(id);
        switch (static_cast<Builtin>(from_.immediates(old)[0])) {
            case Builtin::local_id:
                return define(result(id), local_id());
            case Builtin::workgroup_size:
                return define(result(id), sizes());
            case Builtin::global_id: {
                const ValueId first = emit(Op::mul, {build_.builtin(Builtin::workgroup_id), sizes()});
                return define(result(id), emit(Op::add, {first, local_id()}));
            }
            default:
                return copy(id);
        }
    }

    TypeId id_;
};

}  // namespace

void flatten_workgroups(Module& module) {
    u64 count = 1;
    for (const ValueId size : module.workgroup_size) count *= module.known_bits(size).value_or(1);
    if (module.known_bits(module.workgroup_size[0]) == count) return;
    const std::vector<InstructionId> order = in_order(module);
    const auto asks = [&](InstructionId id) { return asks_subgroup(module, module[id]); };
    if (std::none_of(order.begin(), order.end(), asks)) return;
    Module made = Flatten(module).run();
    made.workgroup_size = {made.index(count), made.index(1), made.index(1)};
    module = std::move(made);
}

}  // namespace alkomp::ir
