// SPDX-License-Identifier: MIT OR Apache-2.0
#include "support/reduce.h"

#include "ir/parse.h"
#include "ir/print.h"
#include "ir/verify.h"

#include <algorithm>
#include <exception>
#include <optional>

namespace alkomp::testing {
namespace {

using ir::InstructionId;
using ir::Module;
using ir::Op;
using ir::ValueId;
using Kind = ir::Type::Kind;

void replace(Module& module, ValueId from, ValueId to) {
    std::replace(module.operand_pool.begin(), module.operand_pool.end(), from, to);
}

// What may stand for a value that is dropped.
std::optional<ValueId> stand_in(Module& module, ValueId id) {
    if (module.type(id).kind == Kind::pointer) return std::nullopt;
    return module.zero(module.type_of(id));
}

class Reducer {
public:
    Reducer(const Module& module, const std::function<bool(const Module&)>& still_fails, u32 attempts)
        : best_(module), still_fails_(still_fails), attempts_(attempts) {}

    Module run() {
        bool smaller = true;
        while (smaller && attempts_ > 0) {
            smaller = false;
            // Large pieces first, and from the end, where nothing depends on what is dropped.
            for (const bool constructs : {true, false})
                for (u32 i = static_cast<u32>(best_.instructions.size()); i-- > 1;)
                    smaller = shrink(InstructionId{i}, constructs) || smaller;
        }
        return tidy();
    }

private:
    bool keep(Module candidate) {
        if (attempts_ == 0) return false;
        try {
            ir::verify(candidate);
        } catch (const std::exception&) {
            return false;
        }
        --attempts_;
        if (!still_fails_(candidate)) return false;
        best_ = std::move(candidate);
        return true;
    }
    bool shrink(InstructionId id, bool constructs) {
        const ir::Instruction instruction = best_[id];
        if (instruction.region == ir::RegionId::none || ir::has(instruction.op, ir::kTerminator)) return false;
        if (!is_listed(id, instruction)) return false;
        if (ir::has(instruction.op, ir::kConstruct) != constructs) return false;
        return drop(id, instruction) || (constructs && unwrap(id, instruction)) || by_operand(id, instruction);
    }
    bool is_listed(InstructionId id, const ir::Instruction& instruction) const {
        const std::vector<InstructionId>& body = best_[instruction.region].body;
        return std::find(body.begin(), body.end(), id) != body.end();
    }
    static void unlist(Module& module, InstructionId id) {
        std::erase(module[module[id].region].body, id);
        forget(module, id);
    }
    /// So that nothing in it counts as a use.
    static void forget(Module& module, InstructionId id) {
        for (const ir::RegionId region : module.regions_of(module[id]))
            for (const InstructionId inner : module[region].body) forget(module, inner);
        for (ValueId& operand : module.operands(module[id])) operand = ValueId::none;
        module[id].region = ir::RegionId::none;
        module[id].operands = {};
        module[id].regions = {};
    }
    bool drop(InstructionId id, const ir::Instruction& instruction) {
        Module candidate = best_;
        unlist(candidate, id);
        for (u32 k = 0; k < instruction.results.count; ++k) {
            const ValueId result = candidate.result(instruction, k);
            const bool is_used = std::find(candidate.operand_pool.begin(), candidate.operand_pool.end(), result) !=
                                 candidate.operand_pool.end();
            const std::optional<ValueId> other = is_used ? stand_in(candidate, result) : result;
            if (!other) return false;
            replace(candidate, result, *other);
        }
        return keep(std::move(candidate));
    }
    /// One region, all of whose ways out lead behind the construct, in the place of an `if` or `switch`.
    bool unwrap(InstructionId id, const ir::Instruction& instruction) {
        if (instruction.op == Op::loop) return false;
        for (const ir::RegionId inner : best_.regions_of(instruction)) {
            const std::vector<InstructionId> body = best_[inner].body;
            const ir::Instruction& last = best_[body.back()];
            if (!best_[inner].parameters.empty() || last.op != Op::exit || best_.target(last) != id) continue;
            Module candidate = best_;
            for (u32 k = 0; k < instruction.results.count; ++k)
                replace(candidate, candidate.result(instruction, k), candidate.operands(last)[k]);
            std::vector<InstructionId>& outer = candidate[instruction.region].body;
            auto at = outer.erase(std::find(outer.begin(), outer.end(), id));
            at = outer.insert(at, body.begin(), body.end() - 1);
            for (const InstructionId moved : body) candidate[moved].region = instruction.region;
            candidate[id].region = candidate[body.back()].region = ir::RegionId::none;
            if (keep(std::move(candidate))) return true;
        }
        return false;
    }
    /// An operand of the same type in the place of the result.
    bool by_operand(InstructionId id, const ir::Instruction& instruction) {
        if (instruction.results.count != 1) return false;
        const ValueId result = best_.result(instruction);
        for (const ValueId operand : best_.operands(instruction)) {
            if (best_.type_of(operand) != best_.type_of(result)) continue;
            Module candidate = best_;
            replace(candidate, result, operand);
            unlist(candidate, id);
            if (keep(std::move(candidate))) return true;
        }
        return false;
    }
    /// Without what no region lists.
    Module tidy() const {
        const std::string text = ir::print(best_);
        return ir::parse(text, "reduced.ir");
    }

    Module best_;
    const std::function<bool(const Module&)>& still_fails_;
    u32 attempts_;
};

}  // namespace

ir::Module reduced(const ir::Module& module, const std::function<bool(const ir::Module&)>& still_fails,
                   u32 most_attempts) {
    return Reducer(module, still_fails, most_attempts).run();
}

}  // namespace alkomp::testing
