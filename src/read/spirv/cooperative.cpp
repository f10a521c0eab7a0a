// SPDX-License-Identifier: MIT OR Apache-2.0
// Cooperative matrices (SPV_KHR_cooperative_matrix).
#include "read/spirv/reader.h"

namespace alkomp::read {
namespace {

/// Of the operands literal of OpCooperativeMatrixMulAddKHR.
constexpr u32 kSignedA = 1, kSignedB = 2, kSignedC = 4, kSignedResult = 8, kSaturating = 16;

}  // namespace

u32 Reader::matrix_layout(Id id) const {
    const u32 layout = known(id, "the layout");
    if (layout > static_cast<u32>(ir::MatrixLayout::column_major))
        unsupported("the layout " + std::to_string(layout) + " is not taken; rows and columns are.");
    return layout;  // the IR numbers them alike
}

void Reader::cooperative(const Inst& inst) {
    switch (inst.op()) {
        case Op::CooperativeMatrixLoadKHR: {
            const Access how = access(inst, 6, inst[3]);
            if (inst.size() < 6) fail("the stride is missing.");
            return define(inst, make(ir::Op::matrix_load, {place(inst[3]), value(inst[5])}, {matrix_layout(inst[4])},
                                     type(inst[1]), how.flags));
        }
        case Op::CooperativeMatrixStoreKHR: {
            const Access how = access(inst, 5, inst[1]);
            if (inst.size() < 5) fail("the stride is missing.");
            return effect(ir::Op::matrix_store, {place(inst[1]), value(inst[2]), value(inst[4])},
                          {matrix_layout(inst[3])}, how.flags);
        }
        case Op::CooperativeMatrixMulAddKHR: {
            const u32 how = inst.size() > 6 ? inst[6] : 0;
            if ((how & ~(kSignedA | kSignedB | kSignedC | kSignedResult | kSaturating)) != 0)
                unsupported("its operands are not understood.");
            // Signs are those of the elements in the IR.
            const auto operand = [&](Id id, u32 bit) {
                const ValueId given = value(id);
                if (!types().is_integer(type_of(given))) return given;
                return as(given, with_sign(type_of(given), (how & bit) != 0));
            };
            if (((how & kSignedC) != 0) != ((how & kSignedResult) != 0) && types().is_integer(type(inst[1])))
                unsupported("the sum and the result differ in signs.");
            return define(inst,
                          make(ir::Op::matrix_multiply_add,
                               {operand(inst[3], kSignedA), operand(inst[4], kSignedB), operand(inst[5], kSignedC)},
                               {(how & kSaturating) != 0 ? 1u : 0u}));
        }
        default:  // CooperativeMatrixLengthKHR
            return define(inst, make(ir::Op::matrix_length, {}, {static_cast<u32>(type(inst[3]))}, u32_type()));
    }
}

}  // namespace alkomp::read
