@group(0) @binding(0) var<storage, read_write> data: array<u32>;
@group(0) @binding(1) var<storage> lanes: array<i32>;

@compute @workgroup_size(64)
fn lane_at_run_time(@builtin(local_invocation_index) local_index: u32) {
    let old = data[local_index];
    let changed = select(vec3u(old), vec3u(7u), vec3u(0u, 1u, 2u) == vec3u(min(u32(lanes[local_index]), 2u)));
    let sum = changed + select(changed, vec3u(old), vec3u(0u, 1u, 2u) == vec3u(min(local_index, 2u)));
    data[local_index] = sum.x ^ sum.z;
}
