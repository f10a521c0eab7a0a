// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/forward_stores.h"

#include "ir/pass/edit.h"

#include <algorithm>

namespace alkomp::ir {
namespace {

using Kind = Type::Kind;

class ForwardStores {
public:
    explicit ForwardStores(Module& module)
        : module_(module),
          types_(module.types),
          replaced_(module),
          indices_(module.values.size()),
          places_(module.values.size()),
          is_dropped_(module.instructions.size()),
          has_coherent_(std::any_of(module.globals.begin(), module.globals.end(),
                                    [](const Global& global) { return global.coherent; })) {}

    void run() {
        for (u32 i = 1; i < module_.functions.size(); ++i) {
            walk(module_.functions[i].body);
            known_.clear();
        }
        replaced_.apply(module_);
    }

private:
    static constexpr std::size_t kMostKnown = 64;

    struct Index {
        ValueId base = ValueId::none;  // none: a constant
        u64 offset = 0;
        bool operator==(const Index&) const = default;
    };
    struct Place {
        ValueId root = ValueId::none;  // a pointer of which it is not known how it was reached
        Range path{};                  // of paths_
    };
    /// What is known of a place: what it holds, or that nobody has asked yet for what was stored there.
    struct Known {
        Place place;
        ValueId value = ValueId::none;              // none: another may have been stored
        InstructionId store = InstructionId::none;  // none: it has to stay
        RegionId region = RegionId::none;           // where this was learnt
    };

    // Places.
    Index index_of(ValueId id) const {
        if (const auto bits = module_.known_bits(id)) {
            const TypeId type = module_.type_of(id);
            const u32 unused = 64 - types_.bits(type);  // of a signed one they are copies of the sign
            const u64 high = *bits << unused;
            return {ValueId::none, types_.is_signed(type) ? static_cast<u64>(static_cast<i64>(high) >> unused) : *bits};
        }
        const Index& index = indices_[place(id)];
        return index.base != ValueId::none ? index : Index{id, 0};
    }
    void note_sum(const Instruction& instruction) {
        const std::span<const ValueId> operands = module_.operands(instruction);
        const TypeId type = module_.type_of(operands[0]);
        const auto addend = module_.known_bits(operands[1]);
        if (!addend || !types_.is(type, Kind::scalar) || !types_.is_integer(type)) return;
        Index sum = index_of(operands[0]);
        if (sum.base == ValueId::none) return;
        sum.offset += instruction.op == Op::add ? *addend : u64{0} - *addend;
        sum.offset &= ~u64{0} >> (64 - types_.bits(type));
        indices_[place(module_.result(instruction))] = sum;
    }
    Place place_of(ValueId pointer) const {
        const Place& known = places_[place(pointer)];
        return known.root != ValueId::none ? known : Place{pointer};
    }
    std::span<const Index> path_of(const Place& of) const { return part_of(paths_, of.path); }
    void note_access(const Instruction& access) {
        const std::span<const ValueId> operands = module_.operands(access);
        Place to = place_of(operands[0]);
        std::vector<Index> path(path_of(to).begin(), path_of(to).end());
        for (const ValueId index : operands.subspan(1)) path.push_back(index_of(index));
        to.path = append_to(paths_, std::span<const Index>(path));
        places_[place(module_.result(access))] = to;
    }
    const Global* global_of(ValueId root) const {
        const Value& value = module_[root];
        return value.kind == Value::Kind::global ? &module_.globals[value.index] : nullptr;
    }
    bool is_variable(ValueId root) const {
        const Value& value = module_[root];
        return value.kind == Value::Kind::result && module_[InstructionId{value.index}].op == Op::variable;
    }
    bool is_local(const Place& of) const { return module_.type(of.root).space == Space::local; }
    /// A call may give one buffer twice, whatever the globals say.
    bool roots_overlap(ValueId a, ValueId b) const {
        const auto space_of = [&](ValueId root) {  // addresses lead into buffers
            const Space space = module_.type(root).space;
            return space == Space::local || space == Space::shared ? space : Space::storage;
        };
        if (space_of(a) != space_of(b)) return false;
        if (space_of(a) == Space::storage) return true;
        const Global *one = global_of(a), *other = global_of(b);
        const bool are_known = (one != nullptr || is_variable(a)) && (other != nullptr || is_variable(b));
        return !are_known || (one != nullptr && other != nullptr && one->aliased && other->aliased);
    }
    bool overlap(const Place& a, const Place& b) const {
        if (a.root != b.root) return roots_overlap(a.root, b.root);
        const std::span<const Index> one = path_of(a), other = path_of(b);
        for (std::size_t i = 0; i < std::min(one.size(), other.size()); ++i)
            if (one[i].base == other[i].base && one[i].offset != other[i].offset) return false;
        return true;
    }
    /// Whether the second is the first or a part of it.
    bool covers(const Place& whole, const Place& part) const {
        const std::span<const Index> outer = path_of(whole), inner = path_of(part);
        return whole.root == part.root && outer.size() <= inner.size() &&
               std::equal(outer.begin(), outer.end(), inner.begin());
    }

    // What is known.
    void learn(const Place& of, ValueId value, RegionId region, InstructionId store = InstructionId::none) {
        if (known_.size() == kMostKnown) known_.erase(known_.begin());
        known_.push_back({of, value, store, region});
    }
    void tidy() {
        std::erase_if(known_, [](const Known& known) {
            return known.value == ValueId::none && known.store == InstructionId::none;
        });
    }
    /// Someone may look at all that was stored.
    void keep_stores() {
        for (Known& known : known_) known.store = InstructionId::none;
        tidy();
    }
    void keep_stores_to(const Place& read) {
        for (Known& known : known_)
            if (overlap(known.place, read)) known.store = InstructionId::none;
        tidy();
    }
    void forget_all(const Place& changed) {
        std::erase_if(known_, [&](const Known& known) { return overlap(known.place, changed); });
    }
    void forget_shared_with_others() {
        std::erase_if(known_, [&](const Known& known) { return !is_local(known.place); });
    }

    // Instructions.
    void walk(RegionId region) {
        for (const InstructionId id : module_[region].body) {
            for (ValueId& operand : module_.operands(module_[id])) operand = replaced_[operand];
            visit(id);
        }
        std::erase_if(module_[region].body, [&](InstructionId id) {
            if (is_dropped_[place(id)]) forget(module_, id);
            return is_dropped_[place(id)];
        });
        std::erase_if(known_, [&](const Known& known) { return known.region == region; });
    }
    void visit(InstructionId id) {
        const Instruction& instruction = module_[id];
        switch (instruction.op) {
            case Op::add:
            case Op::sub:
                return note_sum(instruction);
            case Op::access:
                return note_access(instruction);
            case Op::variable:
                if (instruction.operands.count != 0)
                    learn({module_.result(instruction)}, module_.operands(instruction)[0], instruction.region);
                return;
            case Op::load:
                return load(id);
            case Op::store:
                return store(id);
            case Op::loop:
                known_.clear();  // of its other rounds nothing is known
                break;
            case Op::call:
                return known_.clear();
            case Op::return_:
                return keep_stores();
            case Op::exit:
            case Op::next:
                // What follows here in the regions around is left out.
                if (module_.target(instruction) != module_[instruction.region].owner) keep_stores();
                return;
            default:
                break;
        }
        for (const RegionId inner : module_.regions_of(instruction)) walk(inner);
        if (!has(instruction.op, kReads | kWrites)) return;
        if (is_relaxed(instruction)) forget_all(place_of(module_.operands(instruction)[0]));
        else forget_shared_with_others();
    }
    bool is_relaxed(const Instruction& instruction) const {
        if (!has(instruction.op, kAtomic)) return false;
        return static_cast<Order>(module_.immediates(instruction)[0]) == Order::relaxed;
    }
    /// Whether others may see each access, or make it see something else.
    bool is_watched(const Instruction& instruction, const Place& of) const {
        const Global* global = global_of(of.root);
        const bool is_coherent = global != nullptr ? global->coherent : has_coherent_ && !is_variable(of.root);
        return (instruction.flags & kVolatileAccess) != 0 || is_coherent;
    }
    void load(InstructionId id) {
        const Instruction& instruction = module_[id];
        const Place from = place_of(module_.operands(instruction)[0]);
        if (is_watched(instruction, from)) return keep_stores_to(from);
        const Global* global = global_of(from.root);
        if (global != nullptr && is_only_read(*global)) return keep_stores_to(from);
        for (auto known = known_.rbegin(); known != known_.rend(); ++known)
            if (known->value != ValueId::none && covers(known->place, from) && take(id, *known, from)) return;
        keep_stores_to(from);
        learn(from, module_.result(instruction), instruction.region);
    }
    /// A load out of what is known; false where the part is not.
    bool take(InstructionId id, const Known& known, const Place& from) {
        std::vector<u32> path;
        TypeId at = module_.type_of(known.value);
        for (const Index& index : path_of(from).subspan(known.place.path.count)) {
            if (index.base != ValueId::none || index.offset >= part_count(module_, at)) return false;
            path.push_back(static_cast<u32>(index.offset));
            at = types_.part(at, index.offset);
        }
        if (path.empty()) {
            replaced_.add(module_.result(module_[id]), known.value);
            is_dropped_[place(id)] = true;
        } else {
            become(module_, id, Op::extract, std::array{known.value}, path);
        }
        return true;
    }
    void store(InstructionId id) {
        const Instruction& instruction = module_[id];
        const Place to = place_of(module_.operands(instruction)[0]);
        const ValueId value = module_.operands(instruction)[1];
        if (is_watched(instruction, to)) return forget_all(to);
        for (const Known& known : known_)
            if (known.value == value && covers(known.place, to) && covers(to, known.place)) {
                is_dropped_[place(id)] = true;
                return;
            }
        for (Known& known : known_) {
            if (!overlap(known.place, to)) continue;
            known.value = ValueId::none;
            if (!covers(to, known.place)) continue;
            if (known.region == instruction.region && known.store != InstructionId::none)
                is_dropped_[place(known.store)] = true;
            // Else it may be the only one, where this is left out.
            if (known.region == instruction.region) known.store = InstructionId::none;
        }
        tidy();
        learn(to, value, instruction.region, id);
    }

    Module& module_;
    Types& types_;
    Replacements replaced_;
    std::vector<Index> indices_;  // by value: of sums with a constant
    std::vector<Place> places_;   // by pointer: of accesses
    std::vector<Index> paths_;
    std::vector<Known> known_;  // oldest first
    std::vector<bool> is_dropped_;
    const bool has_coherent_;
};

}  // namespace

void forward_stores(Module& module) { ForwardStores(module).run(); }

}  // namespace alkomp::ir
