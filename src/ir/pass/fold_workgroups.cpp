// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/fold_workgroups.h"

#include "ir/pass/edit.h"
#include "ir/pass/rebuild.h"

#include <array>

namespace alkomp::ir {
namespace {

class Fold final : public Rebuild {
public:
    /// `guard`: an instruction at the begin of the kernel that nobody needs.
    Fold(const Module& from, InstructionId guard, u32 offset_bytes)
        : Rebuild(from), guard_(guard), vector_(to_.types.vector(Scalar::u32, 3)) {
        for (u32 i = 0; i < 3; ++i) {
            Global count;
            count.kind = Global::Kind::scalar;
            count.name = to_.string(std::string("workgroups_") + "xyz"[i]);
            count.type = u32_;
            count.writes = false;
            count.offset_bytes = offset_bytes + 4 * i;
            counts_[i] = to_.add_global(count);
        }
    }

private:
    void make(InstructionId id) override {
        if (id == guard_) return leave_beyond();
        if (from_[id].op != Op::builtin) return copy(id);
        switch (static_cast<Builtin>(from_.immediates(from_[id])[0])) {
            case Builtin::workgroup_id:
                return define(result(id), workgroup_id());
            case Builtin::workgroup_count:
                return define(result(id), build_.emit(Op::compose, counts(), {}, vector_));
            case Builtin::global_id: {
                const ValueId first = build_.emit(Op::mul, {workgroup_id(), build_.builtin(Builtin::workgroup_size)});
                return define(result(id), build_.emit(Op::add, {first, build_.builtin(Builtin::local_id)}));
            }
            default:
                return copy(id);
        }
    }

    std::array<ValueId, 3> counts() {
        std::array<ValueId, 3> loaded;
        for (std::size_t i = 0; i < 3; ++i) loaded[i] = build_.load(counts_[i]);
        return loaded;
    }
    /// The place in the grid.
    ValueId number_in_grid() {
        const ValueId at = build_.builtin(Builtin::workgroup_id), grid = build_.builtin(Builtin::workgroup_count);
        const ValueId rows = build_.emit(Op::mul, {part(at, 2), part(grid, 1)});
        const ValueId row = build_.emit(Op::add, {rows, part(at, 1)});
        return build_.emit(Op::add, {build_.emit(Op::mul, {row, part(grid, 0)}), part(at, 0)});
    }
    ValueId workgroup_id() {
        const ValueId number = number_in_grid();
        const auto [x, y, z] = counts();
        const ValueId row = build_.emit(Op::div, {number, x});
        const std::array<ValueId, 3> parts{build_.emit(Op::rem, {number, x}), build_.emit(Op::rem, {row, y}),
                                           build_.emit(Op::div, {row, y})};
        return compose(vector_, parts);
    }
    void leave_beyond() {
        const ValueId number = number_in_grid();
        const auto [x, y, z] = counts();
        const ValueId all = build_.emit(Op::mul, {build_.emit(Op::mul, {x, y}), z});
        const InstructionId choice = build_.open_if(build_.emit(Op::ge, {number, all}));
        static_cast<void>(build_.open_region());
        build_.return_();
        build_.close_region();
        static_cast<void>(build_.open_region());
        build_.exit(choice);
        build_.close_region();
        build_.close_construct();
    }

    InstructionId guard_;
    TypeId vector_;
    std::array<ValueId, 3> counts_;
};

}  // namespace

void fold_workgroups(Module& module, u32 offset_bytes) {
    const RegionId body = module[module.kernel].body;
    const std::array<u32, 1> what{static_cast<u32>(Builtin::workgroup_id)};
    const std::array<TypeId, 1> type{module.types.vector(Scalar::u32, 3)};
    const InstructionId guard = new_instruction(module, module[body].body.front(), Op::builtin, body, {}, what, type);
    module[body].body.insert(module[body].body.begin(), guard);
    module = Fold(module, guard, offset_bytes).run();
}

}  // namespace alkomp::ir
