// SPDX-License-Identifier: MIT OR Apache-2.0
// Recordings from their begin to their end, and kernels for the devices that they are called on.
#include "alkomp/lang/kernel.h"

#include "alkomp/device.h"
#include "alkomp/error.h"
#include "ir/print.h"
#include "ir/verify.h"
#include "lang/recorder.h"
#include "runtime/device.h"
#include "runtime/kernel.h"
#include "runtime/registry.h"
#include "runtime/translate.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace alkomp {
namespace detail {
namespace {

RecordedKernelRecord& checked(const RecordedKernel& kernel, const char* function) {
    if (!kernel)
        throw Error(ErrorCode::invalid_argument,
                    std::string(function) + ": the kernel is empty: it was moved from or never set.");
    return *kernel.record();
}

/// The verifier's "file:line: sentence" with the source line below.
std::string with_source(const std::string& text) {
    for (std::size_t colon = text.find(':'); colon != std::string::npos; colon = text.find(':', colon + 1)) {
        u32 line = 0;
        const char* begin = text.data() + colon + 1;
        const auto [end, failure] = std::from_chars(begin, text.data() + text.size(), line);
        const auto rest = static_cast<std::size_t>(end - text.data());
        if (failure != std::errc() || text.compare(rest, 2, ": ") != 0) continue;
        const std::string file = text.substr(0, colon);
        return at_place({file.c_str(), line}, text.substr(rest + 2));
    }
    return text;
}

/// Which of the devices here do what this one does not.
std::string others_that_run(const RecordedKernelRecord& recorded) {
    std::string names;
    for (const DeviceInfo& info : query()) {
        try {
            ir::Module module = recorded.module;
            ir::verify(module, &info.capabilities);
        } catch (const Error&) {
            continue;
        }
        names += (names.empty() ? "" : ", ") + ('"' + info.name + '"');
    }
    return names.empty() ? "no device here can run it" : "of the devices here, " + names + " can run it";
}

/// A call without groups does not depend on the workgroup's size: it is what the device can run together.
ir::Module sized_for(const RecordedKernelRecord& recorded, const Limits& limits) {
    ir::Module module = recorded.module;
    if (recorded.needs_groups || module.known_bits(module.workgroup_size[1]) != 1u ||
        module.known_bits(module.workgroup_size[2]) != 1u)
        return module;
    const u64 most = std::min(limits.max_workgroup_size[0], limits.max_workgroup_invocations);
    module.workgroup_size[0] = module.index(std::min(*module.known_bits(module.workgroup_size[0]), most));
    return module;
}

/// True if two buffers of a call may share memory, now or after a slot is given another.
bool may_alias(std::span<const Argument> arguments) {
    std::size_t buffers = 0, slots = 0;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i].kind != Argument::Kind::buffer) continue;
        ++buffers;
        slots += !arguments[i].slot.empty();
        const auto* view = static_cast<const AnyView*>(arguments[i].value);
        for (std::size_t k = 0; k < i; ++k) {
            if (arguments[k].kind == Argument::Kind::buffer &&
                static_cast<const AnyView*>(arguments[k].value)->record() == view->record())
                return true;
        }
    }
    return buffers > 1 && slots > 0;
}

std::shared_ptr<KernelRecord> compile(DeviceRecord& device, const RecordedKernelRecord& recorded, Buffers buffers) {
    const ir::Location& made = recorded.module[recorded.module.kernel].location;
    const std::string compiling = "\nwhile compiling the kernel \"" + recorded.name + "\" of " +
                                  recorded.module.text(made.file) + ':' + std::to_string(made.line) +
                                  " for the device \"" + device.info.name + '"';
    std::shared_ptr<const ShaderRecord> shader;
    try {
        ir::Module module = sized_for(recorded, device.capabilities.limits);
        if (buffers == Buffers::aliased)
            for (ir::Global& global : module.globals) global.aliased = global.kind == ir::Global::Kind::storage;
        shader = translate(std::move(module), device.capabilities, {.optimize = !device.properties.checks});
    } catch (const Error& error) {
        std::string text = "compile: " + with_source(error.what());
        if (error.code() == ErrorCode::unsupported) text += '\n' + others_that_run(recorded);
        throw Error(error.code(), text + compiling);
    }
    KernelOptions options;
    options.robust = recorded.robust;
    options.subgroup_size = recorded.subgroup_size;
    try {
        return compile_kernel(device.shared_from_this(), std::move(shader), options);
    } catch (const Error& error) {
        throw Error(error.code(), error.what() + compiling);
    }
}

}  // namespace

RecordedKernelRecord::~RecordedKernelRecord() {
    for (const std::weak_ptr<DeviceRecord>& known : devices) {
        const std::shared_ptr<DeviceRecord> device = known.lock();
        if (!device || forked()) continue;
        std::array<std::shared_ptr<KernelRecord>, 2> kernels;  // their end takes the lock
        const std::lock_guard lock(device->mutex);
        for (const Buffers buffers : {Buffers::apart, Buffers::aliased}) {
            const auto found = device->recorded_kernels.find(key_of(serial, buffers));
            if (found == device->recorded_kernels.end()) continue;
            kernels[static_cast<std::size_t>(buffers)] = std::move(found->second);
            device->recorded_kernels.erase(found);
        }
    }
}

std::shared_ptr<KernelRecord> kernel_for(DeviceRecord& device, const RecordedKernel& kernel, Buffers buffers,
                                         const char* function) {
    RecordedKernelRecord& recorded = checked(kernel, function);
    const u64 key = key_of(recorded.serial, buffers);
    const auto find = [&] {
        const std::lock_guard lock(device.mutex);
        const auto found = device.recorded_kernels.find(key);
        return found == device.recorded_kernels.end() ? nullptr : found->second;
    };
    if (std::shared_ptr<KernelRecord> found = find()) return found;
    const std::lock_guard once(recorded.mutex);
    if (std::shared_ptr<KernelRecord> found = find()) return found;
    std::shared_ptr<KernelRecord> compiled = compile(device, recorded, buffers);
    std::erase_if(recorded.devices, [](const auto& known) { return known.expired(); });
    recorded.devices.push_back(device.weak_from_this());
    const std::lock_guard lock(device.mutex);
    device.recorded_kernels[key] = compiled;
    return compiled;
}

std::shared_ptr<KernelRecord> kernel_for(DeviceRecord& device, const RecordedKernel& kernel,
                                         std::span<const Argument> arguments) {
    const RecordedKernelRecord& recorded = checked(kernel, "call");
    const bool has_groups = std::any_of(arguments.begin(), arguments.end(), [](const Argument& argument) {
        return argument.kind == Argument::Kind::groups || argument.kind == Argument::Kind::indirect;
    });
    const auto refuse = [&](ErrorCode code, const std::string& sentence) {
        throw Error(code, "call: " + sentence + "\nwhile calling kernel \"" + recorded.name + '"');
    };
    if (recorded.needs_groups && !has_groups)
        refuse(ErrorCode::invalid_argument,
               "groups(x, y, z) is wanted: the kernel has barriers or subgroup operations, the first at line " +
                   std::to_string(recorded.groups_line) + '.');
    std::shared_ptr<KernelRecord> compiled =
        kernel_for(device, kernel, may_alias(arguments) ? Buffers::aliased : Buffers::apart, "call");
    const std::optional<u64> wanted = recorded.module.known_bits(recorded.module.workgroup_size[0]);
    if (has_groups && compiled->workgroup_size[0] != wanted)
        refuse(ErrorCode::unsupported, "the kernel has a workgroup of " + std::to_string(*wanted) + ", the device \"" +
                                           device.info.name + "\" runs at most " +
                                           std::to_string(compiled->workgroup_size[0]) + " together.");
    return compiled;
}

Recording::Recording(std::string name, const RecordOptions& options, Place place) {
    if (const Recorder* outer = Recorder::find(); outer != nullptr)
        outer->fail(place, "a kernel is made within another one; make both first, and call one after the other.");
    recorder_ = std::make_unique<Recorder>(std::move(name), options, place);
    Recorder::set(recorder_.get());
}

Recording::~Recording() {
    if (Recorder::find() == recorder_.get()) Recorder::set(nullptr);
}

std::shared_ptr<RecordedKernelRecord> Recording::finish() { return recorder_->finish(); }

}  // namespace detail

const std::string& RecordedKernel::label() const { return detail::checked(*this, "RecordedKernel.label").name; }
std::string RecordedKernel::ir() const { return ir::print(detail::checked(*this, "RecordedKernel.ir").module); }

Kernel Device::compile(const RecordedKernel& kernel) {
    if (!record_)
        throw Error(ErrorCode::invalid_argument, "compile: the device is empty: it was moved from or never opened.");
    record_->check_usable("compile");
    return detail::handle_of(record_, detail::kernel_for(*record_, kernel, detail::Buffers::aliased, "compile"));
}

}  // namespace alkomp
