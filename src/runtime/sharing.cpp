// SPDX-License-Identifier: MIT OR Apache-2.0
// Finds and makes the forms of kernels for calls whose buffers share memory.
#include "runtime/sharing.h"

#include "runtime/device.h"
#include "runtime/kernel.h"
#include "runtime/translate.h"

#include <algorithm>

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

const SharedForm* shared_form(DeviceRecord& device, const CheckedCall& call) {
    if (!device.properties.accepts_wgsl || call.buffers.size() < 2) return nullptr;
    Sharing sharing = sharing_of(call);
    if (sharing.places.empty()) return nullptr;
    KernelRecord& kernel = *call.kernel;
    for (const SharedForm& form : kernel.shared_forms)
        if (form.sharing == sharing) return &form;
    if (!kernel.remake) {
        throw Error(ErrorCode::unsupported,
                    "call: kernel \"" + kernel.label +
                        "\" is WGSL, which is taken as it is; two of its arguments are views of one buffer, which is "
                        "written, and WebGPU binds such a buffer once.");
    }
    const backend::KernelId id = kernel.remake(device, sharing);
    kernel.shared_forms.push_back({std::move(sharing), id});
    return &kernel.shared_forms.back();
}

}  // namespace alkomp::detail
