// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/lower_returns.h"

#include "ir/pass/edit.h"

#include <algorithm>

namespace alkomp::ir {
namespace {

constexpr std::size_t kMostReturns = 12;

class Returns {
public:
    explicit Returns(Module& module) : module_(module), body_(module[module.kernel].body) {}

    void run() {
        gather(body_, 0);
        if (stays_ || returns_.empty() || returns_.size() > kMostReturns) return;
        const InstructionId last = module_[body_].body.back();
        if (module_[last].op == Op::return_) returns_.push_back(last);
        const InstructionId all =
            new_instruction(module_, last, Op::if_, body_,
                            std::array{module_.constant(module_.types.scalar(Scalar::boolean), 1)}, {}, {});
        const InstructionId end = new_instruction(module_, last, Op::return_, body_, {}, {}, {});
        const RegionId inside = add_region(all), never = add_region(all);
        module_[inside].body = std::exchange(module_[body_].body, {all, end});
        for (const InstructionId id : module_[inside].body) module_[id].region = inside;
        module_[never].body = {new_instruction(module_, last, Op::unreachable, never, {}, {}, {})};
        module_[all].regions = append_to(module_.region_pool, std::span<const RegionId>(std::array{inside, never}));
        for (const InstructionId id : returns_) {
            module_[id].op = Op::exit;
            set_immediates(module_, id, std::array{place(all)});
        }
    }

private:
    void gather(RegionId region, u32 depth) {
        stays_ = stays_ || depth == kDeepestConstruct;  // or there is no room for one more
        for (const InstructionId id : module_[region].body) {
            stays_ = stays_ || module_[id].op == Op::barrier;
            if (module_[id].op == Op::return_ && region != body_) returns_.push_back(id);
            for (const RegionId inner : module_.regions_of(module_[id])) gather(inner, depth + 1);
        }
    }
    RegionId add_region(InstructionId owner) {
        module_.regions.emplace_back().owner = owner;
        return static_cast<RegionId>(module_.regions.size() - 1);
    }

    Module& module_;
    const RegionId body_;
    std::vector<InstructionId> returns_;  // from within constructs
    bool stays_ = false;
};

}  // namespace

void lower_returns(Module& module) { Returns(module).run(); }

}  // namespace alkomp::ir
