// SPDX-License-Identifier: MIT OR Apache-2.0
// Graphs: checked calls with their slots, the hazards between them, and replays.
#include "runtime/graph.h"

#include "lang/recorded.h"
#include "runtime/fill.h"
#include "runtime/kernel.h"
#include "runtime/registry.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

namespace alkomp {
namespace detail {
namespace {

bool meet(const Access& a, const Access& b) { return a.begin < b.end && b.begin < a.end && (a.writes || b.writes); }

// Joins ranges of one kind that touch.
void join(std::vector<Access>& ranges) {
    std::sort(ranges.begin(), ranges.end(), [](const Access& a, const Access& b) { return a.begin < b.begin; });
    std::size_t count = 0;
    for (const Access& range : ranges) {
        if (count > 0 && range.begin <= ranges[count - 1].end)
            ranges[count - 1].end = std::max(ranges[count - 1].end, range.end);
        else ranges[count++] = range;
    }
    ranges.resize(count);
}

std::vector<Access> seen_from_outside(const std::vector<Access>& all) {
    std::vector<Access> writes;
    std::vector<Access> reads;
    for (const Access& access : all) (access.writes ? writes : reads).push_back(access);
    join(writes);
    join(reads);
    // Whoever waits for the write waits for the read as well.
    std::erase_if(reads, [&](const Access& read) {
        return std::any_of(writes.begin(), writes.end(),
                           [&](const Access& write) { return write.begin <= read.begin && read.end <= write.end; });
    });
    writes.insert(writes.end(), reads.begin(), reads.end());
    return writes;
}

// Gathers the commands of a graph in order: which of them need a barrier, and what the whole does.
class Builder {
public:
    explicit Builder(GraphRecord& graph) : graph_(graph) {}

    // `reads(record)` says whether the command needs what the buffer held; `everywhere`: it uses raw addresses.
    template <class Reads>
    void add(backend::Command command, std::span<const BufferAccess> accesses, const Reads& reads, bool overwrites,
             bool everywhere) {
        command.barrier = after_everything_ || everywhere;
        for (const auto& [record, access] : accesses) {
            for (const Access& other : since_barrier_[record]) command.barrier = command.barrier || meet(other, access);
        }
        if (graph_.commands.empty()) command.barrier = false;  // a recorded list begins behind one
        if (command.barrier) since_barrier_.clear();
        after_everything_ = everywhere;
        for (const auto& [record, access] : accesses) {
            since_barrier_[record].push_back(access);
            note(*record, access, reads(*record), overwrites);
        }
        graph_.commands.push_back(command);
    }

    void finish() {
        for (GraphBuffer& buffer : graph_.buffers) buffer.accesses = seen_from_outside(buffer.accesses);
    }

private:
    void note(BufferRecord& record, const Access& access, bool reads, bool overwrites) {
        const auto [place, is_new] = places_.emplace(&record, graph_.buffers.size());
        if (is_new) graph_.buffers.push_back({&record, {}, reads, access.writes && overwrites});
        graph_.buffers[place->second].accesses.push_back(access);
    }

    GraphRecord& graph_;
    std::unordered_map<BufferRecord*, std::vector<Access>> since_barrier_;
    std::unordered_map<BufferRecord*, std::size_t> places_;
    bool after_everything_ = false;
};

// Points at the node's own bytes: a scalar that changes is then changed for the command as well. False where the command
// has them in another way.
bool read_in_place(backend::Command& command, std::span<const std::byte> scalars) {
    auto* dispatch = std::get_if<backend::Dispatch>(&command.what);
    auto& read = dispatch != nullptr ? dispatch->scalars : std::get<backend::DispatchIndirect>(command.what).scalars;
    if (!std::equal(read.begin(), read.end(), scalars.begin(), scalars.end())) return false;
    read = scalars;
    return true;
}

// Under the mutex: frees a list that the backend keeps, once its replays have passed.
void release_list(DeviceRecord& device, RecordedList& list) {
    if (device.lost || list.id == backend::RecordedId::none) return;  // the handles go with the device
    std::erase_if(list.last, [&](const Conflicts::Wait& point) { return device.passed(point); });
    if (list.last.empty()) device.backend->release(list.id);
    else device.recorded_to_release.emplace_back(list.id, std::move(list.last));
}

}  // namespace

// KeptArgument -------------------------------------------------------------------------------------

KeptArgument::KeptArgument(const Argument& argument) : form(argument), name(argument.name), slot(argument.slot) {
    form.name = form.slot = {};
    set_value(argument);
}

void KeptArgument::set_value(const Argument& argument) {
    form.kind = argument.kind;
    form.scalar = argument.scalar;
    form.lanes = argument.lanes;
    form.size_bytes = argument.size_bytes;
    form.value = nullptr;
    switch (argument.kind) {
        case Argument::Kind::buffer:
        case Argument::Kind::indirect:
            view = *static_cast<const AnyView*>(argument.value);
            break;
        case Argument::Kind::groups:
            groups = *static_cast<const Groups*>(argument.value);
            break;
        case Argument::Kind::scalar: {
            const auto* bytes = static_cast<const std::byte*>(argument.value);
            scalar.assign(bytes, bytes + argument.size_bytes);
            break;
        }
    }
}

Argument KeptArgument::argument() const {
    Argument out = form;
    out.name = name;
    out.slot = slot;
    switch (form.kind) {
        case Argument::Kind::buffer:
        case Argument::Kind::indirect:
            out.value = &view;
            break;
        case Argument::Kind::groups:
            out.value = &groups;
            break;
        case Argument::Kind::scalar:
            out.value = scalar.data();
            break;
    }
    return out;
}

// GraphRecord --------------------------------------------------------------------------------------

GraphRecord::~GraphRecord() {
    if (forked()) return;
    const std::lock_guard lock(device->mutex);
    change();
}

void GraphRecord::change() {
    built = uses_addresses = copies_scalars = false;
    forget_lists();
}

void GraphRecord::forget_lists() {
    replayed = false;
    for (RecordedList& list : recorded) release_list(*device, list);
    recorded.clear();
}

void GraphRecord::build() {
    commands.clear();
    arena.clear();
    buffers.clear();
    Builder builder(*this);
    std::vector<BufferAccess> accesses;
    for (GraphNode& node : nodes) {
        if (!node.kernel) {
            for (const GraphNode::Command& c : node.commands) {
                // Of a copy's two accesses, the first reads.
                const auto reads = [&](const BufferRecord& r) {
                    return c.accesses.size() == 2 && c.accesses[0].record == &r;
                };
                builder.add(c.command, c.accesses, reads, c.overwrites, false);
            }
            continue;
        }
        if (node.call.nothing) continue;
        // A replay does not note when it used the kernel: its release waits for all timelines.
        node.kernel->used_elsewhere = true;
        uses_addresses = uses_addresses || node.kernel->interface.uses_addresses;
        node.kernel->last_sequence = std::max<u64>(node.kernel->last_sequence, 1);
        accesses.clear();
        DeviceRecord::gather_accesses(node.call, accesses);
        const auto reads = [&](const BufferRecord& r) {
            const auto& bound = node.call.buffers;
            return &r == node.call.indirect || std::any_of(bound.begin(), bound.end(), [&](const BoundBuffer& b) {
                return b.record == &r && b.reads;
            });
        };
        backend::Command command = device->make_command(node.call, arena);
        if (!read_in_place(command, node.call.scalars)) copies_scalars = true;
        builder.add(command, accesses, reads, false, node.kernel->interface.uses_addresses);
    }
    builder.finish();
    built = true;
}

RecordedList& GraphRecord::record(u32 queue) {
    for (RecordedList& list : recorded)
        if (list.queue == queue) return list;
    RecordedList list;
    list.queue = queue;
    const backend::Status status = device->backend->record(queue, commands, list.id);
    if (status.failed) {
        if (status.code == ErrorCode::device_lost) device->mark_lost(status);
        throw_status("replay", status);
    }
    recorded.push_back(std::move(list));
    return recorded.back();
}

namespace {

// Under the mutex, which it lets go of meanwhile: waits for other threads' transfers of what the replay uses.
void wait_for_transfers(GraphRecord& graph, std::unique_lock<std::mutex>& lock) {
    std::vector<BufferAccess> accesses;
    for (const GraphBuffer& buffer : graph.buffers)
        for (const Access& access : buffer.accesses) accesses.push_back({buffer.record, access});
    graph.device->range_locks.wait(lock, accesses, "replay", graph.uses_addresses);
}

// Under the mutex: what earlier work on other timelines the replay has to wait for.
void wait_for_others(GraphRecord& graph, Timeline& timeline) {
    DeviceRecord& device = *graph.device;
    graph.conflicts.clear();
    if (graph.uses_addresses) find_all(device, timeline, graph.conflicts);
    for (const GraphBuffer& buffer : graph.buffers) {
        if (buffer.reads_first) check_trusted(device, *buffer.record, "replay");
        for (const Access& access : buffer.accesses)
            find_conflicts(device, timeline, buffer.record->uses, access, graph.conflicts);
    }
    if (!graph.conflicts.waits.empty()) device.wait_on_device(timeline, graph.conflicts.waits);
    for (const GraphBuffer& buffer : graph.buffers)
        if (buffer.overwrites_first) buffer.record->poison.clear();
}

// Encoded for this submission alone.
void put_into_batch(const GraphRecord& graph, Timeline& timeline, bool timed) {
    Batch& batch = timeline.pending;
    if (timed) batch.commands.push_back({backend::Timestamp{}, false});
    const std::size_t first = batch.commands.size();
    batch.commands.insert(batch.commands.end(), graph.commands.begin(), graph.commands.end());
    batch.commands[first].barrier = true;
    if (!timed) return;
    batch.commands.push_back({backend::Timestamp{}, false});
    batch.notes.push_back({"graph", 0});
}

void remember_last(RecordedList& list, const Timeline& timeline) {
    for (Conflicts::Wait& point : list.last) {
        if (point.timeline != timeline.index) continue;
        point.sequence = timeline.recording();
        return;
    }
    list.last.push_back({timeline.index, timeline.recording()});
}

/// Under the mutex: every call has messages of its own, which no recorded list could tell apart.
void replay_calls(GraphRecord& graph, Timeline& timeline) {
    DeviceRecord& device = *graph.device;
    for (GraphNode& node : graph.nodes) {
        if (node.kernel && !node.call.nothing) {
            for (const BoundBuffer& bound : node.call.buffers)
                if (bound.record != nullptr && bound.reads) check_trusted(device, *bound.record, "replay");
            device.append_call(timeline, node.call);
        }
        for (const GraphNode::Command& c : node.commands) {
            if (c.accesses.size() == 2) check_trusted(device, *c.accesses[0].record, "replay");
            device.append(timeline, c.command, c.accesses, "graph", 0);
            if (c.overwrites) c.accesses.back().record->poison.clear();
        }
    }
    device.submit(timeline);
}

/// Under the mutex: the first time after a change as a batch like any other.
void replay_list(GraphRecord& graph, Timeline& timeline) {
    DeviceRecord& device = *graph.device;
    const bool timed = device.profiling && device.capabilities.features.timestamps;
    // A list that is kept costs more to make than one that lives once: a graph whose slots change before
    // each replay never makes one. With timestamps around it, one batch holds both of them.
    RecordedList* list = timed || !graph.replayed ? nullptr : &graph.record(timeline.queue);
    wait_for_others(graph, timeline);
    ++timeline.epoch;
    if (graph.uses_addresses) device.by_address = use_of_everything(timeline);
    for (const GraphBuffer& buffer : graph.buffers)
        for (const Access& access : buffer.accesses) note_use(device, timeline, buffer.record->uses, access);
    if (list == nullptr) put_into_batch(graph, timeline, timed);
    else remember_last(*list, timeline);
    graph.replayed = true;
    device.submit(timeline, list == nullptr ? backend::RecordedId::none : list->id);
}

}  // namespace

void replay(GraphRecord& graph, Timeline& timeline) {
    DeviceRecord& device = *graph.device;
    u64 submitted = 0;
    {
        std::unique_lock lock(device.mutex);
        submitted = timeline.submitted;
        if (!graph.built) graph.build();
        if (graph.commands.empty()) return;
        if (!device.range_locks.empty()) wait_for_transfers(graph, lock);
        if (graph.has_messages) replay_calls(graph, timeline);
        else replay_list(graph, timeline);
    }
    device.relieve(timeline, submitted);
}

// Recording ----------------------------------------------------------------------------------------

namespace {

GraphRecord& checked(const std::shared_ptr<GraphRecord>& record, const char* function) {
    if (!record)
        throw Error(ErrorCode::invalid_argument,
                    std::string(function) + ": the graph is empty: it was moved from or never set.");
    record->device->check_usable(function);
    return *record;
}

void add_node(GraphRecord& graph, GraphNode node) {
    const std::lock_guard lock(graph.device->mutex);
    graph.change();
    for (std::size_t i = 0; i < node.arguments.size(); ++i)
        if (!node.arguments[i].slot.empty()) graph.slots[node.arguments[i].slot].push_back({graph.nodes.size(), i});
    graph.nodes.push_back(std::move(node));
}

// The checked calls of the nodes that use a slot, with its new value. Under the mutex.
class SlotChange {
public:
    SlotChange(GraphRecord& graph, std::span<const GraphRecord::Use> uses) : graph_(graph), uses_(uses) {}

    void check(const Argument& value) {
        for (const GraphRecord::Use& use : uses_) {
            KeptArgument& kept = graph_.nodes[use.node].arguments[use.argument];
            before_.push_back(kept);
            kept.set_value(value);
        }
        for (const GraphRecord::Use& use : uses_) {
            if (!calls_.empty() && calls_.back().first == use.node) continue;
            GraphNode& node = graph_.nodes[use.node];
            std::vector<Argument> arguments;
            for (const KeptArgument& kept : node.arguments) arguments.push_back(kept.argument());
            calls_.emplace_back(use.node, CheckedCall());
            check_arguments(*graph_.device, *node.kernel, arguments, calls_.back().second);
        }
    }
    void apply(Argument::Kind kind) {
        for (auto& [index, call] : calls_) {
            CheckedCall& old = graph_.nodes[index].call;
            if (kind == Argument::Kind::scalar)
                std::copy(call.scalars.begin(), call.scalars.end(), old.scalars.begin());
            else std::swap(old, call);
        }
        if (kind == Argument::Kind::scalar && !graph_.copies_scalars) graph_.forget_lists();
        else graph_.change();
    }
    void undo() noexcept {
        for (std::size_t i = 0; i < before_.size(); ++i)
            graph_.nodes[uses_[i].node].arguments[uses_[i].argument] = std::move(before_[i]);
    }

private:
    GraphRecord& graph_;
    std::span<const GraphRecord::Use> uses_;
    std::vector<KeptArgument> before_;
    std::vector<std::pair<std::size_t, CheckedCall>> calls_;
};

/// One that need not stay inside one buffer.
void add_copy(const GraphRecord& graph, GraphNode& node, const AnyView& from, const AnyView& to) {
    const DeviceRecord& device = *graph.device;
    const backend::Copy copy = *plan_copy(device, from, to);
    node.commands.push_back({{copy, false},
                             {transfer_access(device, *from.record(), copy.from_offset_bytes, copy.size_bytes, false),
                              transfer_access(device, *to.record(), copy.to_offset_bytes, copy.size_bytes, true)},
                             copy.to_offset_bytes == 0 && copy.size_bytes >= to.record()->size_bytes});
}

// A block of device memory that holds the pattern many times; the graph keeps it.
std::shared_ptr<BufferRecord> make_pattern(GraphRecord& graph, std::span<const std::byte> bytes) {
    auto block = make_buffer(graph.device, bytes.size(), "fill");
    graph.device->transfers->upload(*graph.device->default_stream.timeline, *block, 0, bytes, Timeout().limit);
    return block;
}

void add_fill(GraphRecord& graph, GraphNode& node, const AnyView& view, std::span<const std::byte> pattern) {
    BufferRecord& to = *view.record();
    const FillPlan plan = plan_fill(view, pattern, "fill");
    const u64 end = view.offset_bytes() + view.size_bytes();
    const auto copy_from = [&](const std::shared_ptr<BufferRecord>& block, u64 offset, u64 size) {
        const DType byte(Scalar::u8);
        add_copy(graph, node, AnyView(block, byte, 0, size), AnyView(view.record(), byte, offset, size));
    };
    if (!plan.word) {
        const u64 block_bytes = pattern_block_bytes(pattern.size(), view.size_bytes());
        node.keep.push_back(make_pattern(graph, repeat(pattern, 0, block_bytes)));
        for (u64 at = view.offset_bytes(); at < end; at += block_bytes)
            copy_from(node.keep.back(), at, std::min(block_bytes, end - at));
        return;
    }
    if (plan.head_bytes != 0) {
        node.keep.push_back(make_pattern(graph, repeat(pattern, 0, plan.head_bytes)));
        copy_from(node.keep.back(), view.offset_bytes(), plan.head_bytes);
    }
    if (plan.begin < plan.end) {
        node.commands.push_back({{backend::Fill{to.block.id, plan.begin, plan.end - plan.begin, *plan.word}, false},
                                 {{&to, {plan.begin, plan.end, true}}},
                                 plan.begin == 0 && plan.end >= to.size_bytes});
    }
    if (plan.tail_bytes != 0) {
        node.keep.push_back(make_pattern(graph, repeat(pattern, view.size_bytes() - plan.tail_bytes, plan.tail_bytes)));
        copy_from(node.keep.back(), end - plan.tail_bytes, plan.tail_bytes);
    }
}

void add_call(GraphRecord& graph, std::shared_ptr<KernelRecord> kernel, std::span<const Argument> arguments) {
    GraphNode node;
    node.kernel = std::move(kernel);
    if (node.kernel->messages) graph.has_messages = true;
    for (const Argument& argument : arguments) node.arguments.emplace_back(argument);
    {
        const std::lock_guard lock(graph.device->mutex);
        check_arguments(*graph.device, *node.kernel, arguments, node.call);
    }
    add_node(graph, std::move(node));
}

}  // namespace
}  // namespace detail

// Graph --------------------------------------------------------------------------------------------

void Graph::call_erased(const Kernel& kernel, std::span<const detail::Argument> arguments) {
    detail::GraphRecord& graph = detail::checked(record_, "call");
    if (!kernel) throw Error(ErrorCode::invalid_argument, "call: the kernel is empty: it was moved from or never set.");
    detail::add_call(graph, kernel.record(), arguments);
}

void Graph::call_erased(const RecordedKernel& kernel, std::span<const detail::Argument> arguments) {
    detail::GraphRecord& graph = detail::checked(record_, "call");
    detail::add_call(graph, detail::kernel_for(*graph.device, kernel, arguments), arguments);
}

void Graph::fill_bytes(const AnyView& view, std::span<const std::byte> pattern) {
    detail::GraphRecord& graph = detail::checked(record_, "fill");
    checked_record(view, *graph.device, "fill");
    detail::GraphNode node;
    node.keep.push_back(view.record());
    const std::byte zero{0};
    if (view.size_bytes() != 0) detail::add_fill(graph, node, view, pattern.empty() ? std::span(&zero, 1) : pattern);
    detail::add_node(graph, std::move(node));
}

void Graph::copy_bytes(const AnyView& from, const AnyView& to) {
    detail::GraphRecord& graph = detail::checked(record_, "copy");
    checked_record(from, *graph.device, "copy");
    checked_record(to, *graph.device, "copy");
    detail::check_copy(from, to, "copy");
    detail::GraphNode node;
    node.keep = {from.record(), to.record()};
    const u64 size = from.size_bytes();
    if (size == 0) {
        // Nothing to do, but counted.
    } else if (detail::plan_copy(*graph.device, from, to)) {
        detail::add_copy(graph, node, from, to);
    } else {
        // Through a buffer between, where a copy cannot stay inside one buffer.
        const AnyView between(detail::make_buffer(graph.device, size, "copy"), DType(Scalar::u8), 0, size);
        node.keep.push_back(between.record());
        detail::add_copy(graph, node, from, between);
        detail::add_copy(graph, node, between, to);
    }
    detail::add_node(graph, std::move(node));
}

void Graph::set_erased(std::string_view slot, const detail::Argument& value) {
    detail::GraphRecord& graph = detail::checked(record_, "set");
    std::optional<detail::SlotChange> change;  // what it replaced is freed outside the lock
    const std::lock_guard lock(graph.device->mutex);
    const auto found = graph.slots.find(slot);
    if (found == graph.slots.end()) {
        std::string list;
        for (const auto& [name, uses] : graph.slots) list += (list.empty() ? "" : ", ") + ("\"" + name + "\"");
        throw Error(ErrorCode::invalid_argument, "set: there is no slot \"" + std::string(slot) + "\"; the graph has " +
                                                     (list.empty() ? "none" : list) + ".");
    }
    for (const detail::GraphRecord::Use& use : found->second) {
        if (graph.nodes[use.node].arguments[use.argument].form.kind != value.kind) {
            throw Error(ErrorCode::invalid_argument,
                        "set: slot \"" + std::string(slot) +
                            "\" takes a value of the kind it was recorded with: a buffer, a scalar or "
                            "workgroup counts; another kind is given.");
        }
    }
    change.emplace(graph, found->second);
    try {
        change->check(value);
    } catch (const Error& error) {
        change->undo();
        throw Error(error.code(), std::string(error.what()) + "\nwhile setting slot \"" + std::string(slot) + "\"");
    } catch (...) {
        change->undo();
        throw;
    }
    change->apply(value.kind);
}

void Graph::replay() const { device().stream().replay(*this); }

std::size_t Graph::size() const { return detail::checked(record_, "size").nodes.size(); }

Device Graph::device() const { return Device(detail::checked(record_, "device").device); }

Graph Device::create_graph() {
    if (!record_) throw Error(ErrorCode::invalid_argument, "create_graph: the device is empty: it was moved from.");
    record_->check_usable("create_graph");
    return Graph(std::make_shared<detail::GraphRecord>(record_));
}

void Stream::replay(const Graph& graph) {
    detail::StreamRecord& stream = detail::checked_record(*this, "replay");
    detail::GraphRecord& record = detail::checked(graph.record(), "replay");
    if (record.device.get() != stream.device) {
        throw Error(ErrorCode::invalid_argument, "replay: the graph belongs to device \"" + record.device->info.name +
                                                     "\", the stream to device \"" + stream.device->info.name + "\".");
    }
    detail::replay(record, *stream.timeline);
}

}  // namespace alkomp
