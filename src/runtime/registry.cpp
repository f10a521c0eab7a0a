// SPDX-License-Identifier: MIT OR Apache-2.0
// Listing and choosing devices over all backends, and opening the one chosen.
#include "runtime/registry.h"

#include "backend/reference/load.h"
#include "runtime/deadline.h"
#include "runtime/device.h"

#if ALKOMP_VULKAN
#include "backend/vulkan/load.h"
#endif
#if ALKOMP_WEBGPU
#include "backend/webgpu/load.h"
#endif

#include <algorithm>
#include <atomic>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <map>
#include <mutex>

#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#endif

namespace alkomp {
namespace detail {
namespace {

using std::chrono::nanoseconds;

std::atomic<bool> driver_opened{false};
std::atomic<bool> in_child{false};

void watch_for_fork() {
#if (defined(__unix__) || defined(__APPLE__)) && !defined(__EMSCRIPTEN__)
    static const int once = pthread_atfork(nullptr, nullptr, [] {
        if (driver_opened) in_child = true;
    });
    static_cast<void>(once);
#endif
    driver_opened = true;
}

// A backend with the lock and the mailbox that several openings share.
struct Entry {
    std::shared_ptr<backend::Backend> backend;
    std::mutex mutex;
    std::map<backend::Ticket, backend::Completion> mail;

    void poll(nanoseconds limit) {
        std::vector<backend::Completion> reported;
        backend->poll(reported, static_cast<u64>(limit.count()));
        for (backend::Completion& completion : reported) {
            const backend::Ticket ticket = completion.ticket;
            mail.emplace(ticket, std::move(completion));
        }
    }
    // Polls once if the ticket has not been reported; false when it still has not.
    bool take(backend::Ticket ticket, nanoseconds limit, backend::Completion& out) {
        const std::lock_guard lock(mutex);
        if (!mail.contains(ticket)) poll(limit);
        const auto found = mail.find(ticket);
        if (found == mail.end()) return false;
        out = std::move(found->second);
        mail.erase(found);
        return true;
    }
};

// Never destroyed: devices in static storage outlive any order of destruction.
struct Registry {
    std::mutex mutex;
    std::vector<std::shared_ptr<Entry>> entries;
    std::vector<std::shared_ptr<backend::Backend>> list;
    std::vector<std::weak_ptr<Progress>> woken;  ///< what backends that do not wait move on

    Registry() {
#if ALKOMP_VULKAN
        add(backend::make_vulkan());
#endif
        add(backend::make_reference());
#if ALKOMP_WEBGPU && defined(__EMSCRIPTEN__)
        add(backend::make_webgpu("webgpu"));
#elif ALKOMP_WEBGPU
        add(backend::make_webgpu("wgpu"));
        add(backend::make_webgpu("dawn"));
#endif
    }
    void add(std::shared_ptr<backend::Backend> made) {
        auto entry = std::make_shared<Entry>();
        entry->backend = made;
        if (!made->waits()) made->on_event([this] { wake(); });
        entries.push_back(std::move(entry));
        list.push_back(std::move(made));
    }

    void wake() {
        std::vector<std::shared_ptr<Progress>> alive;
        {
            const std::lock_guard lock(mutex);
            std::erase_if(woken, [](const auto& progress) { return progress.expired(); });
            for (const auto& progress : woken) alive.push_back(progress.lock());
        }
        for (const auto& progress : alive) progress->advance(nanoseconds::zero());
    }
};

Registry& registry() {
    static auto* instance = new Registry;
    return *instance;
}

std::vector<std::shared_ptr<Entry>> entries() {
    Registry& all = registry();
    const std::lock_guard lock(all.mutex);
    return all.entries;
}

/// For as long as it lives.
void advance_when_woken(const std::shared_ptr<Progress>& progress) {
    Registry& all = registry();
    const std::lock_guard lock(all.mutex);
    all.woken.push_back(progress);
}

struct Found {
    DeviceInfo info;
    std::string identity;
    std::shared_ptr<Entry> entry;
    u32 adapter = 0;
};

void append_found(std::vector<Found>& out, const std::shared_ptr<Entry>& entry,
                  std::vector<backend::Adapter> adapters) {
    u32 place = 0;
    for (backend::Adapter& adapter : adapters) {
        Found found;
        found.info.index = static_cast<u32>(out.size());
        found.info.name = std::move(adapter.name);
        found.info.vendor = std::move(adapter.vendor);
        found.info.kind = adapter.kind;
        found.info.backend = entry->backend->name();
        found.info.backend_index = place++;
        found.info.driver = std::move(adapter.driver);
        found.info.memory_bytes = adapter.memory_bytes;
        found.info.capabilities = std::move(adapter.capabilities);
        found.identity = std::move(adapter.identity);
        found.entry = entry;
        found.adapter = adapter.index;
        out.push_back(std::move(found));
    }
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

bool is_number(std::string_view text, u32& out) {
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
    return !text.empty() && failure == std::errc() && end == text.data() + text.size();
}

bool name_matches(const DeviceInfo& info, const std::string& wanted) {
    return lower(info.name).find(wanted) != std::string::npos || lower(info.vendor).find(wanted) != std::string::npos ||
           lower(info.driver).find(wanted) != std::string::npos;
}

// "webgpu" stands for whichever of its libraries is there.
constexpr std::string_view kWebGpu = "webgpu";
bool is_webgpu(std::string_view backend) { return backend == "wgpu" || backend == "dawn" || backend == kWebGpu; }
bool names_backend(std::string_view word, std::string_view backend) {
    return word == backend || (word == kWebGpu && is_webgpu(backend));
}

// What a caller asks for, in lower case: "", "3", "vulkan", "vulkan:0", "vulkan:nvidia", "nvidia".
class Wanted {
public:
    explicit Wanted(std::string_view text, std::span<const std::shared_ptr<Entry>> entries) : text_(lower(text)) {
        is_number_ = is_number(text_, number_);
        const std::string word = text_.substr(0, text_.find(':'));
        const bool known = std::any_of(entries.begin(), entries.end(),
                                       [&](const auto& entry) { return names_backend(word, entry->backend->name()); });
        if (!known && word != kWebGpu) return;
        backend_ = word;
        if (word.size() != text_.size()) rest_ = text_.substr(word.size() + 1);
    }

    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
    /// The backend that is named, where it has no device at all.
    [[nodiscard]] std::string_view missing(std::span<const Found> found) const {
        const bool is_there = std::any_of(found.begin(), found.end(),
                                          [&](const Found& f) { return names_backend(backend_, f.info.backend); });
        return is_there ? std::string_view() : std::string_view(backend_);
    }

    /// Whether the backend is to be listed, once those before it have shown these devices: a library that is of no use
    /// to the caller is not opened.
    [[nodiscard]] bool asks(std::string_view backend, std::span<const Found> found) const {
        const auto enough = [&](const Found& f) {
            return text_.empty() ? is_webgpu(backend) && f.info.kind != DeviceKind::reference : matches(f.info);
        };
        return std::none_of(found.begin(), found.end(), enough);
    }

    [[nodiscard]] bool matches(const DeviceInfo& info) const {
        if (is_number_) return info.index == number_;
        if (backend_.empty()) return name_matches(info, text_);
        if (!names_backend(backend_, info.backend)) return false;
        u32 number = 0;
        if (rest_.empty()) return true;
        return is_number(rest_, number) ? info.backend_index == number : name_matches(info, rest_);
    }

private:
    std::string text_;
    std::string backend_, rest_;  // "backend:rest"
    u32 number_ = 0;
    bool is_number_ = false;
};

// Discrete before integrated before virtual before CPU; an OpenCL CPU is faster than a Vulkan one.
int rank(const DeviceInfo& info) {
    switch (info.kind) {
        case DeviceKind::discrete:
            return 0;
        case DeviceKind::integrated:
            return 1;
        case DeviceKind::virtual_gpu:
            return 2;
        case DeviceKind::other:
            return 3;
        case DeviceKind::cpu:
            return info.backend == "opencl" ? 4 : 5;
        case DeviceKind::reference:
            return 6;
    }
    return 7;
}

std::string list_text(const std::vector<Found>& all) {
    std::string text;
    for (const Found& found : all) {
        text += "\n  " + std::to_string(found.info.index) + "  " + found.info.backend + ":" +
                std::to_string(found.info.backend_index) + "  \"" + found.info.name + "\" (" +
                std::string(to_string(found.info.kind)) + ")";
    }
    return text;
}

const Found& choose(const std::vector<Found>& all, const Wanted& wanted, const std::string& name,
                    const std::string& said_by) {
    if (all.empty() && wanted.empty())
        throw Error(ErrorCode::unsupported,
                    "Device: there is no device here: no driver of a backend of this build was "
                    "found. `alkomp doctor` says what was looked for and what would help.");
    if (wanted.empty())
        return *std::min_element(all.begin(), all.end(),
                                 [](const Found& a, const Found& b) { return rank(a.info) < rank(b.info); });
    const auto found = std::find_if(all.begin(), all.end(), [&](const Found& f) { return wanted.matches(f.info); });
    if (found != all.end()) return *found;
    std::string text = "Device: no device matches \"" + name + "\"" + said_by + "; there are:";
    text += all.empty() ? " none" : list_text(all);
    if (const std::string_view missing = wanted.missing(all); !missing.empty())
        text.append("\nOf ").append(missing).append(
            " none was found: `alkomp doctor` says what was looked for and what would help.");
    throw Error(ErrorCode::invalid_argument, text);
}

// Lists the adapters of every backend, chooses one and opens it, a step at each advance.
class Opening final : public Progress, public std::enable_shared_from_this<Opening> {
public:
    Opening(std::string name, DeviceOptions options) : name_(std::move(name)), options_(std::move(options)) {
        if (name_.empty()) {
            if (const char* variable = std::getenv("ALKOMP_DEVICE"); variable != nullptr && *variable != '\0') {
                name_ = variable;
                said_by_ = " (from ALKOMP_DEVICE)";
            }
        }
    }

    Future<Device> start() {
        auto state = std::make_shared<FutureValue<Device>>(shared_from_this());
        state_ = state;
        waiting_ = entries();
        wanted_.emplace(name_, waiting_);
        const bool woken =
            std::any_of(waiting_.begin(), waiting_.end(), [](const auto& entry) { return !entry->backend->waits(); });
        if (woken) {
            advance_when_woken(shared_from_this());
            advance(nanoseconds::zero());  // nobody else asks first
        }
        return Future<Device>(state);
    }

    void advance(nanoseconds limit) override {
        std::unique_lock lock(mutex_);
        const auto state = state_.lock();
        if (!state || state->done()) return;
        std::exception_ptr failure;
        try {
            if (!step(limit)) return;
            state->value.emplace(Device(std::move(opened_)));
        } catch (...) {
            failure = std::current_exception();
        }
        lock.unlock();
        if (failure) state->fail(failure);
        else state->complete();
    }

    [[nodiscard]] bool waits() const noexcept override {
        return (chosen_ != nullptr ? chosen_->entry : waiting_[std::min(next_, waiting_.size() - 1)])->backend->waits();
    }

private:
    bool step(nanoseconds limit) {
        while (next_ < waiting_.size()) {
            Entry& entry = *waiting_[next_];
            if (ticket_ == 0 && !wanted_->asks(entry.backend->name(), found_)) {
                ++next_;
                continue;
            }
            if (ticket_ == 0) {
                const std::lock_guard lock(entry.mutex);
                ticket_ = entry.backend->adapters();
            }
            backend::Completion completion;
            if (!entry.take(ticket_, limit, completion)) return false;
            ticket_ = 0;
            if (completion.status.failed) throw_status("Device", completion.status);
            append_found(found_, waiting_[next_], std::move(completion.adapters));
            ++next_;
        }
        if (!chosen_) {
            chosen_ = &choose(found_, *wanted_, name_, said_by_);
            const std::lock_guard lock(chosen_->entry->mutex);
            ticket_ = chosen_->entry->backend->open(
                chosen_->adapter, {options_.robust, static_cast<u64>(options_.time_limit.count()), options_.check});
        }
        backend::Completion completion;
        if (!chosen_->entry->take(ticket_, limit, completion)) return false;
        if (completion.status.failed) throw_status("Device", completion.status);
        if (options_.time_limit.count() != 0 && !completion.device->properties().stops)
            throw Error(ErrorCode::unsupported, "Device: time_limit is set, and the device \"" + chosen_->info.name +
                                                    "\" cannot stop its work; the reference device can.");
        if (options_.check && !completion.device->properties().checks)
            throw Error(ErrorCode::unsupported, "Device: check is set, and the device \"" + chosen_->info.name +
                                                    "\" cannot check kernels; the reference device can.");
        opened_ = make_record(std::move(completion.device));
        return true;
    }

    std::shared_ptr<DeviceRecord> make_record(std::unique_ptr<backend::Device> device) {
        auto record = std::make_shared<DeviceRecord>();
        record->info = chosen_->info;
        record->identity = chosen_->identity;
        record->options = options_;
        record->owner = chosen_->entry->backend;
        record->capabilities = device->capabilities();
        record->info.capabilities = device->capabilities();
        record->properties = device->properties();
        record->profiling = options_.profile && record->capabilities.features.timestamps;
        record->backend = std::move(device);
        u32 queue = 0;
        while (!record->properties.queues_compute[queue]) ++queue;
        record->default_stream.timeline = &record->create_timeline(queue);
        record->transfers = std::make_unique<Transfers>(*record);
        if (!record->waits()) advance_when_woken(record);
        return record;
    }

    std::string name_;
    std::string said_by_;
    std::optional<Wanted> wanted_;
    DeviceOptions options_;
    std::mutex mutex_;
    std::vector<std::shared_ptr<Entry>> waiting_;
    std::size_t next_ = 0;
    backend::Ticket ticket_ = 0;
    std::vector<Found> found_;
    const Found* chosen_ = nullptr;
    std::shared_ptr<DeviceRecord> opened_;
    std::weak_ptr<FutureValue<Device>> state_;
};

}  // namespace

void register_backend(BackendFactory factory) {
    auto made = factory();
    Registry& all = registry();
    const std::lock_guard lock(all.mutex);
    all.add(std::move(made));
}

const std::vector<std::shared_ptr<backend::Backend>>& backends() { return registry().list; }

bool forked() noexcept { return in_child.load(std::memory_order_relaxed); }

void check_not_forked(const char* function) {
    if (forked())
        throw Error(ErrorCode::unsupported,
                    std::string(function) +
                        ": this process was forked after a driver was opened, and drivers do not "
                        "survive a fork; open devices in the child only, or start it by spawn.");
}

Future<Device> open_device(std::string name, DeviceOptions options, const char* function) {
    check_not_forked(function);
    if (options.check) check_options(*options.check, function);
    watch_for_fork();
    return std::make_shared<Opening>(std::move(name), std::move(options))->start();
}

}  // namespace detail

std::vector<DeviceInfo> query() {
    detail::check_not_forked("query");
    detail::watch_for_fork();
    std::vector<detail::Found> all;
    for (const auto& entry : detail::entries()) {
        backend::Ticket ticket = 0;
        {
            const std::lock_guard lock(entry->mutex);
            ticket = entry->backend->adapters();
        }
        backend::Completion completion;
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (!entry->take(ticket, std::chrono::milliseconds(20), completion)) {
            if (!entry->backend->waits()) detail::refuse_to_wait("query");
            if (std::chrono::steady_clock::now() > deadline)
                throw Error(ErrorCode::timed_out,
                            "query: backend " + std::string(entry->backend->name()) + " does not answer.");
        }
        if (completion.status.failed) detail::throw_status("query", completion.status);
        append_found(all, entry, std::move(completion.adapters));
    }
    std::vector<DeviceInfo> list;
    for (detail::Found& found : all) list.push_back(std::move(found.info));
    return list;
}

Device::Device() : Device(std::string_view()) {}
Device::Device(u32 index, DeviceOptions options) : Device(std::to_string(index), options) {}
Device::Device(std::string_view name, DeviceOptions options)
    : Device(detail::open_device(std::string(name), options, "Device").get()) {}

Future<Device> Device::open_async(std::string_view name, DeviceOptions options) {
    return detail::open_device(std::string(name), options, "Device.open_async");
}

}  // namespace alkomp
