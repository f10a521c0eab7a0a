// SPDX-License-Identifier: MIT OR Apache-2.0
#include "lang/recorder.h"

#include "alkomp/error.h"
#include "ir/print.h"

#include <algorithm>
#include <array>
#include <atomic>

namespace alkomp::detail {
namespace {

thread_local Recorder* recorder_of_thread = nullptr;

u32 next_serial() {
    static std::atomic<u32> last{0};
    return ++last;
}

/// What a scalar of a call is aligned to: as in std430.
u32 alignment_of(const TypeInfo& info) {
    switch (info.kind) {
        case TypeInfo::Kind::scalar:
            return info.size_bytes;
        case TypeInfo::Kind::vector:
            return info.element->size_bytes * (info.count == 2 ? 2 : 4);
        case TypeInfo::Kind::array:
        case TypeInfo::Kind::matrix:
            return alignment_of(*info.element);
        case TypeInfo::Kind::structure:
            break;
    }
    std::vector<MemberInfo> members(info.count);
    info.members(members.data());
    u32 most = 4;
    for (const MemberInfo& member : members) most = std::max(most, alignment_of(*member.type));
    return most;
}

}  // namespace

Recorder::Recorder(std::string name, const RecordOptions& options, Place place)
    : record_(std::make_shared<RecordedKernelRecord>()),
      serial_(next_serial()),
      place_(place),
      names_(options.parameters),
      builder_(record_->module) {
    record_->name = name;
    record_->serial = serial_;
    record_->robust = options.robust;
    record_->subgroup_size = options.subgroup_size;
    ir::Module& module = record_->module;
    module.name = std::move(name);
    const std::array<u32, 3> size{options.workgroup_size.x, options.workgroup_size.y, options.workgroup_size.z};
    for (std::size_t i = 0; i < 3; ++i) module.workgroup_size[i] = module.index(size[i]);
    module.subgroup_size = options.subgroup_size;
    locate(place);
    module.kernel = builder_.open_function(module.name, {}, module.types.nothing());
    regions_.push_back({builder_.region(), kAll});
}

Recorder* Recorder::find() noexcept { return recorder_of_thread; }
void Recorder::set(Recorder* recorder) noexcept { recorder_of_thread = recorder; }

Recorder& Recorder::current(Place place) {
    if (recorder_of_thread != nullptr) return *recorder_of_thread;
    throw Error(ErrorCode::compile_failed,
                "kernel: " + at_place(place,
                                      "no kernel is being recorded on this thread: this belongs into the function that "
                                      "is given to kernel(...)."));
}

void Recorder::fail(Place place, const std::string& sentence) const {
    is_spoiled_ = true;
    if (pinned.line != 0) place = pinned;
    throw Error(ErrorCode::compile_failed, "kernel: " + at_place(place.line == 0 ? place_ : place, sentence) +
                                               "\nwhile recording the kernel \"" + record_->name + '"');
}

bool Recorder::holds(const std::vector<OpenRegion>& regions, ir::RegionId region) {
    return std::any_of(regions.rbegin(), regions.rend(), [&](const OpenRegion& open) { return open.id == region; });
}

ir::ValueId Recorder::check(Node node, Place place) {
    if (node.recording != serial_) {
        fail(place, node.recording == 0 ? "this variable was moved from."
                                        : "this value belongs to another kernel, whose recording has ended.");
    }
    const auto id = ir::ValueId{node.value};
    const ir::Value& value = module()[id];
    ir::RegionId region = ir::RegionId::none;
    u32 location = 0;
    switch (value.kind) {
        case ir::Value::Kind::constant:
        case ir::Value::Kind::global:
            return id;
        case ir::Value::Kind::function_parameter:
            region = module().functions[value.index].body;
            break;
        case ir::Value::Kind::region_parameter:
            region = ir::RegionId{value.index};
            break;
        case ir::Value::Kind::result:
            region = module().instructions[value.index].region;
            location = module().instructions[value.index].location;
            break;
    }
    if (holds(regions_, region)) return id;
    for (const std::vector<OpenRegion>& outer : callers_)
        if (holds(outer, region))
            fail(place, "a value that the function captures belongs to its caller: give it as an argument.");
    const u32 line = module().locations[location].line;
    fail(place, "this value was made in a block that has ended" +
                    (line == 0 ? std::string() : " (line " + std::to_string(line) + ')') +
                    ": keep it in a Var that is declared outside the block.");
}

void Recorder::locate(Place place) {
    if (pinned.line != 0) place = pinned;
    if (place.line == 0) return;
    if (place.file != file_) {
        file_ = place.file;
        file_name_ = module().string(place.file);
    }
    builder_.locate({file_name_, place.line, 0});
}

Node Recorder::emit(ir::Op op, std::span<const ir::ValueId> operands, Place place, std::span<const u32> immediates,
                    ir::TypeId given, u8 flags) {
    locate(place);
    if (precise && !operands.empty() && module().types.is_float(module().type_of(operands[0]))) flags |= ir::kPrecise;
    try {
        return node(builder_.emit(op, operands, immediates, given, flags));
    } catch (const Error& error) {
        fail(place, error.what());
    }
}

Node Recorder::convert(Node value, const TypeInfo& wanted, Place place) {
    ir::ValueId at = check(value, place);
    ir::Types& types = module().types;
    if (types.is(module().type_of(at), ir::Type::Kind::cooperative_matrix))
        return emit(ir::Op::convert, {&at, 1}, place, {}, type(wanted));
    const u32 lanes = types.lanes(module().type_of(at));
    const ir::TypeId same_lanes_type = types.vector(wanted.scalar, lanes);
    if (module().type_of(at) != same_lanes_type) {
        if (wanted.scalar == Scalar::boolean) {
            const std::array operands{at, module().zero(module().type_of(at))};
            at = ir::ValueId{emit(ir::Op::ne, operands, place).value};
        } else {
            at = ir::ValueId{emit(ir::Op::convert, {&at, 1}, place, {}, same_lanes_type).value};
        }
    }
    if (lanes == wanted.count) return node(at);
    return emit(ir::Op::splat, {&at, 1}, place, {}, type(wanted));
}

Node Recorder::element(Node pointer, Node index, u32 count, Place place) {
    const std::array operands{check(pointer, place), check(index, place)};
    const std::optional<u64> known = module().known_bits(operands[1]);
    if (count != 0 && known && *known >= count)
        fail(place, "the index " + std::to_string(*known) + " is outside: there are " + std::to_string(count) + '.');
    const bool is_inside = (count != 0 && known) || !record_->robust;
    return emit(ir::Op::access, operands, place, {}, ir::TypeId::none, is_inside ? u8{ir::kInbounds} : u8{0});
}

// Parameters ---------------------------------------------------------------------------------------

Node Recorder::buffer(const TypeInfo& element, BufferUse use) {
    ir::Global global;
    global.kind = ir::Global::Kind::storage;
    global.name =
        module().string(parameters_ < names_.size() ? names_[parameters_] : "arg" + std::to_string(parameters_));
    ++parameters_;
    global.type = module().types.runtime_array(type(element), element.size_bytes);
    global.binding = bindings_++;
    global.reads = use != BufferUse::out;
    global.writes = use != BufferUse::in;
    global.location = {module().string(place_.file), place_.line, 0};
    return node(module().add_global(global));
}

Node Recorder::scalar(const TypeInfo& info) {
    ir::Global global;
    global.kind = ir::Global::Kind::scalar;
    global.name =
        module().string(parameters_ < names_.size() ? names_[parameters_] : "arg" + std::to_string(parameters_));
    ++parameters_;
    global.type = type(info);
    const u32 alignment = alignment_of(info);
    global.offset_bytes = (scalar_bytes_ + alignment - 1) / alignment * alignment;
    scalar_bytes_ = global.offset_bytes + info.size_bytes;
    global.writes = false;
    global.location = {module().string(place_.file), place_.line, 0};
    const ir::ValueId pointer = module().add_global(global);
    const std::array<u32, 1> alignment_unknown{0};
    return emit(ir::Op::load, {&pointer, 1}, place_, alignment_unknown);
}

Node Recorder::shared(const TypeInfo& info, Place place) {
    ir::Global global;
    global.kind = ir::Global::Kind::shared;
    global.name = module().string("shared" + std::to_string(module().globals.size()));
    global.type = type(info);
    if (place.line != 0) global.location = {module().string(place.file), place.line, 0};
    return node(module().add_global(global));
}

Node Recorder::scratch(const TypeInfo& element, u32 count, u32 slot) {
    Scratch& kept = scratch_[{&element, slot}];
    if (kept.count < count) {
        const ir::TypeId array = array_of(element, count);
        if (kept.memory == ir::ValueId::none) {
            ir::Global global;
            global.kind = ir::Global::Kind::shared;
            global.name = module().string("scratch" + std::to_string(module().globals.size()));
            global.type = array;
            global.location = {module().string(pinned.file), pinned.line, 0};
            kept.memory = module().add_global(global);
        } else {
            // Pointers to its elements do not depend on how many there are.
            module().globals[module()[kept.memory].index].type = array;
            module()[kept.memory].type = module().types.pointer(ir::Space::shared, array);
        }
        kept.count = count;
    }
    return node(kept.memory);
}

u32 Recorder::workgroup_size(std::size_t axis) {
    return static_cast<u32>(module().known_bits(module().workgroup_size[axis]).value_or(1));
}

// Functions ----------------------------------------------------------------------------------------

Node Recorder::call(const CallSite& site, const Node* arguments, FunctionBody body) {
    std::vector<ir::ValueId> operands;
    for (u32 i = 0; i < site.count; ++i) operands.push_back(check(arguments[i], site.place));
    FunctionKey key{site.function, {site.parameters, site.parameters + site.count}};
    const auto [found, is_new] = functions_.try_emplace(std::move(key));
    RecordedFunction& recorded = found->second;
    if (recorded.is_open) fail(site.place, "the function calls itself; device code has no recursion.");
    if (is_new) {
        recorded.is_open = true;
        std::vector<ir::TypeId> types;
        for (u32 i = 0; i < site.count; ++i) types.push_back(type(*site.parameters[i]));
        const ir::TypeId result = site.result == nullptr ? module().types.nothing() : type(*site.result);
        // What is open around the call is closed to the function's code.
        callers_.push_back(std::exchange(regions_, {}));
        std::vector<Target> outer_targets = std::exchange(targets, {});
        std::vector<Chain> outer_chains = std::exchange(chains, {});
        const TypeInfo* outer_result = std::exchange(result_, site.result);
        const bool was_in_function = std::exchange(in_function_, true);
        const std::string name =
            site.name.empty() ? "function" + std::to_string(functions_.size()) : std::string(site.name);
        recorded.id = builder_.open_function(name, types, result);
        regions_.push_back({builder_.region(), kAll});
        std::vector<Node> parameters;
        for (const ir::ValueId parameter : module()[recorded.id].parameters) parameters.push_back(node(parameter));
        const Node value = body(parameters.data());
        if (regions_.size() != 1) fail(site.place, "the function caught an exception that ended a block of it.");
        if (ended()) this->body().resize(regions_.back().live);
        else builder_.return_(site.result == nullptr ? ir::ValueId::none : check(value, site.place));
        builder_.close_function();
        regions_ = std::move(callers_.back());
        callers_.pop_back();
        targets = std::move(outer_targets);
        chains = std::move(outer_chains);
        result_ = outer_result;
        in_function_ = was_in_function;
        recorded.is_open = false;
    }
    const u32 function = ir::place(recorded.id);
    return emit(ir::Op::call, operands, site.place, {&function, 1});
}

void Recorder::return_value(const Node* value, const TypeInfo* type, Place place) {
    if (type != result_) {
        const std::string wanted = result_ == nullptr ? "nothing" : ir::to_string(module(), this->type(*result_));
        const std::string given = type == nullptr ? "nothing" : ir::to_string(module(), this->type(*type));
        fail(place, std::string("the ") + (in_function_ ? "function" : "kernel") + " returns " + wanted +
                        "; return_ gives " + given + '.');
    }
    locate(place);
    const ir::ValueId result = value == nullptr ? ir::ValueId::none : check(*value, place);
    end_region([&] { builder_.return_(result); });
}

// Regions ------------------------------------------------------------------------------------------

ir::RegionId Recorder::open_region(std::span<const ir::TypeId> parameters) {
    const ir::RegionId id = builder_.open_region(parameters);
    regions_.push_back({id, kAll});
    return id;
}

void Recorder::forget_region() {
    if (ended()) body().resize(regions_.back().live);
    regions_.pop_back();
    builder_.close_region();
}

Mark Recorder::mark(Node left, Place place) {
    static_cast<void>(check(left, place));
    return {left, place, ir::place(regions_.back().id), static_cast<u32>(body().size())};
}

/// Pure instructions, and reads of memory that is always there: it does no harm if they happen in vain.
bool Recorder::may_always_happen(std::span<const ir::InstructionId> instructions) const {
    constexpr std::size_t kFew = 16;
    const ir::Module& module = record_->module;
    const auto is_harmless = [&](ir::InstructionId id) {
        const ir::Instruction& instruction = module[id];
        if (ir::has(instruction.op, ir::kPure)) return true;
        if (instruction.op != ir::Op::load) return false;
        const ir::Value& pointer = module[module.operands(instruction)[0]];
        if (pointer.kind == ir::Value::Kind::global)
            return module.globals[pointer.index].kind == ir::Global::Kind::scalar;
        return pointer.kind == ir::Value::Kind::result && module.instructions[pointer.index].op == ir::Op::variable;
    };
    return instructions.size() <= kFew && std::all_of(instructions.begin(), instructions.end(), is_harmless);
}

Node Recorder::short_circuit(bool is_and, const Mark& mark, Node right) {
    const ir::ValueId a = check(mark.left, mark.place), b = check(right, mark.place);
    if (mark.region != ir::place(regions_.back().id))
        fail(mark.place, "the right side of && or || leaves a block open or ends one.");
    const std::span<const ir::InstructionId> since = std::span(body()).subspan(mark.position);
    if (may_always_happen(since)) {
        const std::array operands{a, b};
        return emit(is_and ? ir::Op::bit_and : ir::Op::bit_or, operands, mark.place);
    }
    const std::vector<ir::InstructionId> right_side(since.begin(), since.end());
    std::size_t live = kAll;  // what follows a jump of the right side is dropped
    if (ended() && regions_.back().live >= mark.position) {
        live = regions_.back().live - mark.position;
        regions_.back().live = kAll;
    }
    body().resize(mark.position);
    locate(mark.place);
    const ir::TypeId boolean = module().types.scalar(Scalar::boolean);
    const ir::InstructionId choice = builder_.open_if(a, {&boolean, 1});
    const ir::ValueId otherwise = module().constant(boolean, is_and ? 0 : 1);
    const auto evaluate = [&] {
        open_region();
        body() = right_side;
        for (const ir::InstructionId id : right_side) module()[id].region = regions_.back().id;
        regions_.back().live = live;
        close_region([&] { builder_.exit(choice, {&b, 1}); });
    };
    const auto skip = [&] {
        open_region();
        close_region([&] { builder_.exit(choice, {&otherwise, 1}); });
    };
    if (is_and) evaluate();
    skip();
    if (!is_and) evaluate();
    builder_.close_construct();
    return node(module().result(module()[choice]));
}

// In destructors: a failure is told at the end.
void Recorder::close_choices(u32 depth, bool has_else) noexcept {
    try {
        if (!has_else && !body().empty())
            fail(chains.back().place, "an if_ has no name: else_if_ and else_ follow it at once.");
        for (; depth > 0; --depth) {
            const ir::InstructionId choice = chains.back().construct;
            chains.pop_back();
            close_region([&] { builder_.exit(choice); });
            builder_.close_construct();
        }
    } catch (const std::exception& error) {
        if (!late_failure_) late_failure_ = error.what();
    }
}

void Recorder::close_cases() noexcept {
    try {
        Chain chain = std::move(chains.back());
        chains.pop_back();
        targets.pop_back();
        if (!chain.has_default) {
            chain.chooses.default_region = static_cast<u32>(chain.chooses.values.size());
            chain.chooses.values.emplace_back();
            open_region();
            close_region([&] { builder_.exit(chain.construct); });
        }
        builder_.close_construct(chain.chooses);
    } catch (const std::exception& error) {
        if (!late_failure_) late_failure_ = error.what();
    }
}

// The end ------------------------------------------------------------------------------------------

std::shared_ptr<RecordedKernelRecord> Recorder::finish() {
    if (late_failure_) throw Error(ErrorCode::compile_failed, *late_failure_);
    if (is_spoiled_ || regions_.size() != 1 || !chains.empty())
        fail(place_, "the kernel caught an exception that ended a block of it: what was recorded is not whole.");
    if (!ended()) builder_.return_();
    else body().resize(regions_.back().live);
    check_effects();
    if (!record_->needs_groups) skip_beyond_count();
    regions_.pop_back();
    builder_.close_function();
    return std::move(record_);
}

namespace {

ir::ValueId root_of(const ir::Module& module, ir::ValueId pointer) {
    while (module[pointer].kind == ir::Value::Kind::result) {
        const ir::Instruction& made = module.instructions[module[pointer].index];
        if (made.op != ir::Op::access && made.op != ir::Op::offset) break;
        pointer = module.operands(made)[0];
    }
    return pointer;
}

/// All instructions of a region and those within, in order.
template <class F>
void visit(const ir::Module& module, ir::RegionId region, const F& f) {
    for (const ir::InstructionId id : module[region].body) {
        f(module[id]);
        for (const ir::RegionId inner : module.regions_of(module[id])) visit(module, inner, f);
    }
}

}  // namespace

void Recorder::check_effects() {
    bool writes = false;
    const ir::Module& m = module();
    for (std::size_t i = 1; i < m.functions.size(); ++i) {
        visit(m, m.functions[i].body, [&](const ir::Instruction& instruction) {
            const bool together = ir::has(instruction.op, ir::kConvergent) && instruction.op != ir::Op::call;
            if (together && !record_->needs_groups) {
                record_->needs_groups = true;
                const ir::Location& at = m.locations[instruction.location];
                record_->groups_line = at.line;
            }
            if (!ir::has(instruction.op, ir::kWrites)) return;
            if (instruction.op == ir::Op::print || instruction.op == ir::Op::check) writes = true;
            if (!ir::has(instruction.op, ir::kAtomic) && instruction.op != ir::Op::store &&
                instruction.op != ir::Op::matrix_store)
                return;
            const ir::TypeId pointer = m.type_of(root_of(m, m.operands(instruction)[0]));
            const ir::Space space = m.types[pointer].space;
            writes = writes || space == ir::Space::storage || space == ir::Space::address;
        });
    }
    if (!writes) fail(place_, "the kernel writes to none of its buffers.");
}

// A call without groups rounds up to whole workgroups: the invocations beyond its elements do nothing.
void Recorder::skip_beyond_count() {
    const auto along = [&](std::size_t axis) { return module().known_bits(module().workgroup_size[axis]); };
    if (along(1) != 1u || along(2) != 1u) return;
    locate(place_);
    const ir::TypeId u32_type = module().types.scalar(Scalar::u32);
    ir::Global global;
    global.kind = ir::Global::Kind::scalar;
    global.name = module().string("count");
    global.type = u32_type;
    global.offset_bytes = (scalar_bytes_ + 3) / 4 * 4;
    global.writes = false;
    global.is_count = true;
    const ir::ValueId count = module().add_global(global);
    const std::size_t before = body().size();
    const ir::ValueId ids = builder_.builtin(ir::Builtin::global_id);
    const ir::ValueId id = builder_.emit(ir::Op::extract, {ids}, {0});
    const ir::ValueId is_wanted = builder_.emit(ir::Op::lt, {id, builder_.load(count)});
    const ir::InstructionId choice = builder_.open_if(is_wanted);
    builder_.open_region();
    builder_.exit(choice);
    builder_.close_region();
    builder_.open_region();
    builder_.return_();
    builder_.close_region();
    builder_.close_construct();
    std::rotate(body().begin(), body().begin() + static_cast<std::ptrdiff_t>(before), body().end());
}

}  // namespace alkomp::detail
