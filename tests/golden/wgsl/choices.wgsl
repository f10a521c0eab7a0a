@group(0) @binding(0) var<storage, read_write> data: array<u32>;

@compute @workgroup_size(1)
fn choices() {
    let n = data[0];
    let small = n < 10u;
    var a: u32;
    var b: u32;
    if (small) {
        a = n * 3u;
        b = n;
    } else {
        a = 7u;
        b = n;
    }
    let even = b == 4u;
    if (even) {
        data[0] = a;
    }
    var neither: u32;
    if (even) {
        neither = 1u;
    } else {
        neither = 2u;
    }
    if (small) {
        data[0] = neither;
        return;
    } else {
        data[0] = b;
        return;
    }
}
