@group(0) @binding(0) var<storage, read_write> data: array<u32>;

@compute @workgroup_size(64)
fn collatz(@builtin(global_invocation_id) global_id: vec3u) {
    var n = data[global_id.x];
    var s = 0u;
    loop {
        if (n == 1u) {
            break;
        }
        n = select(n / 2u, n * 3u + 1u, n % 2u == 1u);
        s = s + 1u;
    }
    data[global_id.x] = s;
}
