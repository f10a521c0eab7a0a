@group(0) @binding(0) var<storage> in: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;

@compute @workgroup_size(64)
fn returns_for_hlsl(@builtin(global_invocation_id) global_id: vec3u) {
    var leave = false;
    let x = in[global_id.x];
    if (select(false, select(x == 3u, true, (global_id.x < 8u)), (x > 100u))) {
        leave = true;
    }
    if (!leave) {
        switch (x) {
            case 1u: {
                out[global_id.x] = 7u;
                leave = true;
                break;
            }
            default: {
            }
        }
        if (!leave) {
            out[global_id.x] = x;
        }
    }
}
