@group(0) @binding(0) var<storage, read_write> data: array<u32>;

@compute @workgroup_size(64)
fn shift_counts(@builtin(local_invocation_index) local_index: u32) {
    let x = data[local_index];
    let shifted = vec2u(x, (x << (local_index & 31u)) >> 5u) >> (vec2u(33u, local_index) & vec2u(31u));
    data[local_index] = shifted.x + shifted.y;
}
