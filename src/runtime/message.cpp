// SPDX-License-Identifier: MIT OR Apache-2.0
#include "runtime/message.h"

#include "ir/literal.h"
#include "lang/recorder.h"
#include "runtime/device.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>

namespace alkomp::detail {
namespace {

void append_scalar(std::string& text, Scalar scalar, const u32* words) {
    const u64 both = size_bytes(scalar) == 8 ? u64{words[1]} << 32 | words[0] : words[0];
    if (scalar == Scalar::boolean) text += words[0] != 0 ? "true" : "false";
    else if (scalar == Scalar::f64) text += ir::shortest_text(std::bit_cast<f64>(both));
    else if (ir::is_float(scalar)) text += ir::shortest_text(std::bit_cast<f32>(words[0]));
    else if (scalar == Scalar::i64) text += std::to_string(static_cast<i64>(both));
    else if (ir::is_signed(scalar)) text += std::to_string(static_cast<i32>(words[0]));
    else text += std::to_string(both);
}

void append_value(std::string& text, const ir::Message::Shown& shown, const u32* words) {
    if (shown.lanes == 1) return append_scalar(text, shown.scalar, words);
    for (u32 lane = 0; lane < shown.lanes; ++lane) {
        text += lane == 0 ? "(" : ", ";
        append_scalar(text, shown.scalar, words + lane * (shown.words() / shown.lanes));
    }
    text += ')';
}

std::string text_of(const ir::Message& message, const u32* words) {
    std::string text;
    std::size_t done = 0;
    for (const ir::Message::Shown& shown : message.shown) {
        const std::size_t place = message.format.find("{}", done);
        text.append(message.format, done, place - done);
        append_value(text, shown, words);
        words += shown.words();
        done = place + 2;
    }
    return text.append(message.format, done);
}

struct Line {
    const ir::Message* message = nullptr;
    std::array<u32, 3> invocation{};
    std::string text;
};

/// The lines up to the first that had no room.
std::vector<Line> lines_of(const std::vector<ir::Message>& table, const u32* words) {
    std::vector<Line> lines;
    u32 at = ir::MessageBuffer::header_words;
    while (at + ir::MessageBuffer::kLineWords <= ir::MessageBuffer::kWords && words[at] != 0 &&
           words[at] <= table.size()) {
        const ir::Message& message = table[words[at] - 1];
        const std::array<u32, 3> invocation{words[at + 1], words[at + 2], words[at + 3]};
        at += ir::MessageBuffer::kLineWords;
        lines.push_back({&message, invocation, text_of(message, words + at)});
        for (const ir::Message::Shown& shown : message.shown) at += shown.words();
    }
    return lines;
}

std::string failure_text(const std::vector<Line>& lines, u32 failed, const std::string& kernel) {
    const auto first =
        std::find_if(lines.begin(), lines.end(), [](const Line& line) { return line.message->is_check; });
    const std::string of_kernel = " of the kernel \"" + kernel + '"';
    if (first == lines.end())
        return "conditions that assert_ wants did not hold " + std::to_string(failed) + " times in invocations" +
               of_kernel + "; what they say had no room behind the lines that the kernel prints.";
    std::string sentence = "what assert_ wants does not hold";
    if (!first->text.empty()) sentence += ": " + first->text;
    std::string text = at_place({first->message->file.c_str(), first->message->line}, sentence);
    text += "\nin the invocation " + id_text(first->invocation) + of_kernel;
    if (failed > 1) text += ", and " + std::to_string(failed - 1) + (failed == 2 ? " more time" : " more times");
    return text;
}

void print_to_stderr(const Printed& line) {
    std::string text;
    if (line.line != 0) text += std::string(line.file) + ':' + std::to_string(line.line) + ": ";
    if (line.dropped == 0) text += id_text(line.invocation) + ' ';
    text += std::string(line.text) + '\n';
    std::fputs(text.c_str(), stderr);
}

void deliver(const std::vector<Line>& lines, u32 dropped, const std::string& kernel, const PrintCallback& on_print) {
    try {
        const auto hand = [&](const Printed& line) { on_print ? on_print(line) : print_to_stderr(line); };
        for (const Line& line : lines)
            hand({line.text, kernel, line.message->file, line.message->line, line.invocation, 0});
        if (dropped == 0) return;
        const std::string text = "the kernel \"" + kernel + "\" printed " + std::to_string(dropped) +
                                 " lines more; a call keeps " + std::to_string(MessageBlock::kBytes >> 10) +
                                 " KiB of them.";
        hand({text, kernel, {}, 0, {}, dropped});
    } catch (...) {
        // A failing callback must not change what alkomp does.
    }
}

}  // namespace

std::string id_text(const std::array<u32, 3>& id) {
    return '(' + std::to_string(id[0]) + ", " + std::to_string(id[1]) + ", " + std::to_string(id[2]) + ')';
}

ReadMessages read(const Messages& messages, const PrintCallback& on_print) {
    const auto* words = static_cast<const u32*>(messages.block->mapped);
    const u32 dropped = words[ir::MessageBuffer::dropped], failed = words[ir::MessageBuffer::failed];
    std::vector<Line> lines = lines_of(*messages.table, words);
    ReadMessages out;
    if (failed != 0) out.failure = failure_text(lines, failed, messages.kernel);
    for (const Line& line : lines)
        if (line.message->is_check)
            out.failed.push_back({line.text, line.message->file, line.message->line, line.invocation});
    out.failed_untold = failed - std::min(failed, static_cast<u32>(out.failed.size()));
    std::erase_if(lines, [](const Line& line) { return line.message->is_check; });
    if (lines.empty() && dropped == 0) return out;
    out.deliver = [lines = std::move(lines), dropped, kernel = messages.kernel, table = messages.table, on_print] {
        deliver(lines, dropped, kernel, on_print);
    };
    return out;
}

MessageBlock& MessageBlocks::claim() {
    const auto idle = std::find_if(blocks_.begin(), blocks_.end(), [](const auto& block) { return !block->in_use; });
    if (idle != blocks_.end()) {
        (*idle)->in_use = true;
        return **idle;
    }
    auto block = std::make_unique<MessageBlock>();
    const auto allocate = [&](backend::MemoryKind kind, BufferRecord& record) {
        const backend::Pending pending =
            device_.backend->allocate({kind, MessageBlock::kBytes, nullptr}, record.block.id);
        if (pending.ticket != 0) device_.tickets[pending.ticket] = [](backend::Completion&) {};
        else if (pending.status.failed) throw_status("call", pending.status);
        record.size_bytes = record.block.size_bytes = MessageBlock::kBytes;
    };
    allocate(backend::MemoryKind::device, block->device);
    try {
        allocate(backend::MemoryKind::download, block->host);
    } catch (...) {
        device_.backend->free(block->device.block.id);
        throw;
    }
    block->in_use = true;
    blocks_.push_back(std::move(block));
    return *blocks_.back();
}

void MessageBlocks::release(MessageBlock& block) {
    if (block.mapped != nullptr && !device_.properties.persistent_map && !device_.lost) {
        device_.backend->unmap(block.host.block.id);
        block.mapped = nullptr;
    }
    block.in_use = false;
}

void MessageBlocks::free() {
    for (const auto& block : blocks_) {
        if (block->mapped != nullptr) device_.backend->unmap(block->host.block.id);
        device_.backend->free(block->device.block.id);
        device_.backend->free(block->host.block.id);
    }
    blocks_.clear();
}

}  // namespace alkomp::detail
