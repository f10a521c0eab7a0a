enable f16;
enable subgroups;

diagnostic(off, subgroup_uniformity);

@group(0) @binding(0) var<storage, read_write> u: array<u32>;
@group(0) @binding(1) var<storage, read_write> f: array<vec2h>;

// A bit for each lane before this one.
fn lanes_below(lane: u32) -> vec4u {
    let word = vec4u(lane >> 5u);
    let place = vec4u(0u, 1u, 2u, 3u);
    let last = vec4u((1u << (lane & 31u)) - 1u);
    return select(select(vec4u(), last, place == word), vec4u(4294967295u), place < word);
}

fn count_lanes(votes: vec4u) -> u32 {
    let counts = countOneBits(votes);
    return counts.x + counts.y + counts.z + counts.w;
}

fn first_lane(votes: vec4u) -> u32 {
    if (votes.x != 0u) { return firstTrailingBit(votes.x); }
    if (votes.y != 0u) { return firstTrailingBit(votes.y) + 32u; }
    if (votes.z != 0u) { return firstTrailingBit(votes.z) + 64u; }
    return firstTrailingBit(votes.w) + 96u;
}

fn last_lane(votes: vec4u) -> u32 {
    if (votes.w != 0u) { return firstLeadingBit(votes.w) + 96u; }
    if (votes.z != 0u) { return firstLeadingBit(votes.z) + 64u; }
    if (votes.y != 0u) { return firstLeadingBit(votes.y) + 32u; }
    return firstLeadingBit(votes.x);
}

@compute @workgroup_size(64)
fn subgroups(@builtin(subgroup_size) subgroup_size: u32, @builtin(subgroup_invocation_id) lane: u32) {
    let x = u[lane];
    let one = subgroupElect();
    let all_1 = subgroupAll(one);
    let any_1 = subgroupAny(all_1);
    let same = x == subgroupBroadcastFirst(x);
    _ = subgroupAll(same);
    let ballot = subgroupBallot(any_1);
    let bit = ((ballot[lane >> 5u] >> (lane & 31u)) & 1u) != 0u;
    let set_1 = count_lanes(ballot);
    let before = count_lanes(ballot & lanes_below(lane));
    let low = first_lane(ballot);
    _ = last_lane(ballot);
    let y = subgroupBroadcast(x, 3u);
    let y_1 = subgroupShuffle(y, set_1);
    let y_2 = subgroupBroadcastFirst(y_1);
    let y_3 = subgroupShuffle(y_2, before);
    let y_4 = subgroupShuffleXor(y_3, 1u);
    let y_5 = subgroupShuffleUp(y_4, 1u);
    let y_6 = subgroupShuffleDown(y_5, 1u);
    let y_7 = subgroupShuffle(y_6, (lane & ~(subgroup_size - 1u)) | ((lane + 1u) & (subgroup_size - 1u)));
    let y_8 = subgroupShuffle(y_7, (lane & ~(8u - 1u)) | ((lane + low) & (8u - 1u)));
    let y_9 = quadBroadcast(y_8, 2u);
    let y_10 = quadSwapY(y_9);
    let sum = subgroupAdd(y_10);
    let product = subgroupInclusiveMul(sum);
    let most = subgroupMax(product);
    let mask = subgroupAnd(most);
    _ = subgroupXor(select(u32(), u32(1u), bit)) != u32();
    let h = f[lane];
    let h_1 = subgroupMax(h);
    f[lane] = h_1;
    u[lane] = mask;
}
