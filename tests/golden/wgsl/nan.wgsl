@group(0) @binding(0) var<storage, read_write> data: array<f32>;

@compute @workgroup_size(64)
fn nan(@builtin(local_invocation_index) local_index: u32) {
    let x = data[local_index];
    data[local_index] = x / x;
}
