// SPDX-License-Identifier: MIT OR Apache-2.0
// Kernels: a shader checked against a device, specialised, and compiled by its driver or found in a cache.
#include "runtime/kernel.h"

#include "alkomp/device.h"
#include "alkomp/version.h"
#include "read/spirv/read.h"
#include "read/spirv/requirements.h"
#include "read/wgsl/failures.h"
#include "runtime/cache.h"
#include "runtime/device.h"
#include "runtime/log.h"
#include "runtime/registry.h"
#include "runtime/translate.h"

#include <algorithm>
#include <bit>
#include <chrono>

namespace alkomp {
namespace detail {
namespace {

constexpr std::chrono::nanoseconds kNoLimit = std::chrono::hours(24 * 365);  // a driver compiles as long as it must

[[noreturn]] void fail(ErrorCode code, const std::string& sentence) { throw Error(code, "compile: " + sentence); }

/// All that is settled about a kernel before its device is asked.
struct Job {
    std::shared_ptr<DeviceRecord> device;
    std::shared_ptr<const ShaderRecord> shader;
    std::vector<backend::SpecializationValue> constants;
    Interface interface;
    std::string label;
    bool robust = true;
    u32 subgroup_size = 0;
    std::string memory_key;
    std::string disk_key;
    WgslKernel wgsl;                         ///< for devices that take it
    std::vector<std::byte> cached;           ///< pipeline data from the disk
    std::shared_ptr<const Origin> origin{};  ///< GLSL whose lines `shader` lacks; null: it has them, or there are none
};

class Checker {
public:
    Checker(const ShaderRecord& shader, const DeviceRecord& device)
        : name_('"' + shader.name + "\" "),
          device_("the device \"" + device.info.name + '"'),
          limits_(device.capabilities.limits),
          features_(device.capabilities.features) {}

    void check_sizes(const Interface& interface) const {
        check_workgroup(interface.workgroup_size);
        within(interface.shared_bytes, limits_.max_shared_bytes, "bytes of shared memory");
        within(interface.bindings.size(), limits_.max_bindings, "bindings");
        within(interface.scalar_bytes, limits_.max_scalar_bytes, "bytes of push constants");
        for (const BindingInfo& binding : interface.bindings) {
            if (binding.set < limits_.max_sets) continue;
            fail(ErrorCode::unsupported, name_ + "binds \"" + binding.name + "\" in set " +
                                             std::to_string(binding.set) + "; " + device_ + " takes sets below " +
                                             std::to_string(limits_.max_sets) + '.');
        }
    }

    void check_subgroup_size(u32 size) const {
        if (size == 0) return;
        const u32 least = limits_.min_subgroup_size, most = limits_.max_subgroup_size;
        if (features_.subgroup.size_control && std::has_single_bit(size) && size >= least && size <= most) return;
        std::string allowed = std::to_string(limits_.subgroup_size) + " alone, by leaving it 0";
        if (features_.subgroup.size_control)
            allowed = "powers of two from " + std::to_string(least) + " to " + std::to_string(most);
        fail(features_.subgroup.size_control ? ErrorCode::invalid_argument : ErrorCode::unsupported,
             name_ + "is to have subgroups of " + std::to_string(size) + "; " + device_ + " has " + allowed + '.');
    }

private:
    void within(u64 value, u64 limit, const char* what) const {
        if (value <= limit) return;
        fail(ErrorCode::unsupported, name_ + "takes " + std::to_string(value) + ' ' + what + "; " + device_ +
                                         " has at most " + std::to_string(limit) + '.');
    }

    void check_workgroup(const std::array<u32, 3>& size) const {
        const std::string shown =
            std::to_string(size[0]) + " x " + std::to_string(size[1]) + " x " + std::to_string(size[2]);
        const u64 plane = u64{size[0]} * size[1];  // below 2^64; the volume may not be
        if (plane == 0 || size[2] == 0)
            fail(ErrorCode::invalid_argument, name_ + "has a workgroup of " + shown + ", which is empty.");
        if (plane > limits_.max_workgroup_invocations || plane * size[2] > limits_.max_workgroup_invocations) {
            fail(ErrorCode::unsupported, name_ + "has a workgroup of " + shown + " invocations; " + device_ +
                                             " runs at most " + std::to_string(limits_.max_workgroup_invocations) +
                                             " together.");
        }
        for (std::size_t i = 0; i < 3; ++i) {
            if (size[i] <= limits_.max_workgroup_size[i]) continue;
            fail(ErrorCode::unsupported, name_ + "has a workgroup of " + shown + "; along " + "xyz"[i] + ' ' + device_ +
                                             " takes at most " + std::to_string(limits_.max_workgroup_size[i]) + '.');
        }
    }

    std::string name_;
    std::string device_;
    const Limits& limits_;
    const Features& features_;
};

Target target_of(const DeviceRecord& device, Target asked) {
    if (asked != Target::device) return asked;
    return device.capabilities.limits.spirv_version >= 0x00010600 ? Target::vulkan_1_3 : Target::vulkan_1_2;
}

std::string settings_text(const Job& job) {
    std::string text =
        std::string(job.robust ? "robust" : "fast") + (job.device->options.robust ? " checked" : " unchecked") +
        (job.device->properties.checks ? " as written" : "") + " subgroup " + std::to_string(job.subgroup_size);
    for (const backend::SpecializationValue& value : job.constants)
        text +=
            ' ' + std::to_string(value.id) + ':' + std::to_string(value.size_bytes) + '=' + std::to_string(value.bits);
    return text;
}

/// A job whose module has the lines of its GLSL, to tell of them: they cost a second run of glslang.
Job with_lines(const Job& job) {
    Job again = job;
    again.origin.reset();
    const Origin& origin = *job.origin;
    ir::Module module = module_of(origin.source, origin.options, target_of(*job.device, origin.options.target));
    auto shader = std::make_shared<ShaderRecord>(*job.shader);
    shader->module = translate(std::move(module), job.device->capabilities)->module;
    again.shader = std::move(shader);
    return again;
}

/// What `make` gives of the job, or the error that it meets: with the line, where there is one.
template <class F>
auto made_of(const Job& job, F&& make) {
    try {
        try {
            return make(job);
        } catch (const Error&) {
            if (!job.origin) throw;
        }
        return make(with_lines(job));
    } catch (const Error& error) {
        throw Error(error.code(), std::string("compile: ") + error.what() + "\nwhile compiling \"" + job.label +
                                      "\" for the device \"" + job.device->info.name + '"');
    }
}

/// What words say, as a module for a device that takes those. Callers see the interface that the words have.
std::shared_ptr<const ShaderRecord> with_module(const Job& of) {
    return made_of(of, [](const Job& job) {
        if (job.shader->module) return job.shader;
        auto shader = std::make_shared<ShaderRecord>(*job.shader);
        ir::Module module = read::read(shader->words, shader->interface.entry, shader->name);
        shader->module =
            translate(std::move(module), job.device->capabilities, {.optimize = !job.device->properties.checks})
                ->module;
        return std::shared_ptr<const ShaderRecord>(std::move(shader));
    });
}

/// Whether the device takes modules, or text that is made of them.
bool goes_through_ir(const DeviceRecord& device) {
    return device.properties.accepts_ir || device.properties.accepts_wgsl;
}

WgslKernel with_wgsl(const Job& job, const CallShape& shape = {}) {
    if (!job.shader->wgsl.empty()) return {job.shader->wgsl, job.interface};
    return made_of(job, [&](const Job& with) {
        ir::Module module = *with.shader->module;
        module.subgroup_size = with.subgroup_size;
        return wgsl_of(std::move(module), with.constants, with.interface, with.device->capabilities, shape);
    });
}

/// Checks everything that can be checked without the driver.
Job prepare(std::shared_ptr<DeviceRecord> device, std::shared_ptr<const ShaderRecord> shader,
            const KernelOptions& options) {
    if (!shader->wgsl.empty() && !device->properties.accepts_wgsl)
        fail(ErrorCode::unsupported, '"' + shader->name + "\" is WGSL, which the device \"" + device->info.name +
                                         "\" of the backend " + device->info.backend +
                                         " does not take; GLSL and SPIR-V are taken.");
    Job job;
    job.constants = resolve_constants(*shader, options);
    job.interface = specialize(*shader, job.constants);
    const Checker checker(*shader, *device);
    const std::string missing =
        goes_through_ir(*device) ? std::string() : read::missing_requirement(job.interface, device->capabilities);
    if (!missing.empty()) {
        fail(ErrorCode::unsupported,
             '"' + shader->name + "\" does not run on the device \"" + device->info.name + "\": " + missing + '.');
    }
    checker.check_sizes(job.interface);
    // What the code needs goes before what its caller would like.
    const u32 needed = job.interface.subgroup_size;
    job.subgroup_size = needed != 0 ? needed : options.subgroup_size;
    checker.check_subgroup_size(job.subgroup_size);
    job.label = options.label.empty() ? shader->name : options.label;
    job.robust = options.robust;
    job.device = std::move(device);
    job.shader = std::move(shader);
    if (!job.shader->module) job.origin = job.shader->origin;
    const std::string settings = settings_text(job);
    std::vector<std::string_view> parts{job.shader->key, settings, job.label};
    if (job.shader->sources)
        for (const auto& [name, text] : *job.shader->sources) parts.insert(parts.end(), {name, text});
    job.memory_key = hash_key(parts);
    job.disk_key = "pipeline-" + hash_key({ALKOMP_VERSION, job.device->identity, job.shader->key, settings});
    return job;
}

/// Under the device's lock. The handle that is replaced may be the last one, and its destructor takes the lock: `out` keeps it.
bool find_compiled(const Job& job, std::shared_ptr<KernelRecord>& out) {
    const auto found = job.device->kernels.find(job.memory_key);
    if (found == job.device->kernels.end()) return false;
    out = found->second.lock();
    return out != nullptr;
}

std::shared_ptr<KernelRecord> make_record(const Job& job, backend::KernelId id) {
    auto record = std::make_shared<KernelRecord>();
    record->device = job.device.get();
    record->id = id;
    record->interface = job.interface;
    if (job.device->properties.accepts_wgsl) {
        record->interface.byte_counts = job.wgsl.interface.byte_counts;
        record->interface.scalar_bytes = job.wgsl.interface.scalar_bytes;
    }
    record->workgroup_size = job.interface.workgroup_size;
    record->label = job.label;
    record->key = job.memory_key;
    record->messages = job.shader->messages;
    record->sources = job.shader->sources;
    return record;
}

/// Hands a job to the driver. Under the device's lock.
backend::Pending start(const Job& job, backend::KernelId& id, std::vector<std::byte>& cache) {
    backend::KernelCode code;
    const bool takes_text = job.device->properties.accepts_wgsl;
    if (takes_text) code.code = std::string_view(job.wgsl.text);
    else if (job.device->properties.accepts_ir) code.code = job.shader->module.get();
    else code.code = std::span<const u32>(job.shader->words);
    if (!takes_text || !job.shader->wgsl.empty()) code.constants = job.constants;
    code.robust = job.robust;
    code.subgroup_size = job.subgroup_size;
    code.has_messages = job.interface.has_messages;
    code.label = job.label;
    code.cached = job.cached;
    const Interface& interface = takes_text ? job.wgsl.interface : job.interface;
    backend::Pending pending = job.device->backend->compile(code, interface, id, cache);
    if (pending.ticket == 0 && pending.status.failed && pending.status.code == ErrorCode::device_lost)
        job.device->mark_lost(pending.status);
    return pending;
}

/// With the line where there is one, unless the kernel cannot be made again: a file that it includes may be gone.
std::string unproven_of(const Job& job) {
    if (!job.origin) return job.wgsl.unproven;
    try {
        return with_wgsl(with_lines(job)).unproven;
    } catch (const Error&) {
        return job.wgsl.unproven;
    }
}

/// What alkomp's own WGSL is refused for is nothing that the user wrote.
Error failure_of(const Job& job, const backend::Status& status) {
    const bool is_ours = job.device->properties.accepts_wgsl && job.shader->wgsl.empty();
    const bool refused = is_ours && status.code == ErrorCode::compile_failed;
    if (!job.shader->wgsl.empty() && status.code == ErrorCode::compile_failed) {
        const std::string theirs = read::describe_wgsl_failure(status.text, job.shader->wgsl, job.shader->name);
        if (!theirs.empty()) return Error(status.code, "compile: " + theirs);
    }
    std::string before;
    if (refused) before = "the device does not take what becomes of the kernel in WGSL: ";
    const auto says = [&](const char* words) { return status.text.find(words) != std::string::npos; };
    const bool asks_proof = says("uniform control flow") || says("thread sync operation");  // Tint; FXC
    if (refused && asks_proof && !job.wgsl.unproven.empty()) before = unproven_of(job) + '\n' + before;
    return Error(refused ? ErrorCode::unsupported : status.code,
                 "compile: " + before + status.text + "\nwhile compiling \"" + job.label + "\" for the device \"" +
                     job.device->info.name + '"');
}

/// After success: remembers the kernel, and keeps the driver's data on the disk.
void keep(const Job& job, const std::shared_ptr<KernelRecord>& record, std::span<const std::byte> cache) {
    {
        const std::lock_guard lock(job.device->mutex);
        job.device->kernels[job.memory_key] = record;
    }
    if (!cache.empty()) DiskCache::instance().store(job.disk_key, cache);
}

/// Another form of a kernel. Under the device's lock.
KernelForm remake(Job job, const Interface& kept, const CallShape& shape) {
    job.wgsl = with_wgsl(job, shape);
    const Interface& made = job.wgsl.interface;
    // Calls are checked for the kernel as it was made first, and so are their scalars laid out, but of forms with their own.
    const auto same = [](const ByteCountInfo& a, const ByteCountInfo& b) {
        return a.binding == b.binding && a.offset_bytes == b.offset_bytes;
    };
    if (!shape.has_own_scalars() &&
        (made.scalar_bytes != kept.scalar_bytes || !std::equal(made.byte_counts.begin(), made.byte_counts.end(),
                                                               kept.byte_counts.begin(), kept.byte_counts.end(), same)))
        fail(ErrorCode::unsupported, '"' + job.label +
                                         "\" is called with two arguments of different types that are views of "
                                         "one buffer and written, which WebGPU forbids.");
    KernelForm form{
        shape, {}, made.byte_counts, job.interface.scalar_bytes, made.scalar_bytes, job.wgsl.groups_offset_bytes};
    std::vector<std::byte> cache;
    const backend::Pending pending = start(job, form.id, cache);
    if (pending.ticket == 0 && pending.status.failed) throw failure_of(job, pending.status);
    if (pending.ticket != 0) job.device->tickets[pending.ticket] = [](backend::Completion&) {};
    return form;
}

/// Keeps of a job what other forms of its kernel need; the kernel's device outlives it.
auto remaker(const Job& job, const Interface& kept) {
    auto lasting = std::make_shared<Job>(job);
    lasting->device.reset();
    lasting->wgsl = {};
    return [lasting, kept](DeviceRecord& device, const CallShape& shape) {
        Job again = *lasting;
        again.device = device.shared_from_this();
        return remake(std::move(again), kept, shape);
    };
}

/// A ticket's end, taken over from the device before any other thread can see it.
struct Waiting {
    Job job;
    std::shared_ptr<FutureValue<Kernel>> future;
    std::shared_ptr<KernelRecord> record;

    void finish(const backend::Status& status, std::span<const std::byte> cache) {
        if (status.failed) {
            record.reset();
            return future->fail(std::make_exception_ptr(failure_of(job, status)));
        }
        keep(job, record, cache);
        future->value.emplace(handle_of(job.device, std::move(record)));
        future->complete();
    }
};

/// The one way to compile: a future that is done when the driver is. `early`, unless null, gets the kernel before that;
/// what uses it fails when it does.
std::shared_ptr<FutureValue<Kernel>> compile(Job job, std::shared_ptr<KernelRecord>* early = nullptr) {
    auto future = std::make_shared<FutureValue<Kernel>>(job.device);
    const std::shared_ptr<DeviceRecord> device = job.device;
    std::shared_ptr<KernelRecord> found;
    {
        const std::lock_guard lock(device->mutex);
        find_compiled(job, found);
    }
    if (found) {
        if (early != nullptr) *early = found;
        future->value.emplace(handle_of(device, std::move(found)));
        future->complete();
        return future;
    }
    if (std::optional<std::vector<std::byte>> stored = DiskCache::instance().load(job.disk_key))
        job.cached = std::move(*stored);

    if (goes_through_ir(*device) && !job.shader->module) job.shader = with_module(job);
    if (device->properties.accepts_wgsl) job.wgsl = with_wgsl(job);
    auto waiting = std::make_shared<Waiting>(Waiting{std::move(job), future, nullptr});
    std::vector<std::byte> cache;
    backend::Pending pending;
    {
        const std::lock_guard lock(device->mutex);
        device->check_usable("compile");
        backend::KernelId id = backend::KernelId::none;
        pending = start(waiting->job, id, cache);
        if (pending.ticket != 0 || !pending.status.failed) {
            waiting->record = make_record(waiting->job, id);
            if (device->properties.accepts_wgsl && waiting->job.shader->wgsl.empty())
                waiting->record->remake = remaker(waiting->job, waiting->record->interface);
            if (waiting->record->sources) device->sources[id] = {waiting->job.label, waiting->record->sources};
        }
        if (pending.ticket != 0) {
            if (early != nullptr) *early = waiting->record;
            device->tickets[pending.ticket] = [waiting](backend::Completion& completion) {
                waiting->finish(completion.status, completion.cache);
            };
        }
    }
    if (pending.ticket == 0) waiting->finish(pending.status, cache);
    return future;
}

void add_waits(const DeviceRecord& device, const KernelRecord& kernel, std::vector<Conflicts::Wait>& waits) {
    if (kernel.last_sequence == 0) return;
    if (!kernel.used_elsewhere) {
        waits.push_back({kernel.last_timeline, kernel.last_sequence});
        return;
    }
    for (const auto& timeline : device.timelines) {
        const u64 last = timeline->pending.empty() ? timeline->submitted : timeline->recording();
        if (last != 0) waits.push_back({timeline->index, last});
    }
}

std::shared_ptr<DeviceRecord> usable(const std::shared_ptr<DeviceRecord>& device) {
    if (!device) fail(ErrorCode::invalid_argument, "the device is empty: it was moved from or never opened.");
    device->check_usable("compile");
    return device;
}

Job prepare(const std::shared_ptr<DeviceRecord>& record, const Source& source, const KernelOptions& options) {
    std::shared_ptr<DeviceRecord> device = usable(record);
    const Target target = target_of(*device, options.target);
    std::shared_ptr<const ShaderRecord> shader;
    if (device->properties.checks && source.language != Language::wgsl) {
        const auto texts = std::make_shared<SourceTexts>();
        ir::Module module = module_of(source, options, target, texts.get());
        shader = translate(std::move(module), device->capabilities, {.optimize = false, .sources = texts});
    } else {
        shader = options.through_ir ? translate(module_of(source, options, target), device->capabilities)
                                    : make_shader(source, options, target);
    }
    Job job = prepare(std::move(device), std::move(shader), options);
    if (source.language == Language::glsl && !job.shader->module && goes_through_ir(*job.device))
        job.origin = std::make_shared<const Origin>(Origin{source, options});
    return job;
}

Kernel wait(std::shared_ptr<FutureValue<Kernel>> state) { return Future<Kernel>(std::move(state)).get(kNoLimit); }

KernelRecord& checked(const std::shared_ptr<KernelRecord>& record) {
    if (!record) throw Error(ErrorCode::invalid_argument, "Kernel: it is empty: it was moved from or never compiled.");
    return *record;
}

/// What a handle's record keeps; the kernel goes first.
struct Keep {
    std::shared_ptr<DeviceRecord> device;
    std::shared_ptr<KernelRecord> kernel;
};

}  // namespace

Kernel handle_of(std::shared_ptr<DeviceRecord> device, std::shared_ptr<KernelRecord> kernel) {
    KernelRecord* record = kernel.get();
    const auto keep = std::make_shared<Keep>(Keep{std::move(device), std::move(kernel)});
    return Kernel(std::shared_ptr<KernelRecord>(keep, record));
}

std::shared_ptr<KernelRecord> compile_kernel(const std::shared_ptr<DeviceRecord>& device,
                                             std::shared_ptr<const ShaderRecord> shader, const KernelOptions& options) {
    const Job job = prepare(usable(device), std::move(shader), options);
    std::shared_ptr<KernelRecord> record;
    const std::shared_ptr<FutureValue<Kernel>> state = compile(job, &record);
    if (!device->waits() && !state->done()) {
        state->on_done([of = state.get()] {
            try {
                if (of->failure()) std::rethrow_exception(of->failure());
            } catch (const Error& error) {
                log(LogLevel::error, error.what());
            }
        });
        return record;
    }
    const Kernel handle = wait(state);
    const std::lock_guard lock(device->mutex);
    find_compiled(job, record);  // the handle keeps it
    return record;
}

KernelRecord::~KernelRecord() {
    // A child process must not touch the driver, nor a lock that another thread of the parent may hold.
    if (device == nullptr || forked()) return;
    try {
        const std::lock_guard lock(device->mutex);
        const auto entry = device->kernels.find(key);
        if (entry != device->kernels.end() && entry->second.expired()) device->kernels.erase(entry);
        if (id == backend::KernelId::none || device->abandoned.load(std::memory_order_acquire) || !device->backend)
            return;
        std::vector<Conflicts::Wait> waits;
        if (!device->lost.load(std::memory_order_acquire)) add_waits(*device, *this, waits);
        const bool is_idle =
            std::all_of(waits.begin(), waits.end(), [&](const auto& point) { return device->passed(point); });
        const auto release = [&](backend::KernelId which) {
            if (is_idle) device->release(which);
            else device->kernels_to_release.emplace_back(which, waits);
        };
        release(id);
        for (const KernelForm& form : forms) release(form.id);
    } catch (...) {
        // Out of memory for the list: the kernel stays with its device.
    }
}

}  // namespace detail

Kernel Device::compile(const Source& source, const KernelOptions& options) {
    return detail::wait(detail::compile(detail::prepare(record_, source, options)));
}

Kernel Device::compile(const Shader& shader, const KernelOptions& options) {
    std::shared_ptr<detail::DeviceRecord> device = detail::usable(record_);
    const std::span<const u32> words = shader.words();  // throws for an empty handle
    std::shared_ptr<const detail::ShaderRecord> record = shader.record();
    if (device->properties.checks && record->origin) {
        KernelOptions as_compiled = options;
        as_compiled.macros = record->origin->options.macros;
        as_compiled.include_dirs = record->origin->options.include_dirs;
        return compile(record->origin->source, as_compiled);
    }
    // The default entry point is the shader's own; another one of its module may be named.
    if (options.entry != "main" && options.entry != record->interface.entry) {
        record = detail::make_shader(spirv(words, record->name), options, Target::vulkan_1_2);
    }
    return detail::wait(detail::compile(detail::prepare(std::move(device), std::move(record), options)));
}

Future<Kernel> Device::compile_async(const Source& source, const KernelOptions& options) {
    return Future<Kernel>(detail::compile(detail::prepare(record_, source, options)));
}

const std::string& Kernel::label() const { return detail::checked(record_).label; }
std::array<u32, 3> Kernel::workgroup_size() const { return detail::checked(record_).workgroup_size; }
Device Kernel::device() const { return Device(detail::checked(record_).device->shared_from_this()); }
std::string Kernel::describe() const { return detail::describe(detail::checked(record_).interface); }

}  // namespace alkomp
