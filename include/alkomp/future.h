// SPDX-License-Identifier: MIT OR Apache-2.0
// Results that are not there yet: wait, get, then, co_await.
#pragma once

#include "alkomp/buffer.h"
#include "alkomp/error.h"

#include <chrono>
#include <coroutine>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace alkomp {

template <class T>
class Future;

namespace detail {

/// What drives a future forward: a device, or a backend that is opening one.
class Progress {
public:
    virtual ~Progress() = default;
    /// Takes in completions; may sleep up to `limit` for the first, 0 never sleeps.
    virtual void advance(std::chrono::nanoseconds limit) = 0;
    /// Submits what has to be submitted so that the future can complete.
    virtual void flush() {}
    /// False where `advance` brings nothing before the caller has returned to its event loop, as in a page.
    [[nodiscard]] virtual bool waits() const noexcept { return true; }
};

/// State shared by a future and whoever completes it. `complete` and `fail` may be called from any
/// thread, once; continuations run in that call.
class FutureState {
public:
    explicit FutureState(std::shared_ptr<Progress> progress);
    virtual ~FutureState();

    [[nodiscard]] bool done() const noexcept;
    /// Drives `progress` until done or `limit` passed; returns whether it is done.
    /// Throws: unsupported where nobody can wait, unless `limit` is 0.
    bool wait_for(std::chrono::nanoseconds limit);
    /// Throws timed_out when `limit` passed, else rethrows the failure if there is one.
    void wait(std::chrono::nanoseconds limit);
    void complete();
    void fail(std::exception_ptr failure);
    /// Runs `continuation` now if done, else in `complete` or `fail`.
    void on_done(std::function<void()> continuation);
    [[nodiscard]] std::exception_ptr failure() const;
    [[nodiscard]] std::shared_ptr<Progress> progress() const noexcept { return progress_.lock(); }

private:
    struct Shared;
    std::weak_ptr<Progress> progress_;  ///< weak: what makes progress owns the states it will complete
    std::unique_ptr<Shared> shared_;
};

template <class T>
class FutureValue : public FutureState {
public:
    using FutureState::FutureState;
    std::optional<T> value;
};
template <>
class FutureValue<void> : public FutureState {
public:
    using FutureState::FutureState;
};

}  // namespace detail

/// A result that a device will deliver. Continuations and coroutines resume inside a `wait`, `get`
/// or `poll` of that device, never on a hidden thread. Dropping a future drops its result, not its work.
template <class T>
class [[nodiscard]] Future {
public:
    Future() = default;

    [[nodiscard]] bool done() const { return state().done(); }
    /// Waits at most `limit`; false when it passed first. Throws: unsupported in a page, where nothing may wait.
    [[nodiscard]] bool wait_for(std::chrono::nanoseconds limit) const { return state().wait_for(limit); }
    /// Throws: timed_out, unsupported in a page, where nothing may wait (use `co_await` or `then`), or the failure of the work.
    void wait(Timeout timeout = {}) const { state().wait(timeout.limit); }
    /// Waits, then moves the value out; call it once.
    T get(Timeout timeout = {}) {
        wait(timeout);
        if constexpr (!std::is_void_v<T>) return std::move(*state().value);
    }

    /// A future of `f(value)`, or of `f()` for a void future. A failure skips `f` and is passed on.
    template <class F>
    auto then(F f) {
        using R = typename Result<F>::type;
        auto next = std::make_shared<detail::FutureValue<R>>(state().progress());
        std::shared_ptr<detail::FutureValue<T>> from = state_;
        from->on_done([from, next, f = std::move(f)]() mutable {
            if (from->failure()) return next->fail(from->failure());
            try {
                if constexpr (std::is_void_v<T> && std::is_void_v<R>) f();
                else if constexpr (std::is_void_v<T>) next->value.emplace(f());
                else if constexpr (std::is_void_v<R>) f(std::move(*from->value));
                else next->value.emplace(f(std::move(*from->value)));
            } catch (...) {
                return next->fail(std::current_exception());
            }
            next->complete();
        });
        return Future<R>(std::move(next));
    }

    auto operator co_await() {
        struct Awaiter {
            std::shared_ptr<detail::FutureValue<T>> state;
            bool await_ready() const { return state->done(); }
            void await_suspend(std::coroutine_handle<> waiter) {
                state->on_done([waiter] { waiter.resume(); });
            }
            T await_resume() {
                if (state->failure()) std::rethrow_exception(state->failure());
                if constexpr (!std::is_void_v<T>) return std::move(*state->value);
            }
        };
        return Awaiter{checked()};
    }

    explicit Future(std::shared_ptr<detail::FutureValue<T>> state)
        : state_(std::move(state)), progress_(state_ ? state_->progress() : nullptr) {}

private:
    template <class F>
    struct Result {
        static auto probe() {
            if constexpr (std::is_void_v<T>) return std::type_identity<std::invoke_result_t<F>>();
            else return std::type_identity<std::invoke_result_t<F, T>>();
        }
        using type = typename decltype(probe())::type;
    };
    const std::shared_ptr<detail::FutureValue<T>>& checked() const {
        if (!state_)
            throw Error(ErrorCode::invalid_argument, "Future: it holds no result: it was moved from or never set.");
        return state_;
    }
    detail::FutureValue<T>& state() const { return *checked(); }
    std::shared_ptr<detail::FutureValue<T>> state_;
    std::shared_ptr<detail::Progress> progress_;  ///< kept alive by whoever may wait
};

}  // namespace alkomp
