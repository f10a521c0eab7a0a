// SPDX-License-Identifier: MIT OR Apache-2.0
// What one instruction must hold beyond the types of its operands: immediates, flags, and what op.def says in words.
#include "ir/print.h"
#include "ir/verify_parts.h"

#include <algorithm>

namespace alkomp::ir {
namespace {

bool fits(const Module& module, char letter, u32 word) {
    switch (letter) {
        case 'b':
            return word <= static_cast<u32>(Builtin::subgroup_lt_mask);
        case 'o':
            return word <= static_cast<u32>(Order::acquire_release);
        case 's':
            return word <= static_cast<u32>(Scope::device);
        case 'm':
            return (word & ~u32{kStorage | kShared}) == 0;
        case 'c':
            return word <= static_cast<u32>(Combine::bit_xor);
        case 'k':
            return word <= static_cast<u32>(Scan::exclusive);
        case 'x':
            return word <= static_cast<u32>(MatrixLayout::column_major);
        case 'f':
            return word < module.strings.size();
        case 'l':
            return word != 0 && word < module.functions.size();
        case 'y':
            return word != 0 && word < module.types.size();
        case 't':
            return word != 0 && word < module.instructions.size();
        default:
            return true;  // n, r: any number; l, y: their rules look
    }
}

bool is_power_of_two(u32 number) { return number != 0 && (number & (number - 1)) == 0; }

class InstructionCheck {
public:
    InstructionCheck(const Module& module, const Shapes& shapes, InstructionId id)
        : module_(module),
          shapes_(shapes),
          types_(module.types),
          id_(id),
          op_(module[id].op),
          flags_(module[id].flags),
          operands_(module.operands(module[id])),
          immediates_(module.immediates(module[id])) {}

    void run() const {
        check_flags();
        if (has(op_, kAtomic)) check_atomic();
        check_words();
    }

private:
    [[noreturn]] void fail(const std::string& what) const { refuse(module_, id_, what + '.'); }
    const Type& pointee(std::size_t operand) const { return types_[module_.type(operands_[operand]).element]; }
    Space space(std::size_t operand) const { return module_.type(operands_[operand]).space; }

    void check_flags() const {
        if ((flags_ & ~u32{kPrecise | kInbounds | kVolatileAccess | kNonuniform}) != 0) fail("it has an unknown flag");
        const bool is_access = op_ == Op::access || op_ == Op::offset;
        if ((flags_ & (kInbounds | kNonuniform)) != 0 && !is_access)
            fail("the flags inbounds and nonuniform belong to access and offset");
        if ((flags_ & kVolatileAccess) != 0 && !has(op_, kReads | kWrites))
            fail("the flag volatile belongs to accesses to memory");
    }

    void check_atomic() const {
        const auto order = static_cast<Order>(immediates_[0]);
        const bool releases = order == Order::release || order == Order::acquire_release;
        const bool acquires = order == Order::acquire || order == Order::acquire_release;
        if ((op_ == Op::atomic_load && releases) || (op_ == Op::atomic_store && acquires))
            fail("the order is " + std::string(to_string(order)) + ", where relaxed or " +
                 (op_ == Op::atomic_load ? "acquire" : "release") + " is wanted");
        if (space(0) == Space::local)
            fail(name_of(module_, operands_[0]) + " lies in the space local, which no other invocation reaches");
    }

    void check_words() const {
        switch (op_) {
            case Op::barrier:
                return check_scope(Scope::subgroup, Scope::workgroup);
            case Op::clock:
                return check_scope(Scope::subgroup, Scope::device);
            case Op::fence:
                if (static_cast<Order>(immediates_[0]) == Order::relaxed)
                    fail("the order is relaxed, where acquire, release or acquire_release is wanted");
                return;
            case Op::load:
            case Op::store:
                return check_alignment(true);
            case Op::pointer_to:
                return check_alignment(false);
            case Op::offset:
                return check_stride();
            case Op::array_length:
                if (space(0) != Space::storage)
                    fail(name_of(module_, operands_[0]) + " lies in the space " + std::string(to_string(space(0))) +
                         ", where the length of an array is not known");
                return;
            case Op::subgroup_rotate:
                return check_cluster(immediates_[0]);
            case Op::subgroup_reduce:
                return check_cluster(immediates_[1]);
            case Op::subgroup_scan:
                if (static_cast<Scan>(immediates_[1]) == Scan::reduce) fail("it is neither inclusive nor exclusive");
                return;
            case Op::quad_swap:
                if (immediates_[0] > 2)
                    fail("the direction is " + std::to_string(immediates_[0]) + "; 0 to 2 are allowed");
                return;
            case Op::matrix_load:
            case Op::matrix_store:
                return check_matrix_memory();
            case Op::print:
                return check_format(operands_);
            case Op::check:
                return check_format(operands_.subspan(1));
            default:
                return;
        }
    }
    void check_scope(Scope one, Scope other) const {
        const auto scope = static_cast<Scope>(immediates_[0]);
        if (scope != one && scope != other)
            fail("the scope is " + std::string(to_string(scope)) + ", where " + std::string(to_string(one)) + " or " +
                 std::string(to_string(other)) + " is wanted");
    }
    void check_alignment(bool may_be_that_of_type) const {
        const u32 alignment = immediates_[0];
        if ((alignment == 0 && may_be_that_of_type) || is_power_of_two(alignment)) return;
        fail("the alignment is " + std::to_string(alignment) + "; a power of two is wanted");
    }
    void check_stride() const {
        const Shape& element = shapes_[static_cast<u32>(module_.type(operands_[0]).element)];
        const u32 stride = immediates_[0];
        if (stride == 0 ||
            (element.has_layout && stride >= element.size_bytes && stride % element.alignment_bytes == 0))
            return;
        if (!element.has_layout) fail("the stride is " + std::to_string(stride) + ", but the elements have no layout");
        fail("the stride is " + std::to_string(stride) + "; a multiple of " + std::to_string(element.alignment_bytes) +
             " that is not below " + std::to_string(element.size_bytes) + " is wanted");
    }
    void check_cluster(u32 size) const {
        if (size != 0 && !is_power_of_two(size))
            fail("the cluster size is " + std::to_string(size) + "; a power of two is wanted");
    }
    void check_matrix_memory() const {
        const Type& type = pointee(0);
        const bool holds_numbers = type.kind == Type::Kind::scalar || type.kind == Type::Kind::vector;
        if (!holds_numbers || type.scalar == Scalar::boolean)
            fail("it begins at " + to_string(module_, module_.type(operands_[0]).element) +
                 ", where a number or a vector of numbers is wanted");
        const bool is_read_only = space(0) == Space::uniform || space(0) == Space::scalars;
        if (space(0) == Space::local || (is_read_only && op_ == Op::matrix_store))
            fail(name_of(module_, operands_[0]) + " lies in the space " + std::string(to_string(space(0))) +
                 "; storage, shared or address is wanted");
    }
    void check_format(std::span<const ValueId> shown) const {
        const std::string& format = module_.strings[immediates_[0]];
        std::size_t places = 0;
        for (std::size_t at = format.find("{}"); at != std::string::npos; at = format.find("{}", at + 2)) ++places;
        if (places != shown.size())
            fail("the text has " + std::to_string(places) + " places, " + std::to_string(shown.size()) +
                 " values are given");
        for (const ValueId value : shown) {
            const Type& type = module_.type(value);
            if (type.kind != Type::Kind::scalar && type.kind != Type::Kind::vector)
                fail(name_of(module_, value) + " is " + to_string(module_, module_.type_of(value)) +
                     ", where a scalar or a vector is wanted");
        }
    }

    const Module& module_;
    const Shapes& shapes_;
    const Types& types_;
    InstructionId id_;
    Op op_;
    u32 flags_;
    std::span<const ValueId> operands_;
    std::span<const u32> immediates_;
};

}  // namespace

std::string wrong_immediates(const Module& module, Op op, std::span<const u32> immediates) {
    const std::string_view letters = info(op).immediates;
    const bool repeats = letters.ends_with('*');
    const std::size_t fewest = repeats ? letters.size() - 2 : letters.size();
    if (immediates.size() < fewest || (!repeats && immediates.size() > fewest))
        return "it has " + std::to_string(immediates.size()) + " immediates, where " + std::to_string(fewest) +
               " are wanted";
    for (std::size_t i = 0; i < immediates.size(); ++i)
        if (!fits(module, letters[std::min(i, letters.size() - (repeats ? 2u : 1u))], immediates[i]))
            return "immediate " + std::to_string(i + 1) + " is " + std::to_string(immediates[i]) +
                   ", which means nothing";
    return {};
}

void check_instruction(const Module& module, const Shapes& shapes, InstructionId id) {
    InstructionCheck(module, shapes, id).run();
}

}  // namespace alkomp::ir
