@group(0) @binding(0) var<storage, read_write> data: array<u32>;
var<workgroup> flags: array<u32, 64>;
var<workgroup> seen: array<u32, 8>;

@compute @workgroup_size(64)
fn shared_truths(@builtin(local_invocation_index) local_index: u32) {
    let v = select(0u, 1u, data[local_index] != 1u);
    flags[min(local_index, 63u)] = v;
    seen[5] = v;
    seen[6] = v;
    seen[7] = v;
    workgroupBarrier();
    data[local_index] = u32(flags[min(local_index ^ 1u, 63u)] != 0u && seen[7] != 0u);
}
