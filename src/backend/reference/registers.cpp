// SPDX-License-Identifier: MIT OR Apache-2.0
#include "backend/reference/registers.h"

#include <algorithm>
#include <array>
#include <bit>
#include <map>

namespace alkomp::backend::reference {
namespace {

template <class F>
void each_register(const Draft& draft, F&& f) {
    const Instruction& at = draft.instruction;
    if ((draft.fields & kTo) != 0) f(at.to);
    if ((draft.fields & kA) != 0) f(at.a);
    if ((draft.fields & kB) != 0) f(at.b);
    if ((draft.fields & kC) != 0) f(at.c);
    if ((draft.fields & kX) != 0) f(at.x);
}

}  // namespace

void Registers::note(std::span<const Draft> code, std::span<const std::vector<u32>> lists) {
    for (u32 place = 0; place < code.size(); ++place) {
        const auto is_used = [&](Register id) {
            all_[id].first = std::min(all_[id].first, place);
            all_[id].last = std::max(all_[id].last, place);
        };
        each_register(code[place], is_used);
        if (code[place].list >= lists.size()) continue;
        const std::vector<u32>& list = lists[code[place].list];
        std::for_each(list.begin() + code[place].sizes, list.end(), is_used);
    }
}

void Registers::widen(std::vector<Round>& rounds) {
    // Inner ones first: what they add may reach into the outer one.
    std::sort(rounds.begin(), rounds.end(), [](const Round& a, const Round& b) { return a.first > b.first; });
    for (const Round& round : rounds) {
        for (Entry& entry : all_) {
            if (entry.first < round.first && entry.last >= round.first) entry.last = std::max(entry.last, round.last);
            if (entry.first <= round.last && entry.last > round.last) entry.first = std::min(entry.first, round.first);
        }
    }
}

u64 Registers::place(std::span<Draft> setup, std::span<Draft> code, std::vector<Round> rounds, u32 lanes,
                     std::span<std::vector<u32>> lists) {
    note(code, lists);
    widen(rounds);
    std::vector<Register> order;
    for (Register id = 0; id < all_.size(); ++id)
        if (!all_[id].kept && all_[id].first <= all_[id].last) order.push_back(id);
    std::sort(order.begin(), order.end(), [&](Register a, Register b) { return all_[a].first < all_[b].first; });

    constexpr std::size_t kSizes = 4;  // 1, 2, 4, 8 bytes
    const auto size_of = [](const Entry& entry) {
        return static_cast<std::size_t>(std::countr_zero(entry.size_bytes));
    };
    std::array<u32, kSizes> columns{};
    for (Entry& entry : all_)
        if (entry.kept) entry.column = columns[size_of(entry)]++;
    std::array<std::vector<u32>, kSizes> unused;
    std::multimap<u32, Register> live;  // by where they end
    for (const Register id : order) {
        Entry& entry = all_[id];
        while (!live.empty() && live.begin()->first < entry.first) {
            const Entry& ended = all_[live.begin()->second];
            unused[size_of(ended)].push_back(ended.column);
            live.erase(live.begin());
        }
        std::vector<u32>& free = unused[size_of(entry)];
        if (free.empty()) {
            entry.column = columns[size_of(entry)]++;
        } else {
            entry.column = free.back();
            free.pop_back();
        }
        live.emplace(entry.last, id);
    }

    // The mask is a word, so words lie first.
    std::array<u64, kSizes> begin{};
    u64 end = 0;
    for (const std::size_t size : {2u, 3u, 1u, 0u}) {
        begin[size] = end;
        end += (u64{columns[size]} << size) * lanes;
    }
    for (Entry& entry : all_)
        entry.column = static_cast<u32>(begin[size_of(entry)] + (u64{entry.column} << size_of(entry)) * lanes);
    for (const std::span<Draft> part : {setup, code}) {
        for (Draft& draft : part) {
            Instruction& at = draft.instruction;
            if ((draft.fields & kTo) != 0) at.to = all_[at.to].column;
            if ((draft.fields & kA) != 0) at.a = all_[at.a].column;
            if ((draft.fields & kB) != 0) at.b = all_[at.b].column;
            if ((draft.fields & kC) != 0) at.c = all_[at.c].column;
            if ((draft.fields & kX) != 0) at.x = all_[at.x].column;
            if (draft.list >= lists.size()) continue;
            std::vector<u32>& list = lists[draft.list];
            for (std::size_t i = draft.sizes; i < list.size(); ++i) list[i] = all_[list[i]].column;
        }
    }
    return end;
}

}  // namespace alkomp::backend::reference
