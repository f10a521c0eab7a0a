@group(0) @binding(0) var<storage, read_write> data: array<u32>;
var<workgroup> flags: array<u32, 64>;
var<workgroup> seen: array<u32, 256>;

@compute @workgroup_size(64)
fn shared_truths(@builtin(local_invocation_index) local_index: u32) {
    let v = min(local_index, 63u);
    let v_1 = select(0u, 1u, data[local_index] != 1u);
    flags[v] = v_1;
    let v_2 = v * 4u;
    seen[v_2 + 1u] = v_1;
    seen[v_2 + 2u] = v_1;
    seen[v_2 + 3u] = v_1;
    workgroupBarrier();
    let v_3 = min(local_index ^ 1u, 63u);
    data[local_index] = u32(flags[v_3] != 0u && seen[v_3 * 4u + 3u] != 0u);
}
