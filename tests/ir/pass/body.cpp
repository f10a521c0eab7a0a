// SPDX-License-Identifier: MIT OR Apache-2.0
#include "pass/body.h"

#include "ir/parse.h"
#include "ir/print.h"
#include "ir/verify.h"

namespace alkomp::testing {
namespace {

const std::string kHead = R"(module "test"
struct Record size 32 {
    a: u32 offset 0,
    b: f32x4 offset 16,
}
storage %in: u32[] set 0 binding 0 readonly
storage %out: u32[] set 0 binding 1
storage %data: Record[] set 0 binding 2
scalar %n: u32 offset 0

function @use(%place: ptr<local, u32>) {
    store %place, 1
    return
}

kernel @main() workgroup_size(64, 1, 1) {
)";

}  // namespace

ir::Module module_of(const std::string& body) {
    ir::Module module = ir::parse(kHead + body + "}\n", "test.ir");
    ir::verify(module);
    return module;
}

std::string after(void (*pass)(ir::Module&), const std::string& body) {
    ir::Module module = module_of(body);
    pass(module);
    ir::verify(module);
    const std::string text = ir::print(module);
    const std::size_t kernel = text.find("kernel @main"), begin = text.find('\n', kernel) + 1;
    return '\n' + text.substr(begin, text.rfind('}') - begin);
}

}  // namespace alkomp::testing
