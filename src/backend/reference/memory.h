// SPDX-License-Identifier: MIT OR Apache-2.0
// The device's buffers: host memory, found by handle and by address.
#pragma once

#include "backend/backend.h"
#include "backend/reference/program.h"

#include <map>
#include <memory>
#include <shared_mutex>
#include <unordered_map>

namespace alkomp::backend::reference {

class Memory final : public LiveMemory {
public:
    /// `most_bytes`: of all buffers together.
    explicit Memory(u64 most_bytes) : most_bytes_(most_bytes) {}

    Status allocate(const Allocation& allocation, BufferId& out);
    void free(BufferId id);
    /// Of no bytes if there is none.
    [[nodiscard]] Binding operator[](BufferId id) const;
    [[nodiscard]] Binding find(u64 address) const override;

private:
    struct Free {
        void operator()(std::byte* bytes) const;
    };
    struct Buffer {
        std::unique_ptr<std::byte, Free> owned;  ///< null: imported
        Binding bytes;
    };

    mutable std::shared_mutex mutex_;
    std::unordered_map<u64, Buffer> buffers_;
    std::map<u64, Binding> by_address_;
    u64 most_bytes_, used_bytes_ = 0, next_ = 1;
};

}  // namespace alkomp::backend::reference
