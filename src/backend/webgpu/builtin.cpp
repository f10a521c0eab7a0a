// SPDX-License-Identifier: MIT OR Apache-2.0
// Each invocation writes every n-th word, so that no count of words needs more workgroups than there may be.
#include "backend/webgpu/builtin.h"

#include <string>

namespace alkomp::backend::webgpu {

const Builtin kFill{0, "fill", R"(struct Given { first: u32, count: u32, pattern: u32, mask: u32 }
@group(0) @binding(0) var<storage, read_write> words: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    for (var i = id.x; i < given.count; i += groups.x * 64u) {
        let place = given.first + i;
        if (given.mask == 0xffffffffu) { words[place] = given.pattern; }
        else { words[place] = (words[place] & ~given.mask) | (given.pattern & given.mask); }
    }
})",
                    1, sizeof(FillScalars)};

// Words before and behind the source's binding are asked for only where no bit of them is written.
const Builtin kMerge{1, "copy", R"(struct Given { first: u32, start: u32, count: u32, shift: u32, head: u32, tail: u32 }
@group(0) @binding(0) var<storage, read_write> words: array<u32>;
@group(0) @binding(1) var<storage, read> source: array<u32>;
fn word(place: u32) -> u32 { return source[min(place, arrayLength(&source) - 1u)]; }
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    for (var i = id.x; i < given.count; i += groups.x * 64u) {
        var mask = 0xffffffffu;
        if (i == 0u) { mask &= given.head; }
        if (i == given.count - 1u) { mask &= given.tail; }
        var value = word(given.start + i);
        if (given.shift != 0u) { value = (value >> given.shift) | (word(given.start + i + 1u) << (32u - given.shift)); }
        let place = given.first + i;
        if (mask != 0xffffffffu) { value = (words[place] & ~mask) | (value & mask); }
        words[place] = value;
    }
})",
                     2, sizeof(MergeScalars)};

Status compile(const Builtin& builtin, Core& core, Pipelines& pipelines, KernelId& out) {
    const WgslSupport& wgsl = core.capabilities.wgsl;
    const bool immediate = wgsl.immediate_bytes >= builtin.scalar_bytes;
    std::string text;
    if (immediate && wgsl.dialect == WgslSupport::Dialect::chromium)
        text += "enable chromium_experimental_immediate;\n";
    text += immediate ? "var<immediate>" : "@group(0) @binding(" + std::to_string(builtin.bindings) + ") var<uniform>";
    text += " given: Given;\n";
    text += builtin.text;
    Interface interface;
    interface.entry = "main";
    interface.bindings.resize(builtin.bindings);
    for (u32 i = 0; i < builtin.bindings; ++i) {
        interface.bindings[i].binding = i;
        interface.bindings[i].writes = i == 0;
    }
    interface.scalar_bytes = builtin.scalar_bytes;
    KernelCode code;
    code.code = std::string_view(text);
    code.label = builtin.label;
    // Where the answer comes later, so does that of the work that uses it.
    return pipelines.compile(code, interface, out).status;
}

MergeSource source_of(const Copy& copy, const Window& window, const Limits& limits) noexcept {
    const u64 alignment = limits.storage_offset_alignment_bytes;
    // Where the window's first word starts there, counted from a word before the buffer: it may lie up to 3 bytes before it.
    const u64 start = copy.from_offset_bytes + window.first + 4 - copy.to_offset_bytes;
    const u64 end = start - 4 + (window.end - window.first) + 4;
    MergeSource out;
    out.begin = start < 4 ? 0 : (start - 4) / alignment * alignment;
    out.end = end / 4 * 4;
    out.first_word = static_cast<u32>(start / 4 - 1 - out.begin / 4);
    out.shift = static_cast<u32>(start % 4 * 8);
    return out;
}

}  // namespace alkomp::backend::webgpu
