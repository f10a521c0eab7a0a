// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/specialize_constants.h"

namespace alkomp::ir {

bool specialize_constants(Module& module, const Specialization& values) {
    bool any = false;
    for (Constant& constant : module.constants) {
        if (constant.kind != Constant::Kind::specialization) continue;
        if (const auto set = values.find(constant.specialization); set != values.end()) constant.bits = set->second;
        if (module.types[constant.type].scalar == Scalar::boolean) constant.bits = constant.bits != 0;
        constant.kind = Constant::Kind::scalar;
        any = true;
    }
    return any;
}

}  // namespace alkomp::ir
