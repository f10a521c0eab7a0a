@group(0) @binding(0) var<storage, read_write> data: array<u32>;

@compute @workgroup_size(1)
fn known_way() {
    let x = data[0];
    var leave = false;
    if (x < 5u) {
        leave = true;
    }
    if (!leave) {
        data[0] = 1u;
    }
}
