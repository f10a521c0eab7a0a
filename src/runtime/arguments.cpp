// SPDX-License-Identifier: MIT OR Apache-2.0
// Matching a call's arguments to a kernel's bindings and scalars, with a message for every mismatch.
#include "runtime/arguments.h"

#include "ir/pass/fold_workgroups.h"
#include "runtime/device.h"
#include "runtime/kernel.h"
#include "runtime/layout.h"
#include "runtime/sharing.h"

#include <algorithm>
#include <cstring>
#include <sstream>

namespace alkomp::detail {
namespace {

constexpr u64 kMostBytesInParts = 0xfffffffc;
constexpr std::size_t kUnset = ~std::size_t{0};

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

std::string binding_text(const BindingInfo& binding) {
    std::string text = quoted(binding.name) + " (set " + std::to_string(binding.set) + ", binding " +
                       std::to_string(binding.binding) + "): " + to_string(binding.element);
    if (binding.stride_bytes != 0) text += "[]";
    if (!binding.writes) text += ", read-only";
    if (!binding.reads) text += ", write-only";
    return text;
}

[[noreturn]] void fail(const KernelRecord& kernel, ErrorCode code, const std::string& sentence) {
    throw Error(code, "call: " + sentence + "\nwhile calling kernel " + quoted(kernel.label));
}

[[noreturn]] void fail(const KernelRecord& kernel, const std::string& sentence) {
    fail(kernel, ErrorCode::invalid_argument, sentence);
}

/// Those that the caller gives.
std::span<const BindingInfo> bindings_of(const Interface& interface) {
    return std::span(interface.bindings).first(interface.bindings.size() - (interface.has_messages ? 1 : 0));
}

std::string interface_text(const Interface& interface) {
    std::string text;
    for (const BindingInfo& binding : bindings_of(interface)) text += "\n  buffer " + binding_text(binding);
    for (const ScalarInfo& scalar : interface.scalars)
        text += "\n  scalar " + quoted(scalar.name) + ": " + to_string(scalar.type);
    return text;
}

std::string plural(std::size_t count, const char* noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

[[noreturn]] void fail_count(const KernelRecord& kernel, std::span<const Argument> arguments) {
    std::size_t buffers = 0;
    std::size_t scalars = 0;
    for (const Argument& a : arguments) {
        buffers += a.kind == Argument::Kind::buffer;
        scalars += a.kind == Argument::Kind::scalar;
    }
    fail(kernel, plural(bindings_of(kernel.interface).size(), "buffer") + " and " +
                     plural(kernel.interface.scalars.size(), "scalar") + " are wanted, " + plural(buffers, "buffer") +
                     " and " + plural(scalars, "scalar") +
                     " are given; the kernel takes:" + interface_text(kernel.interface));
}

bool answers_to(const BindingInfo& binding, std::string_view name) {
    return binding.name == name || (binding.fields.size() == 1 && binding.fields.front().name == name);
}
bool answers_to(const ScalarInfo& scalar, std::string_view name) { return scalar.name == name; }

// Where arguments go: by name, or that of a block's only member, else to the next free place in order.
template <class Info>
class Places {
public:
    Places(const KernelRecord& kernel, std::span<const Info> infos, std::span<const Argument> all)
        : kernel_(kernel), infos_(infos), all_(all) {}

    std::size_t take(const Argument& argument) {
        if (argument.name.empty()) return take_next();
        // Without names, what is taken lies below `next_`.
        if (taken_.empty()) {
            taken_.assign(infos_.size(), false);
            std::fill_n(taken_.begin(), next_, true);
        }
        const auto found = std::find_if(infos_.begin(), infos_.end(),
                                        [&](const Info& info) { return answers_to(info, argument.name); });
        if (found == infos_.end()) {
            fail(kernel_, "there is no " + std::string(argument.kind == Argument::Kind::buffer ? "buffer" : "scalar") +
                              " named \"" + std::string(argument.name) +
                              "\"; the kernel takes:" + interface_text(kernel_.interface));
        }
        const auto place = static_cast<std::size_t>(found - infos_.begin());
        if (taken_[place]) fail(kernel_, "argument \"" + std::string(argument.name) + "\" is given twice.");
        taken_[place] = true;
        ++count_;
        return place;
    }
    [[nodiscard]] bool all_taken() const { return count_ == infos_.size(); }

private:
    std::size_t take_next() {
        while (next_ < taken_.size() && taken_[next_]) ++next_;
        if (next_ >= infos_.size()) fail_count(kernel_, all_);
        if (!taken_.empty()) taken_[next_] = true;
        ++count_;
        return next_++;
    }

    const KernelRecord& kernel_;
    std::span<const Info> infos_;
    std::span<const Argument> all_;
    std::vector<bool> taken_;  // empty until an argument has a name
    std::size_t next_ = 0, count_ = 0;
};

void check_groups(const DeviceRecord& device, const KernelRecord& kernel, const Groups& groups, CheckedCall& out) {
    const std::array<u64, 3> given{groups.x, groups.y, groups.z};
    // WGSL of the user's own has the grid that it is called with.
    const bool as_it_is = device.properties.accepts_wgsl && !kernel.remake;
    for (std::size_t i = 0; i < 3; ++i) {
        const u64 most = as_it_is ? kMostGroups : device.capabilities.limits.max_groups[i];
        if (given[i] > most) {
            fail(kernel, "groups." + std::string(1, "xyz"[i]) + " is " + std::to_string(given[i]) +
                             "; this device takes at most " + std::to_string(most) + " workgroups there.");
        }
        if (given[i] == 0) out.nothing = true;
        out.groups[i] = static_cast<u32>(given[i]);
    }
    // Each is below 2^32, so two products tell.
    const u64 plane = given[0] * given[1];
    const bool folds = std::any_of(given.begin(), given.end(), [](u64 count) { return count > kMostGroups; });
    if (device.properties.accepts_wgsl && folds && !out.nothing && plane > ir::kMostFoldedGroups / given[2])
        fail(kernel, "groups is " + std::to_string(given[0]) + " x " + std::to_string(given[1]) + " x " +
                         std::to_string(given[2]) + "; with more than " + std::to_string(kMostGroups) +
                         " along a dimension this device takes at most " + std::to_string(ir::kMostFoldedGroups) +
                         " workgroups in all.");
}

void check_indirect(const DeviceRecord& device, const KernelRecord& kernel, const AnyView& counts, CheckedCall& out) {
    if (!device.capabilities.features.indirect_dispatch)
        fail(kernel, ErrorCode::unsupported, "this device takes no workgroup counts from a buffer.");
    BufferRecord& record = checked_record(counts, device, "call");
    if (counts.dtype().scalar != Scalar::u32)
        fail(kernel, "the workgroup counts are " + describe(counts) + "; u32 elements are wanted.");
    if (counts.size_bytes() < 12)
        fail(kernel, "the workgroup counts are " + describe(counts) + "; at least 3 elements are wanted.");
    if (counts.offset_bytes() % 4 != 0)
        fail(kernel, "the workgroup counts begin at byte " + std::to_string(counts.offset_bytes()) +
                         "; a multiple of 4 is wanted.");
    out.indirect = &record;
    out.indirect_offset_bytes = counts.offset_bytes();
}

constexpr u32 kAllInvocations = ~u32{0};

void store_count(const Interface& interface, u32 count, CheckedCall& out) {
    std::memcpy(out.scalars.data() + *interface.count_offset_bytes, &count, sizeof count);
}

// Without groups: one invocation per element, and all buffers of elements have one count.
void imply_groups(const DeviceRecord& device, const KernelRecord& kernel, CheckedCall& out) {
    const Interface& interface = kernel.interface;
    if (kernel.workgroup_size[1] != 1 || kernel.workgroup_size[2] != 1)
        fail(kernel, "groups(x, y, z) is wanted: the workgroup has more than one dimension.");
    std::size_t first = kUnset;
    u64 count = 0;
    for (std::size_t i = 0; i < bindings_of(interface).size(); ++i) {
        const BindingInfo& binding = interface.bindings[i];
        if (binding.stride_bytes == 0 || binding.fixed_bytes != 0) continue;
        const u64 here = out.buffers[i].size_bytes / binding.stride_bytes;
        if (first == kUnset) {
            first = i;
            count = here;
        } else if (here != count) {
            fail(kernel, "groups(x) is wanted, since the buffers differ: " + quoted(interface.bindings[first].name) +
                             " has " + plural(count, "element") + ", " + quoted(binding.name) + " has " +
                             std::to_string(here) + ".");
        }
    }
    if (first == kUnset) fail(kernel, "groups(x, y, z) is wanted: the kernel takes no buffer of elements to count.");
    if (interface.count_offset_bytes) {
        if (count >= kAllInvocations)
            fail(kernel, "groups(x) is wanted: there are " + std::to_string(count) +
                             " elements; without groups there are at most " + std::to_string(kAllInvocations - 1) +
                             '.');
        store_count(interface, static_cast<u32>(count), out);
    }
    const u64 size = kernel.workgroup_size[0];
    check_groups(device, kernel, Groups{(count + size - 1) / size, 1, 1}, out);
}

// In place is legal (the same view twice); views that overlap in part, one of them written, are not.
void check_aliasing(const KernelRecord& kernel, const CheckedCall& call) {
    const auto& buffers = call.buffers;
    for (std::size_t i = 0; i + 1 < buffers.size(); ++i) {
        for (std::size_t j = i + 1; j < buffers.size(); ++j) {
            const BoundBuffer& a = buffers[i];
            const BoundBuffer& b = buffers[j];
            if (a.record != b.record || !(a.writes || b.writes)) continue;
            if (a.offset_bytes == b.offset_bytes && a.size_bytes == b.size_bytes) continue;
            if (a.offset_bytes + a.size_bytes <= b.offset_bytes || b.offset_bytes + b.size_bytes <= a.offset_bytes)
                continue;
            fail(kernel, "arguments " + quoted(kernel.interface.bindings[i].name) + " and " +
                             quoted(kernel.interface.bindings[j].name) + " overlap in part (bytes " +
                             std::to_string(a.offset_bytes) + " to " + std::to_string(a.offset_bytes + a.size_bytes) +
                             " and " + std::to_string(b.offset_bytes) + " to " +
                             std::to_string(b.offset_bytes + b.size_bytes) + " of one buffer) and one is written.");
        }
    }
}

void check_limits(const DeviceRecord& device, const KernelRecord& kernel, const BindingInfo& binding,
                  const AnyView& view) {
    const Limits& limits = device.capabilities.limits;
    const bool uniform = binding.kind == BindingKind::uniform;
    const u64 alignment = uniform ? limits.uniform_offset_alignment_bytes : limits.storage_offset_alignment_bytes;
    if ((view.offset_bytes() & (alignment - 1)) != 0) {  // a power of two
        fail(kernel, ErrorCode::unsupported,
             "argument " + quoted(binding.name) + ": the view " + describe(view) + " begins at byte " +
                 std::to_string(view.offset_bytes()) + "; this device binds views at multiples of " +
                 std::to_string(alignment) + ".");
    }
    // WebGPU's storage is bound in parts where it has to be; places in it are told by 32 bits.
    const bool in_parts = !uniform && device.properties.accepts_wgsl && kernel.remake;
    const u64 most = uniform    ? limits.max_uniform_binding_bytes
                     : in_parts ? std::max<u64>(limits.max_storage_binding_bytes, kMostBytesInParts)
                                : limits.max_storage_binding_bytes;
    if (view.size_bytes() > most) {
        fail(kernel, ErrorCode::unsupported,
             "argument " + quoted(binding.name) + ": " + describe(view) + " has " + std::to_string(view.size_bytes()) +
                 " bytes; this device binds at most " + std::to_string(most) +
                 (uniform ? " as uniform." : " as storage."));
    }
}

}  // namespace

BoundBuffer check_buffer(const DeviceRecord& device, const KernelRecord& kernel, std::size_t index,
                         const AnyView& view) {
    const BindingInfo& binding = kernel.interface.bindings[index];
    BufferRecord& record = checked_record(view, device, "call");
    if (const std::string wanted = mismatch(binding, view.dtype(), view.size_bytes()); !wanted.empty()) {
        fail(kernel, "argument " + quoted(binding.name) + " is " + describe(view) + "; " + wanted);
    }
    check_limits(device, kernel, binding, view);
    if (binding.reads && !record.poison.empty()) {
        fail(kernel, distrust_code(device, record),
             "argument " + quoted(binding.name) + ": " + describe(view) +
                 " cannot be trusted, since work that wrote it failed: " + record.poison);
    }
    return {&record, view.offset_bytes(), view.size_bytes(), binding.reads, binding.writes};
}

void check_arguments(const DeviceRecord& device, KernelRecord& kernel, std::span<const Argument> arguments,
                     CheckedCall& out) {
    const Interface& interface = kernel.interface;
    if (kernel.device != &device) {
        fail(kernel, "the kernel was compiled for device \"" + kernel.device->info.name + "\", the call is on \"" +
                         device.info.name + "\"; compile it for each device.");
    }
    out.kernel = &kernel;
    out.groups = {1, 1, 1};
    out.nothing = false;
    out.indirect = nullptr;
    out.buffers.assign(interface.bindings.size(), {});
    out.scalars.assign(interface.scalar_bytes, std::byte{0});

    Places<BindingInfo> bindings(kernel, bindings_of(interface), arguments);
    Places<ScalarInfo> scalars(kernel, interface.scalars, arguments);
    const Groups* groups = nullptr;
    for (const Argument& a : arguments) {
        switch (a.kind) {
            case Argument::Kind::buffer: {
                const std::size_t place = bindings.take(a);
                out.buffers[place] = check_buffer(device, kernel, place, *static_cast<const AnyView*>(a.value));
                break;
            }
            case Argument::Kind::scalar:
                store_scalar(kernel, scalars.take(a), a, out.scalars);
                break;
            case Argument::Kind::groups:
                groups = static_cast<const Groups*>(a.value);
                break;
            case Argument::Kind::indirect:
                check_indirect(device, kernel, *static_cast<const AnyView*>(a.value), out);
                break;
        }
    }
    if (!bindings.all_taken() || !scalars.all_taken()) fail_count(kernel, arguments);
    if (interface.count_offset_bytes) store_count(interface, kAllInvocations, out);
    if (groups != nullptr) check_groups(device, kernel, *groups, out);
    else if (out.indirect == nullptr) imply_groups(device, kernel, out);
    if (out.buffers.size() > 1) check_aliasing(kernel, out);
    for (const ByteCountInfo& count : interface.byte_counts) {
        const u32 size_bytes = static_cast<u32>(out.buffers[count.binding].size_bytes);
        std::memcpy(out.scalars.data() + count.offset_bytes, &size_bytes, sizeof size_bytes);
    }
}

void store_scalar(const KernelRecord& kernel, std::size_t index, const Argument& argument, std::span<std::byte> block) {
    const ScalarInfo& info = kernel.interface.scalars[index];
    const std::span<std::byte> place = block.subspan(info.offset_bytes, info.size_bytes);
    if (const std::string wanted = convert_scalar(info, argument, place); !wanted.empty())
        fail(kernel, "argument " + quoted(info.name) + " is " + wanted);
}

}  // namespace alkomp::detail
