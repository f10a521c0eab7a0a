// SPDX-License-Identifier: MIT OR Apache-2.0
// What a callback hands over, for calls that native libraries answer at once, and a page's browser later.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>

namespace alkomp::backend::webgpu {

/// An answer that comes too late, or never, finds nobody and harms nobody.
template <class T>
class Answer {
public:
    /// What the callback gives to `give`, once.
    [[nodiscard]] void* receiver() { return new std::shared_ptr<State>(state_); }
    static void give(void* receiver, T value) {
        const std::unique_ptr<std::shared_ptr<State>> state(static_cast<std::shared_ptr<State>*>(receiver));
        (*state)->value = std::move(value);
        (*state)->there.store(true, std::memory_order_release);
    }

    /// Lets callbacks run by `pump` until the answer is there; false when it does not come.
    template <class Pump>
    [[nodiscard]] bool wait(Pump&& pump) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!there()) {
            pump();
            if (std::chrono::steady_clock::now() > until) return false;
            std::this_thread::yield();
        }
        return true;
    }
    [[nodiscard]] bool there() const noexcept { return state_->there.load(std::memory_order_acquire); }
    [[nodiscard]] T& value() { return state_->value; }

private:
    struct State {
        T value{};
        std::atomic<bool> there{false};
    };
    std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace alkomp::backend::webgpu
