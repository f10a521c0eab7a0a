@group(0) @binding(0) var<storage, read_write> data: array<u32>;

@compute @workgroup_size(1)
fn exits_from_within() {
    let n = data[0];
    var result: u32;
    var leave = false;
    if (n > 10u) {
        var m: u32;
        if (n > 100u) {
            if (n > 1000u) {
                result = 3u;
                leave = true;
            }
            if (!leave) {
                m = n;
            }
        } else {
            m = 5u;
        }
        if (!leave) {
            result = m + 1u;
        }
    } else {
        result = 1u;
    }
    data[0] = result;
}
