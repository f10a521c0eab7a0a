// SPDX-License-Identifier: MIT OR Apache-2.0
// What kernels print and which of their conditions failed, on the way from the device to the host.
#pragma once

#include "alkomp/message.h"
#include "ir/pass/lower_messages.h"
#include "runtime/buffer.h"
#include "runtime/excerpt.h"

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace alkomp::detail {

/// The words of one call: on the device, where the kernel writes them, and where the host reads them. Used again once the
/// call's messages were taken.
struct MessageBlock {
    BufferRecord device, host;  ///< both without a device of their own: it owns this block
    void* mapped = nullptr;     ///< of `host`
    bool in_use = false;

    static constexpr u64 kBytes = u64{4} * ir::MessageBuffer::kWords;
};

/// A call whose messages come with a batch.
struct Messages {
    MessageBlock* block = nullptr;
    std::shared_ptr<const std::vector<ir::Message>> table;
    std::string kernel;
    std::array<u32, 3> workgroup_size{1, 1, 1};
    std::shared_ptr<const SourceTexts> sources;  ///< null: none are kept
};

/// The blocks of one device. Guarded by DeviceRecord::mutex.
class MessageBlocks {
public:
    explicit MessageBlocks(DeviceRecord& device) : device_(device) {}
    MessageBlocks(const MessageBlocks&) = delete;
    MessageBlocks& operator=(const MessageBlocks&) = delete;

    /// One that nothing uses. Throws: out_of_memory, device_lost.
    MessageBlock& claim();
    void release(MessageBlock& block);
    /// Frees all of them.
    void free();

private:
    DeviceRecord& device_;
    std::vector<std::unique_ptr<MessageBlock>> blocks_;
};

/// A condition that did not hold in one invocation.
struct FailedCheck {
    std::string text;  ///< what the kernel says about it
    std::string file;
    u32 line = 0;
    std::array<u32, 3> invocation{};
};

/// "(1, 0, 0)".
[[nodiscard]] std::string id_text(const std::array<u32, 3>& id);

/// What is read of a mapped block: `deliver` hands the lines to the device's `on_print`, under no lock; `failure` says
/// which condition did not hold, empty where all did.
struct ReadMessages {
    std::function<void()> deliver;  ///< empty: nothing was printed
    std::string failure;
    std::vector<FailedCheck> failed;
    u32 failed_untold = 0;  ///< that had no room
};
[[nodiscard]] ReadMessages read(const Messages& messages, const PrintCallback& on_print);

}  // namespace alkomp::detail
