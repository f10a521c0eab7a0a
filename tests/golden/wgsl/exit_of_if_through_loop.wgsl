@group(0) @binding(0) var<storage, read_write> data: array<u32>;

@compute @workgroup_size(1)
fn exit_of_if_through_loop() {
    var result: u32;
    var leave = false;
    if (data[0] > 10u) {
        var i = 0u;
        loop {
            if (data[i] == 0u) {
                result = i;
                leave = true;
                break;
            }
            i = i + 1u;
        }
    } else {
        result = 1u;
    }
    data[0] = result;
}
