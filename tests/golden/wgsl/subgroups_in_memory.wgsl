@group(0) @binding(0) var<storage, read_write> data: array<f32>;
@group(0) @binding(1) var<storage, read_write> counts: array<u32>;
var<workgroup> lanes: array<u32, 256>;
var<workgroup> lanes_1: array<u32, 256>;

@compute @workgroup_size(256)
fn subgroups_in_memory(@builtin(global_invocation_id) global_id: vec3u, @builtin(local_invocation_index) local_index: u32) {
    let lane = local_index & 31u;
    let v = bitcast<u32>(data[global_id.x]);
    lanes[local_index] = v;
    workgroupBarrier();
    let first = local_index & 4294967264u;
    let end = first + 32u;
    let v_1 = first + 1u;
    var total = bitcast<f32>(lanes[first]);
    for (var other = v_1; other < end; other++) {
        total = total + bitcast<f32>(lanes[other]);
    }
    lanes_1[local_index] = v;
    workgroupBarrier();
    var total_1 = bitcast<f32>(lanes_1[first]);
    for (var other_1 = v_1; other_1 < local_index; other_1++) {
        total_1 = total_1 + bitcast<f32>(lanes_1[other_1]);
    }
    data[global_id.x] = select(total_1, 0.0, lane == 0u) / total;
    lanes[local_index] = counts[global_id.x];
    workgroupBarrier();
    let v_2 = local_index + 1u;
    var total_2 = 0u;
    for (var other_2 = first; other_2 < v_2; other_2++) {
        total_2 = total_2 + lanes[other_2];
    }
    lanes_1[local_index] = u32(total_2 < 100u);
    workgroupBarrier();
    var total_3 = 0u;
    for (var other_3 = first; other_3 < end; other_3++) {
        total_3 = total_3 | (lanes_1[other_3] << (other_3 & 31u));
    }
    var s = countOneBits(total_3 & ((1u << lane) - 1u));
    for (var by = 1u; by < 32u; by *= 2u) {
        workgroupBarrier();
        lanes[local_index] = s;
        workgroupBarrier();
        let next = max(s, lanes[local_index ^ by]);
        s = next;
    }
    workgroupBarrier();
    lanes[local_index] = s;
    workgroupBarrier();
    counts[global_id.x] = lanes[first] + (local_index >> 5u) + lane;
}
