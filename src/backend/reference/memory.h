// SPDX-License-Identifier: MIT OR Apache-2.0
// The device's buffers: host memory, found by handle and by address.
#pragma once

#include "backend/backend.h"
#include "backend/reference/check/shadow.h"
#include "backend/reference/program.h"

#include <map>
#include <memory>
#include <shared_mutex>
#include <unordered_map>

namespace alkomp::backend::reference {

class Memory final : public LiveMemory {
public:
    /// `most_bytes`: of all buffers together.
    Memory(u64 most_bytes, bool checks) : most_bytes_(most_bytes), checks_(checks) {}

    Status allocate(const Allocation& allocation, BufferId& out);
    void free(BufferId id);
    /// Of no bytes if there is none.
    [[nodiscard]] Binding operator[](BufferId id) const;
    [[nodiscard]] Binding find(u64 address) const override;
    /// What is known of accesses, not of what is written.
    void forget_accesses();

private:
    struct Free {
        void operator()(std::byte* bytes) const;
    };
    struct Buffer {
        std::unique_ptr<std::byte, Free> owned;  ///< null: imported
        Binding bytes;
        std::unique_ptr<Shadow> shadow;  ///< null: nothing is checked
    };

    mutable std::shared_mutex mutex_;
    std::unordered_map<u64, Buffer> buffers_;
    std::map<u64, Binding> by_address_;
    u64 most_bytes_, used_bytes_ = 0, next_ = 1;
    bool checks_;
};

}  // namespace alkomp::backend::reference
