// SPDX-License-Identifier: MIT OR Apache-2.0
// Finds and makes the forms of kernels.
#include "runtime/sharing.h"

#include "runtime/device.h"
#include "runtime/kernel.h"
#include "runtime/translate.h"

#include <algorithm>
#include <cstring>

namespace alkomp::detail {
namespace {

bool same_bytes(const BoundBuffer& a, const BoundBuffer& b) {
    return a.record == b.record && a.offset_bytes == b.offset_bytes && a.size_bytes == b.size_bytes;
}
bool overlap(const BoundBuffer& a, const BoundBuffer& b) {
    return a.record == b.record && a.offset_bytes < b.offset_bytes + b.size_bytes &&
           b.offset_bytes < a.offset_bytes + a.size_bytes;
}

[[noreturn]] void refuse(const CheckedCall& call, std::size_t i, std::size_t j, const std::string& why) {
    const Interface& interface = call.kernel->interface;
    throw Error(ErrorCode::unsupported, "call: kernel \"" + call.kernel->label + "\": arguments \"" +
                                            interface.bindings[i].name + "\" and \"" + interface.bindings[j].name +
                                            "\" are views of one buffer, which is written; " + why + '.');
}

/// The places whose buffer has another place and is written.
std::vector<bool> contested(const CheckedCall& call) {
    const std::vector<BoundBuffer>& buffers = call.buffers;
    std::vector<bool> out(buffers.size(), false);
    for (std::size_t i = 0; i < buffers.size(); ++i)
        for (std::size_t j = i + 1; j < buffers.size(); ++j) {
            if (buffers[i].record == nullptr || buffers[i].record != buffers[j].record) continue;
            if (buffers[i].size_bytes == 0 || buffers[j].size_bytes == 0) continue;
            const bool written = std::any_of(buffers.begin(), buffers.end(), [&](const BoundBuffer& other) {
                return other.record == buffers[i].record && other.writes;
            });
            if (written) out[i] = out[j] = true;
        }
    return out;
}

}  // namespace

Sharing sharing_of(const CheckedCall& call) {
    const std::vector<BoundBuffer>& buffers = call.buffers;
    const std::vector<bool> places = contested(call);
    Sharing out;
    if (std::find(places.begin(), places.end(), true) == places.end()) return out;
    const auto& bindings = call.kernel->interface.bindings;
    for (u32 i = 0; i < buffers.size(); ++i) {
        out.places.push_back({i, false});
        if (!places[i]) continue;
        out.places[i].written = true;
        for (u32 j = 0; j < i; ++j) {
            if (!places[j] || buffers[i].record != buffers[j].record) continue;
            if (bindings[i].kind != BindingKind::storage || bindings[j].kind != BindingKind::storage)
                refuse(call, j, i, "WebGPU does not bind it as uniform meanwhile");
            if (same_bytes(buffers[i], buffers[j])) out.places[i].first = std::min(out.places[i].first, j);
            else if (overlap(buffers[i], buffers[j]))
                refuse(call, j, i, "where that is so, WebGPU binds no views that overlap in part");
        }
    }
    return out;
}

std::array<u32, 3> folded_grid(u64 count) {
    const auto parts = [](u64 whole, u64 most) { return (whole + most - 1) / most; };
    const u64 rows = parts(count, kMostGroups), planes = parts(rows, kMostGroups);
    return {static_cast<u32>(parts(count, rows)), static_cast<u32>(parts(rows, planes)), static_cast<u32>(planes)};
}

namespace {

/// Calls with counts in a buffer have those that the device reads there.
bool is_folded(const CheckedCall& call) {
    return call.indirect == nullptr &&
           std::any_of(call.groups.begin(), call.groups.end(), [](u32 count) { return count > kMostGroups; });
}

/// Throws unsupported where there are not enough bindings.
std::vector<u32> parts_of(const DeviceRecord& device, const CheckedCall& call) {
    const Limits& limits = device.capabilities.limits;
    const bool fits = std::none_of(call.buffers.begin(), call.buffers.end(), [&](const BoundBuffer& bound) {
        return bound.size_bytes > limits.max_storage_binding_bytes;
    });
    if (fits) return {};
    const u64 most = part_bytes(limits);
    std::vector<u32> out;
    u64 all = 0;
    for (const BoundBuffer& bound : call.buffers) {
        const bool is_large = bound.size_bytes > limits.max_storage_binding_bytes;
        out.push_back(is_large ? static_cast<u32>((bound.size_bytes + most - 1) / most) : 1);
        all += out.back();
    }
    if (all > limits.max_bindings)
        throw Error(ErrorCode::unsupported, "call: kernel \"" + call.kernel->label + "\" would need " +
                                                std::to_string(all) + " bindings, since this device binds at most " +
                                                std::to_string(limits.max_storage_binding_bytes) +
                                                " bytes at once; it has " + std::to_string(limits.max_bindings) + '.');
    return out;
}

}  // namespace

const KernelForm* form_for(DeviceRecord& device, const CheckedCall& call) {
    if (!device.properties.accepts_wgsl) return nullptr;
    CallShape shape{{}, is_folded(call), parts_of(device, call)};
    if (call.buffers.size() > 1) shape.sharing = sharing_of(call);
    if (shape.sharing.places.empty() && !shape.has_own_scalars()) return nullptr;
    if (!shape.sharing.places.empty() && !shape.parts.empty())
        throw Error(ErrorCode::unsupported, "call: kernel \"" + call.kernel->label +
                                                "\": a buffer above the device's largest binding is bound in parts, "
                                                "and two arguments are views of one buffer, which is written: WebGPU "
                                                "has not both.");
    KernelRecord& kernel = *call.kernel;
    for (const KernelForm& form : kernel.forms)
        if (form.shape == shape) return &form;
    if (!kernel.remake) {
        throw Error(ErrorCode::unsupported,
                    "call: kernel \"" + kernel.label +
                        "\" is WGSL, which is taken as it is; two of its arguments are views of one buffer, which is "
                        "written, and WebGPU binds such a buffer once.");
    }
    kernel.forms.push_back(kernel.remake(device, shape));
    return &kernel.forms.back();
}

u64 part_bytes(const Limits& limits) {
    return limits.max_storage_binding_bytes / limits.storage_offset_alignment_bytes *
           limits.storage_offset_alignment_bytes;
}

std::span<const std::byte> scalars_of(const KernelForm& form, const CheckedCall& call, Arena& arena) {
    const std::span<std::byte> scalars = arena.take<std::byte>(form.scalar_bytes);
    std::fill(scalars.begin(), scalars.end(), std::byte{0});
    std::copy_n(call.scalars.begin(), form.user_scalar_bytes, scalars.begin());
    for (const ByteCountInfo& count : form.byte_counts) {
        const u32 size_bytes = static_cast<u32>(call.buffers[count.binding].size_bytes);
        std::memcpy(scalars.data() + count.offset_bytes, &size_bytes, sizeof size_bytes);
    }
    if (form.shape.folded)
        std::memcpy(scalars.data() + form.groups_offset_bytes, call.groups.data(), sizeof call.groups);
    return scalars;
}

}  // namespace alkomp::detail
