// SPDX-License-Identifier: MIT OR Apache-2.0
// A graph's record: the checked calls, their slots, and the list recorded from them.
#pragma once

#include "alkomp/graph.h"
#include "backend/backend.h"
#include "runtime/arena.h"
#include "runtime/arguments.h"
#include "runtime/device.h"
#include "runtime/hazards.h"

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace alkomp::detail {

/// An argument that the graph keeps, so that a call can be checked again when a slot changes.
struct KeptArgument {
    Argument form;  ///< all but the value, the name and the slot
    std::string name, slot;
    AnyView view;
    Groups groups;
    std::vector<std::byte> scalar;

    explicit KeptArgument(const Argument& argument);
    void set_value(const Argument& argument);
    /// Borrows from this.
    [[nodiscard]] Argument argument() const;
};

/// One call, fill or copy.
struct GraphNode {
    struct Command {
        backend::Command command;
        std::vector<BufferAccess> accesses;
        bool overwrites = false;  ///< all of the buffer that it writes
    };
    std::shared_ptr<KernelRecord> kernel;  ///< null: a fill or a copy
    std::vector<KeptArgument> arguments;
    CheckedCall call;
    std::vector<Command> commands;  ///< of a fill or a copy
    std::vector<std::shared_ptr<BufferRecord>> keep;
};

/// What a replay does to one buffer, as seen from outside.
struct GraphBuffer {
    BufferRecord* record = nullptr;
    std::vector<Access> accesses;   ///< the writes disjoint, and the reads that no write covers
    bool reads_first = false;       ///< what it held before matters
    bool overwrites_first = false;  ///< ... or is gone
};

/// The list as a queue of the backend keeps it, and the last replay on each timeline.
struct RecordedList {
    u32 queue = 0;
    backend::RecordedId id = backend::RecordedId::none;
    std::vector<Conflicts::Wait> last;
};

/// Guarded by DeviceRecord::mutex.
struct GraphRecord {
    std::shared_ptr<DeviceRecord> device;
    std::vector<GraphNode> nodes;
    struct Use {
        std::size_t node = 0, argument = 0;
    };
    std::map<std::string, std::vector<Use>, std::less<>> slots;

    // Made from the nodes by `build`, anew after a change.
    bool built = false;
    bool replayed = false;        ///< since then: from the second replay on, the backend keeps the list
    bool uses_addresses = false;  ///< some kernel of it may touch any buffer
    bool copies_scalars = false;  ///< not all its commands read them from their nodes
    bool has_messages = false;    ///< some kernel of it prints: a replay is as many calls
    std::vector<backend::Command> commands;
    Arena arena;  ///< what the commands' spans point into, but for their scalars: those lie in the nodes
    std::vector<GraphBuffer> buffers;
    std::vector<RecordedList> recorded;
    Conflicts conflicts;  ///< of the replay being prepared

    explicit GraphRecord(std::shared_ptr<DeviceRecord> owner) : device(std::move(owner)) {}
    GraphRecord(const GraphRecord&) = delete;
    GraphRecord& operator=(const GraphRecord&) = delete;
    ~GraphRecord();

    void change();        ///< forgets what was built
    void forget_lists();  ///< ... and recorded; lists in flight are released once they have passed
    void build();
    RecordedList& record(u32 queue);
};

/// Replays on `timeline`, the first time after a change as a batch like any other. Under no lock.
void replay(GraphRecord& graph, Timeline& timeline);

}  // namespace alkomp::detail
