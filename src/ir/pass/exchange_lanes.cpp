// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ir/pass/exchange_lanes.h"

#include "ir/builder.h"
#include "ir/pass/combination.h"
#include "ir/pass/edit.h"
#include "ir/pass/rebuild.h"
#include "ir/uniformity.h"
#include "ir/verify_parts.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace alkomp::ir {
namespace {

constexpr u32 kUsualSize = 32, kQuad = 4, kWordBits = 32;
constexpr u64 kSparedBytes = 64;  // for conditions that a printer tells to all

/// Lanes give each other values in it.
bool is_meeting(Op op) { return meets_lanes(op) && op != Op::subgroup_elect; }

bool is_at_subgroup(const Module& module, const Instruction& instruction) {
    const bool has_order = instruction.op == Op::fence || has(instruction.op, kAtomic);
    if (!has_order && instruction.op != Op::barrier) return false;
    return module.immediates(instruction)[has_order ? 1 : 0] == static_cast<u32>(Scope::subgroup);
}

/// A barrier of the workgroup, or what becomes one: behind it nobody reads workgroup memory that was written before it.
bool becomes_barrier(const Module& module, const Instruction& instruction) {
    if (instruction.op != Op::barrier && instruction.op != Op::fence) return false;
    const std::span<const u32> how = module.immediates(instruction);
    const bool is_whole = instruction.op == Op::barrier && how[0] == static_cast<u32>(Scope::workgroup);
    return (is_whole || is_at_subgroup(module, instruction)) && (how.back() & kShared) != 0;
}

/// Lanes that an operation asks for; 0: however many there are.
u32 cluster_of(const Module& module, const Instruction& instruction) {
    if (instruction.op == Op::subgroup_rotate) return module.immediates(instruction)[0];
    if (instruction.op == Op::subgroup_reduce) return module.immediates(instruction)[1];
    return instruction.op == Op::quad_broadcast || instruction.op == Op::quad_swap ? kQuad : 0;
}

/// The number in workgroup memory that a scalar becomes.
Scalar word_of(Scalar scalar) {
    switch (scalar) {
        case Scalar::f16:
        case Scalar::bf16:
        case Scalar::f32:
            return Scalar::f32;  // which holds all of 16 bits
        case Scalar::i32:
            return Scalar::i32;
        default:
            return Scalar::u32;
    }
}
u32 words_of(Scalar scalar) { return scalar != Scalar::boolean && size_bytes(scalar) == 8 ? 2 : 1; }

/// At least what it takes of workgroup memory, whatever it becomes.
u64 shared_bytes(const Module& module, TypeId id) {
    const Type& type = module.types[id];
    switch (type.kind) {
        case Type::Kind::scalar:
            return 4 * words_of(type.scalar);
        case Type::Kind::vector:
        case Type::Kind::matrix:
            return (type.count == 3 ? 4 : type.count) * shared_bytes(module, type.element);
        case Type::Kind::array:
            return module.known_bits(ValueId{type.length}).value_or(0) * shared_bytes(module, type.element);
        default: {
            u64 bytes = 0;
            for (const Type::Member& member : type.members) bytes += (shared_bytes(module, member.type) + 15) / 16 * 16;
            return bytes;
        }
    }
}

/// How an operation gets at the array that it writes to.
struct Turn {
    u32 array = 0;
    bool waits = false;  ///< until nobody reads there any more
};

struct Plan {
    u32 invocations = 0;        ///< in the workgroup
    u32 size = 0;               ///< lanes in a subgroup
    Scalar word = Scalar::u32;  ///< what the arrays are of
    u32 words = 0;              ///< in one array, for each invocation; 0: no array is needed
    u32 arrays = 0;
    std::vector<Turn> turns{};  ///< by instruction
};

/// Which array each operation writes to: followed through the kernel are the arrays that somebody may still read. Loops are
/// gone through until what comes round adds nothing.
class Turns {
public:
    Turns(const Module& module, u32 arrays)
        : module_(module), all_(static_cast<u8>((1u << arrays) - 1)), turns_(module.instructions.size()) {}
    std::vector<Turn> run() {
        do {
            changed_ = false;
            walk(module_[module_.kernel].body, 0);
        } while (changed_);
        return std::move(turns_);
    }

private:
    using Read = u8;  // a bit for each array

    void walk(RegionId region, Read read) {
        for (const InstructionId id : module_[region].body) {
            const Instruction& instruction = module_[id];
            if (has(instruction.op, kTerminator)) terminate(instruction, read);
            else if (has(instruction.op, kConstruct)) read = construct(id, read);
            else if (is_meeting(instruction.op)) read = take(turns_[place(id)], read);
            else if (becomes_barrier(module_, instruction)) read = 0;
        }
    }
    Read take(Turn& turn, Read read) const {
        turn.waits = read == all_;
        turn.array = turn.waits ? 0 : static_cast<u32>(std::countr_one(read));
        return static_cast<Read>(1u << turn.array);  // who has written has read what was to be read elsewhere
    }
    Read construct(InstructionId id, Read read) {
        const std::span<const RegionId> regions = module_.regions_of(module_[id]);
        behind_[id] = 0;
        if (module_[id].op != Op::loop) {
            for (const RegionId one : regions) {
                walk(one, static_cast<Read>(read | fallen_));
                if (!falls_through(module_, one)) fallen_ = 0;
            }
            return behind_[id];
        }
        round_[id] |= read;
        next_[id] = 0;
        const Read before = round_[id];
        walk(regions[0], before);
        walk(regions[1], next_[id]);
        if (round_[id] != before) changed_ = true;
        return behind_[id];
    }
    void terminate(const Instruction& instruction, Read read) {
        switch (instruction.op) {
            case Op::exit:
                behind_[module_.target(instruction)] |= read;
                return;
            case Op::next:
                next_[module_.target(instruction)] |= read;
                return;
            case Op::repeat_if:
                behind_[module_.target(instruction)] |= read;
                [[fallthrough]];
            case Op::repeat:
                round_[module_.target(instruction)] |= read;
                return;
            case Op::fallthrough:
                fallen_ = read;
                return;
            default:
                return;
        }
    }

    const Module& module_;
    const Read all_;
    std::vector<Turn> turns_;
    std::unordered_map<InstructionId, Read> behind_, next_, round_;  // by construct, by loop
    Read fallen_ = 0;
    bool changed_ = false;
};

/// Plans the kernel, or says why there is no plan.
class Planner {
public:
    explicit Planner(Module& module) : module_(module) {}

    std::string run(u32 most_shared_bytes) {
        plan.invocations = 1;
        for (const ValueId size : module_.workgroup_size) {
            const std::optional<u64> known = module_.known_bits(size);
            if (!known) return "the workgroup's size is not known";
            plan.invocations *= static_cast<u32>(*known);
        }
        choose_size();
        set_sizes();
        const std::string apart = find_apart();
        return apart.empty() ? divide(most_shared_bytes) : apart;
    }

    Plan plan;

private:
    bool is_listed(const Instruction& instruction) const { return instruction.region != RegionId::none; }

    void choose_size() {
        plan.size = module_.subgroup_size;
        if (plan.size != 0) return;
        plan.size = std::bit_floor(std::min(kUsualSize, plan.invocations));
        for (const Instruction& instruction : module_.instructions)
            if (is_listed(instruction)) plan.size = std::max(plan.size, cluster_of(module_, instruction));
    }
    /// Loops over the lanes end for all at once, which shows only where the size is a number.
    void set_sizes() {
        Replacements sizes(module_);
        for (u32 i = 1; i < module_.instructions.size(); ++i) {
            const Instruction instruction = module_.instructions[i];
            if (!is_listed(instruction) || instruction.op != Op::builtin) continue;
            const auto which = static_cast<Builtin>(module_.immediates(instruction)[0]);
            const ValueId was = module_.result(instruction);
            if (which == Builtin::subgroup_size) sizes.add(was, module_.index(plan.size));
            if (which == Builtin::subgroup_count)
                sizes.add(was, module_.index((plan.invocations + plan.size - 1) / plan.size));
        }
        if (!sizes.empty()) sizes.apply(module_);
    }
    std::string at(InstructionId id) const {
        const Instruction& instruction = module_[id];
        const std::string line = line_of(module_, module_.locations[instruction.location]);
        return "the " + std::string(info(instruction.op).name) + (line.empty() ? "" : " at " + line);
    }
    std::string find_apart() const {
        const Uniformity uniformity(module_);
        for (const InstructionId id : in_order(module_)) {
            const Instruction& instruction = module_[id];
            if (is_at_subgroup(module_, instruction) && has(instruction.op, kAtomic)) {
                if (static_cast<Order>(module_.immediates(instruction)[0]) != Order::relaxed)
                    return at(id) + " orders other accesses";
                continue;
            }
            const bool meets = meets_lanes(instruction.op) || is_at_subgroup(module_, instruction);
            if (meets && !uniformity.is_together(id))
                return "not all invocations of the workgroup certainly come together to " + at(id);
        }
        return {};
    }
    /// Arrays, and words in them, that fit behind what the kernel itself has.
    std::string divide(u32 most_shared_bytes) {
        u32 whole = 0, least = 0;  // words of the largest value, and of a scalar
        bool any = false, same = true;
        for (const Instruction& instruction : module_.instructions) {
            if (!is_listed(instruction) || !is_meeting(instruction.op)) continue;
            const TypeId type = module_.type_of(module_.operands(instruction)[0]);
            const Scalar scalar = module_.types.scalar_of(type);
            least = std::max(least, words_of(scalar));
            whole = std::max(whole, module_.types.lanes(type) * words_of(scalar));
            same = same && (!any || plan.word == word_of(scalar));
            plan.word = word_of(scalar);
            any = true;
        }
        if (!same) plan.word = Scalar::u32;
        if (!any) return {};
        u64 used = kSparedBytes;
        for (const Global& global : module_.globals)
            if (global.kind == Global::Kind::shared && global.value != ValueId::none)
                used += (shared_bytes(module_, global.type) + 15) / 16 * 16;
        const auto bytes = [&](u32 words, u32 arrays) {
            return u64{arrays} * ((u64{4} * words * plan.invocations + 15) / 16 * 16);
        };
        for (const auto& [words, arrays] : {std::pair{whole, 2u}, {whole, 1u}, {least, 2u}, {least, 1u}}) {
            if (used + bytes(words, arrays) > most_shared_bytes) continue;
            plan.words = words;
            plan.arrays = arrays;
            plan.turns = Turns(module_, arrays).run();
            return {};
        }
        return "they would take " + std::to_string(bytes(least, 1)) + " bytes of workgroup memory and the kernel has " +
               std::to_string(used - kSparedBytes) + " of " + std::to_string(most_shared_bytes);
    }

    Module& module_;
};

class Exchange : public Rebuild {
public:
    Exchange(const Module& from, Plan plan)
        : Rebuild(from),
          plan_(std::move(plan)),
          word_(to_.types.scalar(plan_.word)),
          ballot_(to_.types.vector(u32_, 4)) {}

private:
    struct Range {
        ValueId first, end;  // of local indices
    };

    void make(InstructionId id) override {
        const Instruction& old = from_[id];
        if (is_at_subgroup(from_, old)) return widen(id);
        if (!asks_subgroup(from_, old)) return copy(id);
        if (is_meeting(old.op)) return define(result(id), meet(id));
        const ValueId made =
            old.op == Op::builtin ? builtin(static_cast<Builtin>(from_.immediates(old)[0])) : of_votes(id);
        define(result(id), made);
    }
    /// What holds within a subgroup holds for the workgroup. All are there, so a fence may wait too.
    void widen(InstructionId id) {
        const Instruction& old = from_[id];
        const std::span<const u32> how = from_.immediates(old);
        if (!has(old.op, kAtomic)) return wait(how.back());
        std::vector<ValueId> values;
        for (const ValueId operand : operands(id)) values.push_back(value(operand));
        const std::array immediates{how[0], static_cast<u32>(Scope::workgroup)};
        const ValueId made = build_.emit(old.op, values, immediates, TypeId::none, old.flags);
        if (made != ValueId::none) define(result(id), made);
    }
    void wait(u32 spaces) { build_.emit(Op::barrier, {}, {static_cast<u32>(Scope::workgroup), spaces}); }

    // Where an invocation is.
    bool is_alone() const { return plan_.size >= plan_.invocations; }
    ValueId index() { return build_.builtin(Builtin::local_index); }
    ValueId lane() { return is_alone() ? index() : within(index(), plan_.size); }
    ValueId within(ValueId lane, u32 size) { return emit(Op::bit_and, {lane, number(size - 1)}); }
    /// The first of so many lanes that belong together.
    ValueId first(u32 size) {
        if (size >= plan_.invocations) return number(0);
        return named(emit(Op::bit_and, {index(), number(~u64{size - 1})}), "first");
    }
    Range lanes(u32 size) {
        const ValueId begin = first(size);
        if (size >= plan_.invocations) return {begin, number(plan_.invocations)};
        const ValueId end = emit(Op::add, {begin, number(size)});
        if (plan_.invocations % size == 0) return {begin, named(end, "end")};
        return {begin, named(emit(Op::min, {end, number(plan_.invocations)}), "end")};
    }
    u32 size_of(u32 cluster) const { return cluster == 0 ? plan_.size : std::min(cluster, plan_.size); }

    ValueId builtin(Builtin which) {
        const auto votes = [&](auto&& of_word) {
            std::vector<ValueId> words;
            for (u32 i = 0; i < 4; ++i) words.push_back(i < ballot_words() ? of_word(i) : number(0));
            return compose(ballot_, words);
        };
        const auto others = [&](ValueId word) { return emit(Op::bit_xor, {word, number(all_in_word())}); };
        switch (which) {
            case Builtin::subgroup_size:
                return number(plan_.size);
            case Builtin::subgroup_count:
                return number((plan_.invocations + plan_.size - 1) / plan_.size);
            case Builtin::subgroup_lane:
                return lane();
            case Builtin::subgroup_id:
                if (is_alone()) return number(0);
                return emit(Op::shr, {index(), number(static_cast<u64>(std::countr_zero(plan_.size)))});
            case Builtin::subgroup_eq_mask:
                return votes([&](u32 i) { return own(i); });
            case Builtin::subgroup_lt_mask:
                return votes([&](u32 i) { return below(i); });
            case Builtin::subgroup_le_mask:
                return votes([&](u32 i) { return up_to(i); });
            case Builtin::subgroup_ge_mask:
                return votes([&](u32 i) { return others(below(i)); });
            case Builtin::subgroup_gt_mask:
                return votes([&](u32 i) { return others(up_to(i)); });
            default:
                return build_.builtin(which);
        }
    }

    // Ballots: as many words as the lanes have.
    u32 ballot_words() const { return std::max(1u, plan_.size / kWordBits); }
    u32 all_in_word() const { return plan_.size < kWordBits ? (1u << plan_.size) - 1 : ~0u; }
    ValueId in_word(u32 i) { return emit(Op::eq, {emit(Op::shr, {lane(), number(5)}), number(i)}); }
    /// That of the lane, in the word where it is.
    ValueId bit() { return emit(Op::shl, {number(1), plan_.size > kWordBits ? within(lane(), kWordBits) : lane()}); }
    ValueId own(u32 i) {
        const ValueId own = bit();
        return ballot_words() == 1 ? own : emit(Op::select, {in_word(i), own, number(0)});
    }
    ValueId below(u32 i) {
        const ValueId bits = emit(Op::sub, {bit(), number(1)});
        if (ballot_words() == 1) return bits;
        const ValueId is_before = emit(Op::lt, {number(i), emit(Op::shr, {lane(), number(5)})});
        return emit(Op::select, {in_word(i), bits, emit(Op::select, {is_before, number(~0u), number(0)})});
    }
    ValueId up_to(u32 i) { return emit(Op::bit_or, {below(i), own(i)}); }
    ValueId of_votes(InstructionId id) {
        const Instruction& old = from_[id];
        if (old.op == Op::subgroup_elect) return emit(Op::eq, {lane(), number(0)});
        const ValueId votes = operand(id, 0);
        if (old.op == Op::subgroup_ballot_bit) {
            const ValueId which = emit(Op::convert, {operand(id, 1)}, {}, u32_);
            const ValueId word = ballot_words() == 1
                                     ? part(votes, 0)
                                     : emit(Op::extract_lane, {votes, emit(Op::shr, {which, number(5)})});
            return emit(Op::ne, {emit(Op::bit_and, {emit(Op::shr, {word, which}), number(1)}), number(0)});
        }
        if (old.op == Op::subgroup_ballot_count) return count(votes, static_cast<Scan>(from_.immediates(old)[0]));
        const bool lowest = old.op == Op::subgroup_ballot_lsb;
        ValueId found = ValueId::none;
        for (u32 k = 0; k < ballot_words(); ++k) {
            const u32 i = lowest ? ballot_words() - 1 - k : k;
            const ValueId word = part(votes, i);
            const ValueId bit = emit(lowest ? Op::find_lsb : Op::find_msb, {word});
            const ValueId here = emit(Op::add, {bit, number(u64{i} * kWordBits)});
            found = k == 0 ? here : emit(Op::select, {emit(Op::ne, {word, number(0)}), here, found});
        }
        return found;
    }
    ValueId count(ValueId votes, Scan scan) {
        ValueId sum = number(0);
        for (u32 i = 0; i < ballot_words(); ++i) {
            const ValueId mask = scan == Scan::inclusive   ? up_to(i)
                                 : scan == Scan::exclusive ? below(i)
                                                           : number(all_in_word());
            sum = emit(Op::add, {sum, emit(Op::count_ones, {emit(Op::bit_and, {part(votes, i), mask})})});
        }
        return sum;
    }

    // Meetings.
    void make_arrays() {
        Global made;
        made.kind = Global::Kind::shared;
        made.name = to_.string("lanes");
        made.type = to_.types.array(word_, place(number(u64{plan_.words} * plan_.invocations)));
        while (arrays_.size() < plan_.arrays) arrays_.push_back(to_.add_global(made));
    }
    /// Where the array holds no whole value, part by part.
    ValueId meet(InstructionId id) {
        const ValueId given = operand(id, 0);
        const TypeId type = to_.type_of(given);
        const bool waits = plan_.turns[place(id)].waits;
        if (to_.types.lanes(type) * words_of(to_.types.scalar_of(type)) <= plan_.words) return meet(id, given, waits);
        std::vector<ValueId> parts;
        for (u32 i = 0; i < to_.types.lanes(type); ++i) parts.push_back(meet(id, part(given, i), waits || i > 0));
        if (from_[id].op != Op::subgroup_all_equal) return compose(type, parts);
        ValueId all = parts[0];
        for (std::size_t i = 1; i < parts.size(); ++i) all = emit(Op::bit_and, {all, parts[i]});
        return all;
    }
    ValueId meet(InstructionId id, ValueId given, bool waits) {
        if (arrays_.empty()) make_arrays();
        if (waits) wait(kShared);
        array_ = arrays_[plan_.turns[place(id)].array];
        type_ = to_.type_of(given);
        write(given);
        wait(kShared);
        return answer(id);
    }
    ValueId answer(InstructionId id) {
        const std::span<const u32> how = from_.immediates(from_[id]);
        const auto asked = [&] { return operand(id, 1); };
        switch (from_[id].op) {
            case Op::subgroup_all:
                return combined(Combine::bit_and, lanes(plan_.size));
            case Op::subgroup_any:
                return combined(Combine::bit_or, lanes(plan_.size));
            case Op::subgroup_all_equal:
                return all_equal();
            case Op::subgroup_ballot:
                return ballot();
            case Op::subgroup_reduce:
                return combined(static_cast<Combine>(how[0]), lanes(size_of(how[1])));
            case Op::subgroup_scan:
                return scanned(static_cast<Combine>(how[0]), static_cast<Scan>(how[1]));
            case Op::subgroup_broadcast_first:
                return read(first(plan_.size));
            case Op::subgroup_shuffle_xor:
                return read(emit(Op::bit_xor, {index(), asked()}));
            case Op::subgroup_shuffle_up:
                return read(emit(Op::sub, {index(), asked()}));
            case Op::subgroup_shuffle_down:
                return read(emit(Op::add, {index(), asked()}));
            case Op::subgroup_rotate:
                return read(from(size_of(how[0]), emit(Op::add, {index(), asked()})));
            case Op::quad_broadcast:
                return read(from(kQuad, asked()));
            case Op::quad_swap:
                return read(emit(Op::bit_xor, {index(), number(how[0] + 1)}));
            default:
                return read(from(plan_.size, asked()));
        }
    }
    /// The lane of that number among those that belong together.
    ValueId from(u32 size, ValueId lane) { return emit(Op::bit_or, {first(size), within(lane, size)}); }

    // Workgroup memory: the words of all invocations one after the other, first words first.
    ValueId word_at(ValueId index, u32 word) {
        const ValueId at = emit(Op::add, {index, number(u64{word} * plan_.invocations)});
        return build_.emit(Op::access, {array_, at});
    }
    void write(ValueId given) {
        const TypeId type = to_.type_of(given);
        const u32 each = words_of(to_.types.scalar_of(type));
        for (u32 i = 0; i < to_.types.lanes(type); ++i) {
            const ValueId scalar = to_.types.lanes(type) == 1 ? given : part(given, i);
            const ValueId pair = each == 1 ? scalar : emit(Op::bitcast, {scalar}, {}, to_.types.vector(u32_, 2));
            for (u32 k = 0; k < each; ++k)
                build_.store(word_at(index(), i * each + k), each == 1 ? to_word(scalar) : to_word(part(pair, k)));
        }
    }
    /// The value, of type `type_`, of an invocation.
    ValueId read(ValueId index) {
        const Scalar scalar = to_.types.scalar_of(type_);
        const TypeId one = to_.types.scalar(scalar);
        const u32 each = words_of(scalar), count = to_.types.lanes(type_);
        std::vector<ValueId> parts;
        for (u32 i = 0; i < count; ++i) {
            std::vector<ValueId> words;
            for (u32 k = 0; k < each; ++k) words.push_back(build_.load(word_at(index, i * each + k)));
            if (each == 1) {
                parts.push_back(of_word(words[0], one));
            } else {
                for (ValueId& word : words) word = of_word(word, u32_);
                parts.push_back(emit(Op::bitcast, {compose(to_.types.vector(u32_, 2), words)}, {}, one));
            }
        }
        return count == 1 ? parts[0] : compose(type_, parts);
    }
    ValueId to_word(ValueId scalar) {
        const Scalar own = to_.types.scalar_of(to_.type_of(scalar));
        const bool is_word = own == Scalar::u32 || own == Scalar::i32 || own == Scalar::f32;
        // Halves go by f32, the bits of others by u32.
        const ValueId word = is_word ? scalar : emit(Op::convert, {scalar}, {}, to_.types.scalar(word_of(own)));
        return emit(Op::bitcast, {word}, {}, word_);
    }
    ValueId of_word(ValueId word, TypeId type) {
        const Scalar own = to_.types.scalar_of(type);
        if (own == Scalar::boolean) return emit(Op::ne, {emit(Op::bitcast, {word}, {}, u32_), number(0)});
        const ValueId bits = emit(Op::bitcast, {word}, {}, to_.types.scalar(word_of(own)));
        return emit(Op::convert, {bits}, {}, type);
    }

    // Loops over lanes.
    /// What `step` makes of `start` and an index, from `range.first` to before `range.end`.
    template <class Step>
    ValueId over(Range range, ValueId start, Step&& step) {
        const std::array results{to_.type_of(start)};
        const std::array parameters{results[0], u32_};
        const InstructionId loop = build_.open_loop(std::array{start, range.first}, results);
        const std::vector<ValueId> now = to_[build_.open_region(parameters)].parameters;
        const ValueId total = named(now[0], "total"), other = named(now[1], "other");
        const InstructionId more = build_.open_if(emit(Op::lt, {other, range.end}));
        build_.open_region();
        build_.exit(more);
        build_.close_region();
        build_.open_region();
        build_.exit(loop, std::array{total});
        build_.close_region();
        build_.close_construct();
        build_.next(loop, std::array{step(total, other), other});
        build_.close_region();
        const std::vector<ValueId> behind = to_[build_.open_region(parameters)].parameters;
        build_.repeat(loop, std::array{behind[0], next(behind[1])});
        build_.close_region();
        build_.close_construct();
        return to_.result(to_[loop]);
    }
    ValueId named(ValueId id, std::string_view name) {
        if (to_.find_constant(id) == nullptr && to_[id].name == StringId::none) to_[id].name = to_.string(name);
        return id;
    }
    ValueId next(ValueId index) { return emit(Op::add, {index, number(1)}); }

    /// Truths are combined as numbers.
    template <class F>
    ValueId as_numbers(F&& f) {
        const TypeId truth = type_;
        if (!to_.types.is_boolean(truth)) return f();
        type_ = like(truth, Scalar::u32);
        const ValueId made = emit(Op::ne, {f(), to_.zero(type_)});
        type_ = truth;
        return made;
    }
    ValueId identity(Combine how) { return filled(type_, identity_of(how, to_.types.scalar_of(type_))); }
    ValueId combine(Combine how, Range range, ValueId start) {
        return over(range, start, [&](ValueId sum, ValueId at) { return emit(op_of(how), {sum, read(at)}); });
    }
    /// Sums of floats begin with the first, which 0 and a -0 would not give back.
    ValueId combined(Combine how, Range range) {
        return as_numbers([&] {
            if (!to_.types.is_float(type_)) return combine(how, range, identity(how));
            return combine(how, {next(range.first), range.end}, read(range.first));
        });
    }
    ValueId scanned(Combine how, Scan scan) {
        return as_numbers([&] {
            const ValueId begin = first(plan_.size);
            const ValueId end = scan == Scan::inclusive ? next(index()) : index();
            if (!to_.types.is_float(type_)) return combine(how, {begin, end}, identity(how));
            const ValueId sum = combine(how, {next(begin), end}, read(begin));
            if (scan == Scan::inclusive) return sum;
            return emit(Op::select, {emit(Op::eq, {lane(), number(0)}), identity(how), sum});
        });
    }
    ValueId all_equal() {
        const Range range = lanes(plan_.size);
        const ValueId one = read(range.first);
        return over({next(range.first), range.end}, to_.constant(bool_, 1), [&](ValueId all, ValueId at) {
            ValueId same = emit(Op::eq, {read(at), one});
            if (to_.types.lanes(type_) > 1) same = emit(Op::all_lanes, {same});
            return emit(Op::bit_and, {all, same});
        });
    }
    ValueId ballot() {
        const Range range = lanes(plan_.size);
        type_ = u32_;
        std::vector<ValueId> words;
        for (u32 i = 0; i < 4; ++i) {
            if (i >= ballot_words()) {
                words.push_back(number(0));
                continue;
            }
            const ValueId begin = emit(Op::add, {range.first, number(u64{i} * kWordBits)});
            const ValueId end = i + 1 == ballot_words() ? range.end : emit(Op::min, {range.end, next_word(begin)});
            words.push_back(over({begin, end}, number(0), [&](ValueId votes, ValueId at) {
                return emit(Op::bit_or,
                            {votes, emit(Op::shl, {read(at), within(at, std::min(plan_.size, kWordBits))})});
            }));
        }
        type_ = bool_;
        return compose(ballot_, words);
    }
    ValueId next_word(ValueId begin) { return emit(Op::add, {begin, number(kWordBits)}); }

    Plan plan_;
    TypeId word_, ballot_;
    std::vector<ValueId> arrays_;
    ValueId array_ = ValueId::none;  // of the meeting at hand
    TypeId type_ = TypeId::none;     // of what lanes read there
};

}  // namespace

std::string exchange_lanes(Module& module, u32 most_shared_bytes) {
    Module sized = module;
    Planner planner(sized);
    std::string why_not = planner.run(most_shared_bytes);
    if (!why_not.empty()) return why_not;
    Module made = Exchange(sized, std::move(planner.plan)).run();
    made.subgroup_size = 0;
    module = std::move(made);
    return {};
}

}  // namespace alkomp::ir
