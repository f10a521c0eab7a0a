// SPDX-License-Identifier: MIT OR Apache-2.0
#include "support/random_program.h"

#include "alkomp/capabilities.h"
#include "support/pure.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace alkomp::testing {
namespace {

using ir::InstructionId;
using ir::Op;
using ir::Space;
using ir::TypeId;
using ir::ValueId;
using Kind = ir::Type::Kind;

constexpr u32 kWordsOut = 4;  // of the buffer "out", for each invocation
constexpr u32 kCounters = 8;
constexpr u32 kMostTurns = 60;  // of all loops around an instruction
constexpr u32 kDeepest = 5;
constexpr u32 kStructureAlignment = 32;
constexpr u32 kUniform = 9;

// Memory that the invocation may read, and write if it is its own.
struct Place {
    ValueId pointer = ValueId::none;
    bool writable = true;
};

struct Open {
    InstructionId id = InstructionId::none;
    Op op = Op::if_;
    std::vector<TypeId> results{};
    std::vector<TypeId> next{};    // of a loop: what its continuing region takes
    ValueId turn = ValueId::none;  // of a loop: how often it went round
};

class Program {
public:
    Program(u64 seed, const RandomProgramOptions& options)
        : options_(options),
          values_(made_.module, seed, options.types),
          build_(values_.build()),
          module_(made_.module),
          types_(made_.module.types) {}

    RandomProgram make() {
        module_.name = "random";
        cooperates_ = values_.one_in(2);
        for (ValueId& size : module_.workgroup_size) size = module_.index(1);
        const u32 width = values_.one_of({1u, 2u, 4u, 5u, 8u, 8u, 16u});
        const u32 height = width <= 4 && values_.one_in(3) ? 2 : 1;
        module_.workgroup_size = {module_.index(width), module_.index(height), module_.index(1)};
        invocations_ = width * height;
        made_.run.groups = {1 + values_.below(2), 1, 1};
        made_.run.subgroup_size = std::max(1u, options_.subgroup_size);
        choose_types();
        declare_globals();
        make_functions();
        make_kernel();
        return std::move(made_);
    }

private:
    u32 below(u32 count) { return values_.below(count); }
    bool one_in(u32 count) { return values_.one_in(count); }
    ValueId emit(Op op, std::initializer_list<ValueId> operands, std::initializer_list<u32> immediates = {},
                 TypeId given = TypeId::none, u8 flags = 0) {
        return build_.emit(op, operands, immediates, given, flags);
    }
    ValueId show(ValueId id) {
        values_.show(id);
        return id;
    }
    TypeId pointee(ValueId pointer) const { return types_[module_.type_of(pointer)].element; }

    // Types.
    void choose_types() {
        types_in_use_ = {values_.u32_type(), values_.u32_type(), values_.bool_type()};
        const u32 simple = 4 + below(5);
        for (u32 i = 0; i < simple; ++i) types_in_use_.push_back(values_.simple());
        types_in_use_.push_back(plain_array(values_.simple()));
        types_in_use_.push_back(plain_structure());
        record_ = laid_structure(3 + below(4), 0);
        if (one_in(2)) types_in_use_.push_back(record_);
    }
    TypeId plain_array(TypeId element) { return types_.array(element, place(module_.index(1 + below(4)))); }
    TypeId plain_structure() {
        ir::Type made;
        made.kind = Kind::structure;
        made.name = "Plain";
        const u32 count = 1 + below(4);
        for (u32 i = 0; i < count; ++i) {
            const TypeId type = one_in(4) ? plain_array(values_.simple()) : values_.simple();
            made.members.push_back({"m" + std::to_string(i), type, 0});
        }
        return types_.add(made);
    }
    bool has_storage(Scalar scalar) const {
        const u32 bytes = size_bytes(scalar);
        return scalar != Scalar::boolean && (bytes != 1 || options_.types.storage_8) &&
               (bytes != 2 || options_.types.storage_16);
    }
    struct Laid {
        TypeId type = TypeId::none;
        u32 size_bytes = 0, alignment_bytes = 1;
    };
    static u32 rounded(u32 bytes, u32 alignment) { return (bytes + alignment - 1) / alignment * alignment; }
    Laid laid_simple(u32 depth) {
        TypeId type = values_.simple(false);
        while (!has_storage(types_.scalar_of(type)) || (depth == kUniform && types_.bits(type) < 32))
            type = values_.simple(false);
        const u32 bytes = size_bytes(types_.scalar_of(type)), lanes = types_.lanes(type);
        return {type, bytes * lanes, bytes * (lanes == 3 ? 4 : lanes)};
    }
    Laid laid_member(u32 depth) {
        if (depth < 2 && one_in(6)) {
            const TypeId inner = laid_structure(1 + below(3), depth + 1);
            return {inner, types_[inner].size_bytes, kStructureAlignment};
        }
        const Laid element = laid_simple(depth);
        if (depth == kUniform || !one_in(4)) return element;
        const u32 stride = rounded(element.size_bytes, element.alignment_bytes), length = 1 + below(4);
        return {types_.array(element.type, place(module_.index(length)), stride), stride * length,
                element.alignment_bytes};
    }
    /// As std430 has it, or std140 at depth `kUniform`, but aligned to what the largest vector wants.
    TypeId laid_structure(u32 members, u32 depth) {
        ir::Type made;
        made.kind = Kind::structure;
        made.name = depth == 0 ? "Record" : "Inner";
        for (u32 i = 0; i < members; ++i) {
            const Laid member = laid_member(depth);
            made.size_bytes = rounded(made.size_bytes, member.alignment_bytes);
            made.members.push_back({"m" + std::to_string(i), member.type, made.size_bytes});
            made.size_bytes += member.size_bytes;
        }
        made.size_bytes = rounded(made.size_bytes, kStructureAlignment);
        return types_.add(made);
    }

    // Globals.
    ValueId global(ir::Global::Kind kind, const char* name, TypeId type, u32 binding = 0) {
        ir::Global made;
        made.kind = kind;
        made.name = module_.string(name);
        made.type = type;
        made.binding = binding;
        const ValueId id = module_.add_global(made);
        made_.run.buffers.resize(module_.globals.size());
        return id;
    }
    std::vector<std::byte>& bytes_of(ValueId global) { return made_.run.buffers[module_[global].index]; }
    void declare_globals() {
        const u32 all = invocations_ * made_.run.groups[0];
        const TypeId word = values_.u32_type(), words = types_.runtime_array(word, 4);
        in_ = global(ir::Global::Kind::storage, "in", words, 0);
        module_.globals.back().writes = false;
        bytes_of(in_).resize(std::size_t{all} * 4 * 4);
        for (std::byte& byte : bytes_of(in_)) byte = one_in(3) ? std::byte{0} : static_cast<std::byte>(below(256));
        data_ = global(ir::Global::Kind::storage, "data", types_.runtime_array(record_, types_[record_].size_bytes), 1);
        for (u32 i = 0; i < all; ++i) add_random(bytes_of(data_), record_);
        out_ = global(ir::Global::Kind::storage, "out", words, 2);
        bytes_of(out_).resize(std::size_t{all} * kWordsOut * 4);
        counters_ = global(ir::Global::Kind::storage, "counters", types_.runtime_array(values_.u32_type(), 4), 3);
        for (u32 i = 0; i < kCounters; ++i) add_random(bytes_of(counters_), values_.u32_type());
        if (one_in(2)) {
            const TypeId block = laid_structure(1 + below(3), kUniform);
            uniform_ = global(ir::Global::Kind::uniform, "fixed", block, 4);
            add_random(bytes_of(uniform_), block);
        }
        for (const Scalar scalar : {Scalar::u32, Scalar::i32, Scalar::f32}) {
            const ValueId id = global(ir::Global::Kind::scalar, "scalar", types_.scalar(scalar));
            module_.globals.back().offset_bytes = static_cast<u32>(made_.run.scalars.size());
            add_random(made_.run.scalars, types_.scalar(scalar));
            scalars_.push_back(id);
        }
        if (cooperates_) {
            for (u32 i = 0; i < 2; ++i) {
                const TypeId type = types_.array(values_.simple(), place(module_.index(invocations_)));
                shared_.push_back(global(ir::Global::Kind::shared, "shared", type));
            }
            shared_counters_ = global(ir::Global::Kind::shared, "shared_counters",
                                      types_.array(values_.u32_type(), place(module_.index(invocations_))));
        }
        for (u32 left = below(3); left > 0; --left) {
            const TypeId type = values_.one_of(types_in_use_);
            const ValueId initial = values_.constant(type);
            const ValueId id = global(ir::Global::Kind::local, "own", type);
            module_.globals.back().initial = initial;
            globals_.push_back({id, true});
        }
        specializations_ = {values_.specialization(Scalar::u32, below(20)),
                            values_.specialization(Scalar::i32, below(9)),
                            values_.specialization(Scalar::boolean, below(2))};
        if (one_in(2)) specializations_.push_back(computed());
    }
    ValueId computed() {
        ir::Constant made;
        made.kind = ir::Constant::Kind::computed;
        made.type = values_.u32_type();
        made.op = values_.one_of({Op::add, Op::mul, Op::sub, Op::div, Op::rem, Op::min, Op::shl, Op::bit_xor});
        made.parts = {specializations_[0], module_.index(below(6))};
        return module_.constant(std::move(made));
    }
    /// The bytes of a value whose floats are small.
    void add_random(std::vector<std::byte>& bytes, TypeId type) {
        const std::size_t begin = bytes.size();
        const auto fill = [&](auto&& self, TypeId id, std::size_t at) -> void {
            const ir::Type& about = types_[id];
            if (about.kind == Kind::scalar) {
                u64 bits = one_in(3) ? below(4) : one_in(3) ? ~u64{0} : values_.number();
                if (ir::is_float(about.scalar))
                    bits = from_double(about.scalar, (static_cast<double>(below(65)) - 32) / 2);
                if (bytes.size() < at + size_bytes(about.scalar)) bytes.resize(at + size_bytes(about.scalar));
                std::memcpy(&bytes[at], &bits, size_bytes(about.scalar));
                return;
            }
            const u64 count = about.kind == Kind::structure ? about.members.size()
                              : about.kind == Kind::array   ? length_of(module_, about)
                                                            : about.count;
            for (u32 i = 0; i < count; ++i) {
                const std::size_t offset = about.kind == Kind::structure ? about.members[i].offset_bytes
                                           : about.kind == Kind::array   ? i * about.stride_bytes
                                                                         : i * size_bytes(about.scalar);
                self(self, part_type(module_, id, i), at + offset);
            }
        };
        fill(fill, type, begin);
        if (types_.is(type, Kind::structure)) bytes.resize(begin + types_[type].size_bytes);
    }

    // Functions.
    void make_functions() {
        for (u32 left = below(3); left > 0; --left) {
            std::vector<TypeId> parameters;
            for (u32 more = 1 + below(3); more > 0; --more) parameters.push_back(values_.one_of(types_in_use_));
            if (one_in(2)) parameters.push_back(types_.pointer(Space::local, values_.one_of(types_in_use_)));
            if (one_in(2)) parameters.push_back(types_.pointer(Space::storage, record_));
            result_ = one_in(5) ? types_.nothing() : values_.one_of(types_in_use_);
            const ir::FunctionId id = build_.open_function("function", parameters, result_);
            for (const ValueId parameter : module_[id].parameters) {
                if (types_.is(module_.type_of(parameter), Kind::pointer)) places_.push_back({parameter, true});
                else show(parameter);
            }
            uniform_now_ = false;
            may_return_ = true;
            body(4 + below(8));
            if (!build_.ended()) return_();
            build_.close_function();
            values_.hide(0);
            places_.clear();
            functions_.push_back(id);
        }
    }
    void return_() { build_.return_(result_ == types_.nothing() ? ValueId::none : values_.any(result_)); }

    void make_kernel() {
        result_ = types_.nothing();
        module_.kernel = build_.open_function("main", {}, result_);
        uniform_now_ = true;
        may_return_ = !cooperates_;
        start();
        body(8 + below(22));
        if (!build_.ended()) {
            write_digest();
            build_.return_();
        }
        build_.close_function();
    }
    void start() {
        const ValueId local = build_.builtin(ir::Builtin::local_index);
        const ValueId group = emit(Op::extract, {build_.builtin(ir::Builtin::workgroup_id)}, {0});
        local_ = show(local);
        invocation_ = show(emit(Op::add, {emit(Op::mul, {group, module_.index(invocations_)}), local}));
        own_ = emit(Op::access, {data_, invocation_}, {}, TypeId::none, one_in(2) ? u8{ir::kInbounds} : u8{0});
        places_.push_back({own_, true});
        const ValueId first = emit(Op::mul, {invocation_, module_.index(kWordsOut)});
        for (u32 i = 0; i < kWordsOut; ++i)
            words_.push_back(emit(Op::access, {out_, emit(Op::add, {first, module_.index(i)})}));
        for (u32 i = 0; i < 2; ++i) places_.push_back({words_[i], true});
        for (const ValueId scalar : scalars_) even_.push_back(show(build_.load(scalar)));
        for (const ValueId constant : specializations_) even_.push_back(show(constant));
        const ValueId mine = emit(Op::mul, {invocation_, module_.index(4)});
        for (u32 i = 0; i < 4; ++i) {
            const ValueId index = emit(Op::add, {mine, module_.index(i)});
            show(build_.load(emit(Op::access, {in_, index}, {}, TypeId::none, ir::kInbounds)));
        }
    }
    /// What the program computed, in words that no one else writes.
    void write_digest() {
        for (u32 k = 2; k < kWordsOut; ++k) {
            ValueId sum = module_.index(k);
            for (u32 i = 0; i < 5; ++i) {
                const ValueId part = values_.digest(values_.one_of(values_.visible()));
                sum = emit(Op::add, {emit(Op::mul, {sum, module_.index(0x9e3779b1)}), part});
            }
            build_.store(words_[k], sum);
        }
    }

    // Statements.
    void body(u32 statements) {
        for (; statements > 0 && !build_.ended(); --statements) {
            if (open_.empty() && may_return_ && one_in(150)) return return_();
            statement();
        }
    }
    void statement() {
        const u32 choice = below(100);
        if (choice < 46) values_.expression(values_.one_of(types_in_use_));
        else if (choice < 52) declare();
        else if (choice < 62) store();
        else if (choice < 72) load();
        else if (choice < 75) read_elsewhere();
        else if (choice < 78) atomic();
        else if (choice < 82) together();
        else if (choice < 85) call();
        else if (choice < 87) choose_pointer();
        else if (choice < 93) if_();
        else if (choice < 96) switch_();
        else loop();
    }

    // Memory.
    void declare() {
        const TypeId type = values_.one_of(types_in_use_);
        const bool has_value = one_in(2);
        const ValueId initial = has_value ? values_.any(type) : ValueId::none;
        const ValueId pointer = build_.variable(type, "var", initial);
        if (!has_value) build_.store(pointer, values_.any(type));
        places_.push_back({pointer, true});
    }
    const Place* pick_place(bool writable) {
        const std::size_t all = places_.size() + globals_.size() + (uniform_ == ValueId::none ? 0 : 1);
        if (all == 0) return nullptr;
        const std::size_t i = below(static_cast<u32>(all));
        if (i < places_.size()) return &places_[places_.size() - 1 - i];
        if (i - places_.size() < globals_.size()) return &globals_[i - places_.size()];
        whole_uniform_ = {uniform_, false};
        return writable ? nullptr : &whole_uniform_;
    }
    /// A pointer to the place or to some part of it.
    ValueId into(const Place& place) {
        std::vector<ValueId> path{place.pointer};
        TypeId at = pointee(place.pointer);
        while (!types_.is(at, Kind::scalar) && !one_in(3)) {
            const ir::Type& type = types_[at];
            if (type.kind == Kind::structure) {
                const u32 member = below(static_cast<u32>(type.members.size()));
                path.push_back(module_.index(member));
                at = type.members[member].type;
            } else {
                const u64 count = type.kind == Kind::array ? length_of(module_, type) : type.count;
                path.push_back(values_.index(static_cast<u32>(count)));
                at = type.element;
            }
        }
        if (path.size() == 1) return place.pointer;
        return build_.emit(Op::access, path, {}, TypeId::none, one_in(2) ? u8{ir::kInbounds} : u8{0});
    }
    void store() {
        const Place* place = pick_place(true);
        if (place == nullptr || !place->writable) return;
        const ValueId pointer = into(*place);
        const ValueId value = values_.any(pointee(pointer));
        build_.store(pointer, value, 0, one_in(30) ? u8{ir::kVolatileAccess} : u8{0});
    }
    void load() {
        const Place* place = pick_place(false);
        if (place != nullptr) show(build_.load(into(*place)));
    }
    void read_elsewhere() {
        const u32 count = invocations_ * made_.run.groups[0] * 4;
        if (one_in(8)) {
            show(emit(Op::array_length, {in_}));
            return;
        }
        const ValueId at = emit(Op::access, {in_, values_.index(count)});
        show(build_.load(at));
    }
    void choose_pointer() {
        std::vector<ValueId> same;
        const Place* first = pick_place(true);
        if (first == nullptr || !first->writable) return;
        const ValueId a = into(*first);
        const Space space = module_.type(a).space;
        if (space == Space::local ? !options_.local_pointers : !options_.chosen_pointers) return;
        for (u32 attempt = 0; attempt < 8; ++attempt) {
            const Place* second = pick_place(true);
            if (second == nullptr || !second->writable) continue;
            const TypeId whole = pointee(second->pointer);
            if (module_.type_of(second->pointer) != module_.type_of(a) && types_.is(whole, Kind::scalar)) continue;
            const ValueId b = into(*second);
            if (module_.type_of(b) != module_.type_of(a)) continue;
            places_.push_back({emit(Op::select, {values_.any(values_.bool_type()), a, b}), true});
            return;
        }
    }
    void atomic() {
        // Each counter knows one operation, whose order does not matter; what was there before is seen by nobody.
        static constexpr std::array<Op, kCounters> kOps{Op::atomic_add, Op::atomic_sub, Op::atomic_min, Op::atomic_max,
                                                        Op::atomic_and, Op::atomic_or,  Op::atomic_xor, Op::atomic_add};
        const u32 which = below(kCounters);
        const ValueId pointer = emit(Op::access, {counters_, module_.index(which)});
        const auto scope = static_cast<u32>(ir::Scope::device);
        const auto drawn = values_.one_of({ir::Order::relaxed, ir::Order::acquire_release});
        const auto order = static_cast<u32>(options_.ordered_atomics ? drawn : ir::Order::relaxed);
        static_cast<void>(emit(kOps[which], {pointer, values_.any(values_.u32_type())}, {order, scope}));
        // Words of its own may be changed by any atomic, and read.
        if (!one_in(2)) return;
        const Op op = values_.one_of({Op::atomic_add, Op::atomic_sub, Op::atomic_min, Op::atomic_max, Op::atomic_and,
                                      Op::atomic_or, Op::atomic_xor, Op::atomic_exchange});
        if (words_.empty()) return;
        show(emit(op, {words_[below(2)], values_.any(values_.u32_type())}, {0, scope}));
        if (one_in(3))
            show(emit(Op::atomic_compare_exchange,
                      {words_[below(2)], values_.any(values_.u32_type()), values_.any(values_.u32_type())},
                      {0, scope}));
        if (one_in(3)) emit(Op::atomic_store, {words_[below(2)], values_.any(values_.u32_type())}, {0, scope});
        if (one_in(3)) show(emit(Op::atomic_load, {words_[below(2)]}, {0, scope}));
    }

    // What invocations do together.
    void together() {
        if (!uniform_now_) return;
        if (options_.subgroup_size > 1 && one_in(3)) return subgroup();
        if (!cooperates_) return;
        if (one_in(3)) return count_together();
        const ValueId memory = values_.one_of(shared_);
        const TypeId element = types_[pointee(memory)].element;
        build_.store(emit(Op::access, {memory, local_}), values_.any(element));
        barrier();
        const ValueId other =
            emit(Op::rem, {emit(Op::add, {local_, values_.any(values_.u32_type())}), module_.index(invocations_)});
        show(build_.load(emit(Op::access, {memory, other}, {}, TypeId::none, one_in(2) ? u8{ir::kInbounds} : u8{0})));
        barrier();
    }
    void barrier() {
        const auto spaces = static_cast<u32>(one_in(2) ? ir::kShared : ir::kShared | ir::kStorage);
        static_cast<void>(emit(Op::barrier, {}, {static_cast<u32>(ir::Scope::workgroup), spaces}));
    }
    void count_together() {
        const auto scope = static_cast<u32>(ir::Scope::workgroup);
        const auto counter = [&](ValueId index) { return emit(Op::access, {shared_counters_, index}); };
        build_.store(counter(local_), module_.index(0));
        barrier();
        const ValueId which = values_.index(invocations_);
        static_cast<void>(emit(Op::atomic_add, {counter(which), values_.any(values_.u32_type())}, {0, scope}));
        barrier();
        show(build_.load(counter(values_.index(invocations_))));
        barrier();
    }
    void subgroup() {
        const TypeId type = types_.vector(one_in(2) ? Scalar::u32 : Scalar::i32, 1 + (one_in(4) ? below(4) : 0));
        const bool is_full = invocations_ % options_.subgroup_size == 0;
        const ValueId x = values_.any(type), truth = values_.any(values_.bool_type());
        const auto combination = static_cast<u32>(values_.one_of(
            {ir::Combine::add, ir::Combine::mul, ir::Combine::min, ir::Combine::max, ir::Combine::bit_xor}));
        switch (below(8)) {
            case 0:
                show(emit(Op::subgroup_reduce, {x}, {combination, 0}));
                return;
            case 1:
                show(emit(Op::subgroup_scan, {x}, {combination, 1 + below(2)}));
                return;
            case 2:
                show(emit(values_.one_of({Op::subgroup_all, Op::subgroup_any}), {truth}));
                return;
            case 3:
                show(emit(Op::subgroup_ballot, {truth}));
                return;
            case 4:
                show(emit(Op::subgroup_broadcast_first, {x}));
                return;
            case 5:
                show(build_.builtin(ir::Builtin::subgroup_lane));
                return;
            case 6:
                show(emit(Op::subgroup_broadcast, {x, module_.index(0)}));
                return;
            default:
                if (!is_full) return;
                show(emit(Op::subgroup_shuffle_xor, {x, module_.index(1 + below(options_.subgroup_size - 1))}));
                return;
        }
    }
    void call() {
        if (functions_.empty()) return;
        const ir::FunctionId id = values_.one_of(functions_);
        if (turns_ > kMostTurns / 4) return;
        std::vector<ValueId> given;
        for (const ValueId parameter : module_[id].parameters) {
            const TypeId type = module_.type_of(parameter);
            if (!types_.is(type, Kind::pointer)) {
                given.push_back(values_.any(type));
            } else if (types_[type].space == Space::storage) {
                if (own_ == ValueId::none) return;
                given.push_back(own_);
            } else {
                given.push_back(local_memory(types_[type].element));
            }
        }
        const std::array<u32, 1> callee{place(id)};
        const ValueId result = build_.emit(Op::call, given, callee);
        if (result != ValueId::none) show(result);
    }
    ValueId local_memory(TypeId type) {
        for (const Place& place : places_)
            if (module_.type_of(place.pointer) == types_.pointer(Space::local, type) && one_in(2)) return place.pointer;
        return build_.variable(type, "given", values_.any(type));
    }

    // Control.
    struct Mark {
        std::size_t values = 0, places = 0;
    };
    Mark enter(std::span<const TypeId> parameters = {}) {
        const Mark scope{values_.mark(), places_.size()};
        const ir::RegionId region = build_.open_region(parameters);
        for (const ValueId id : module_[region].parameters) add_parameter(id);
        return scope;
    }
    void add_parameter(ValueId id) {
        if (types_.is(module_.type_of(id), Kind::pointer)) places_.push_back({id, true});
        else show(id);
    }
    void leave(const Mark& scope) {
        build_.close_region();
        values_.hide(scope.values);
        places_.resize(scope.places);
    }
    std::vector<TypeId> some_types(u32 most) {
        std::vector<TypeId> types;
        for (u32 i = below(most + 1); i > 0; --i) types.push_back(values_.one_of(types_in_use_));
        if (options_.chosen_pointers && own_ != ValueId::none && one_in(12))
            types.push_back(types_.pointer(Space::storage, record_));
        return types;
    }
    /// Values to pass on, pointers among them.
    std::vector<ValueId> some(std::span<const TypeId> types) {
        std::vector<ValueId> all;
        for (const TypeId type : types) {
            if (!types_.is(type, Kind::pointer)) {
                all.push_back(values_.any(type));
                continue;
            }
            std::vector<ValueId> known;
            for (const Place& place : places_)
                if (module_.type_of(place.pointer) == type) known.push_back(place.pointer);
            all.push_back(values_.one_of(known));
        }
        return all;
    }
    void end_region() {
        if (build_.ended()) return;
        const u32 choice = below(12);
        if (choice == 0 && may_return_ && floor_ == 0) return return_();
        if (choice <= 3) {
            const auto k = floor_ + below(static_cast<u32>(open_.size()) - floor_);
            const Open to = open_[k];
            if (to.op == Op::loop && one_in(2)) return next(to);
            return exit(to);
        }
        if (open_.back().op == Op::loop) return next(Open(open_.back()));
        exit(Open(open_.back()));
    }
    void exit(const Open& to) { build_.exit(to.id, some(to.results)); }
    void next(const Open& to) {
        std::vector<ValueId> given = some(std::span(to.next).subspan(1));
        given.insert(given.begin(), to.turn);
        build_.next(to.id, given);
    }
    /// A condition, and whether all invocations agree on it.
    std::pair<ValueId, bool> condition() {
        if (!uniform_now_ || !one_in(3)) return {values_.any(values_.bool_type()), false};
        const ValueId even = values_.one_of(even_);
        if (module_.type_of(even) == values_.bool_type()) return {even, true};
        const Op op = values_.one_of({Op::lt, Op::ge, Op::eq});
        return {emit(op, {even, values_.constant(module_.type_of(even))}), true};
    }
    struct Around {
        bool uniform = false;
        u32 floor = 0, turns = 1;
    };
    /// Opens what is left by `close`. From where invocations part none of them goes beyond where all are together.
    Around open(const Open& construct, bool all_agree, u32 turns = 1) {
        const Around around{uniform_now_, floor_, turns_};
        if (uniform_now_ && !all_agree) {
            uniform_now_ = false;
            if (!may_return_) floor_ = static_cast<u32>(open_.size());
        }
        turns_ *= turns;
        open_.push_back(construct);
        return around;
    }
    void close(const Around& around, const ir::Switch& chooses = {}) {
        uniform_now_ = around.uniform && !may_return_;
        floor_ = around.floor;
        turns_ = around.turns;
        const InstructionId id = open_.back().id;
        open_.pop_back();
        build_.close_construct(chooses);
        for (u32 i = 0; i < module_[id].results.count; ++i) add_parameter(module_.result(module_[id], i));
    }
    u32 inner_size() { return 1 + below(open_.size() > 2 ? 3u : 5u); }
    bool too_deep() const { return open_.size() >= kDeepest; }

    void if_() {
        if (too_deep()) return;
        // Nobody comes where the program says that nobody does.
        const bool never = one_in(12);
        const auto [holds, all_agree] =
            never ? std::pair(emit(Op::lt, {values_.any(values_.u32_type()), module_.index(0)}), true) : condition();
        const std::vector<TypeId> results = some_types(2);
        Open construct{build_.open_if(holds, results), Op::if_, results};
        const Around around = open(construct, all_agree);
        for (u32 arm = 0; arm < 2; ++arm) {
            const Mark scope = enter();
            if (arm == 0 || !one_in(3)) body(inner_size());
            if (never && arm == 0 && !build_.ended()) build_.unreachable();
            end_region();
            leave(scope);
        }
        close(around);
    }
    void switch_() {
        if (too_deep()) return;
        const TypeId type = types_.scalar(values_.integer());
        ValueId selector = values_.any(type);
        const u64 mask = ~u64{0} >> (64 - types_.bits(type));
        const bool is_small = !one_in(4);
        if (is_small) selector = emit(Op::bit_and, {selector, module_.constant(type, 7)});
        const std::vector<TypeId> results = some_types(2);
        const u32 count = 1 + below(5);
        ir::Switch chooses;
        chooses.default_region = below(count);
        chooses.values.resize(count);
        std::vector<u64> taken;
        std::vector<std::vector<TypeId>> parameters(count);
        for (u32 i = 0; i < count; ++i) {
            for (u32 k = below(3); k > 0; --k) {
                const u64 value = is_small ? below(8) : values_.number() & mask;
                if (std::find(taken.begin(), taken.end(), value) != taken.end()) continue;
                taken.push_back(value);
                chooses.values[i].push_back(value);
            }
            if (one_in(3)) parameters[i] = some_types(2);
            if (chooses.leads_to(i))
                for (const ValueId given : some(parameters[i])) chooses.parameters.push_back(given);
        }
        Open construct{build_.open_switch(selector, results), Op::switch_, results};
        const Around around = open(construct, false);
        for (u32 i = 0; i < count; ++i) {
            const Mark scope = enter(parameters[i]);
            body(1 + below(4));
            if (!build_.ended()) {
                const bool must_fall = i + 1 < count && !chooses.leads_to(i + 1);
                if (i + 1 < count && (must_fall || one_in(4))) build_.fallthrough(some(parameters[i + 1]));
                else end_region();
            }
            leave(scope);
        }
        close(around, chooses);
    }
    void loop() {
        const u32 turns = 1 + below(4);
        if (too_deep() || turns_ * turns > kMostTurns) return;
        const bool all_agree = uniform_now_ && one_in(2), checks_first = one_in(2);
        Open construct;
        construct.op = Op::loop;
        std::vector<TypeId> carried = some_types(3);
        carried.insert(carried.begin(), values_.u32_type());
        construct.next = some_types(2);
        construct.next.insert(construct.next.begin(), values_.u32_type());
        construct.results = some_types(2);
        std::vector<ValueId> first = some(std::span(carried).subspan(1));
        first.insert(first.begin(), module_.index(0));
        construct.id = build_.open_loop(first, construct.results);
        const Around around = open(construct, all_agree, turns);
        const Mark in_body = enter(carried);
        const std::vector<ValueId> parameters = module_[build_.region()].parameters;
        open_.back().turn = parameters[0];
        if (checks_first) leave_after(turns, parameters[0]);
        body(inner_size());
        // Where all go round together nobody leaves on his own.
        if (!build_.ended() && all_agree) next(Open(open_.back()));
        else end_region();
        leave(in_body);
        continuing(construct, carried, turns, checks_first);
        close(around);
    }
    void leave_after(u32 turns, ValueId turn) {
        const Open outer = open_.back();
        const ValueId goes_on = emit(Op::lt, {turn, module_.index(turns)});
        const InstructionId id = build_.open_if(goes_on);
        for (const bool stays : {true, false}) {
            const Mark scope = enter();
            if (stays) build_.exit(id);
            else exit(outer);
            leave(scope);
        }
        build_.close_construct();
    }
    void continuing(const Open& construct, const std::vector<TypeId>& carried, u32 turns, bool checked) {
        const u32 floor = std::exchange(floor_, static_cast<u32>(open_.size()));
        const bool may_return = std::exchange(may_return_, false);
        const Mark scope = enter(construct.next);
        const ValueId turn = module_[build_.region()].parameters[0];
        const ValueId next_turn = emit(Op::add, {turn, module_.index(1)});
        for (u32 i = below(4); i > 0; --i) statement();
        std::vector<ValueId> again = some(std::span(carried).subspan(1));
        again.insert(again.begin(), next_turn);
        if (checked && one_in(2)) {
            build_.repeat(construct.id, again);
        } else {
            const ValueId holds = emit(Op::lt, {next_turn, module_.index(turns)});
            build_.repeat_if(holds, construct.id, again, some(construct.results));
        }
        leave(scope);
        floor_ = floor;
        may_return_ = may_return;
    }

    RandomProgramOptions options_;
    RandomProgram made_;
    RandomValues values_;
    ir::Builder& build_;
    ir::Module& module_;
    ir::Types& types_;
    u32 invocations_ = 1;  // of a workgroup
    std::vector<TypeId> types_in_use_;
    TypeId record_ = TypeId::none;
    ValueId in_{}, data_{}, out_{}, counters_{}, uniform_{}, shared_counters_{};
    std::vector<ValueId> scalars_, shared_, specializations_;
    std::vector<Place> globals_, places_;
    Place whole_uniform_;
    std::vector<ir::FunctionId> functions_;
    ValueId local_{}, invocation_{}, own_{};
    std::vector<ValueId> words_, even_;
    TypeId result_ = TypeId::none;  // of the function that is made
    std::vector<Open> open_;
    u32 floor_ = 0;  // no jump goes to a construct below
    u32 turns_ = 1;
    bool cooperates_ = false;   // the kernel has barriers, so nobody returns early
    bool uniform_now_ = false;  // all invocations of the workgroup come here together
    bool may_return_ = false;
};

}  // namespace

RandomProgramOptions RandomProgramOptions::of(const Capabilities& capabilities) {
    const Features& has = capabilities.features;
    RandomProgramOptions options;
    options.types = {has.i8, has.i16, has.i64, has.f16, has.f64, has.storage_8, has.storage_16};
    options.chosen_pointers = has.variable_pointers;
    options.local_pointers = false;
    options.ordered_atomics = capabilities.wgsl.dialect == WgslSupport::Dialect::none;
    options.subgroup_size = capabilities.limits.subgroup_size;
    return options;
}

RandomProgram random_program(u64 seed, const RandomProgramOptions& options) { return Program(seed, options).make(); }

}  // namespace alkomp::testing
