@group(0) @binding(0) var<storage, read_write> data: array<u32>;
@group(0) @binding(1) var<storage, read_write> floats: array<f32>;

@compute @workgroup_size(1)
fn counted_loops() {
    let n = data[0];
    for (var i = 0u; i < n; i++) {
        data[i] = i;
    }
    var s = 0u;
    for (var k = n; k != 0u; k -= 2u) {
        s = s + n;
    }
    data[0] = s;
    var j = 1u;
    loop {
        if (j >= n) {
            break;
        }
        j = j * 2u;
    }
    data[0] = j;
    var v = 0u;
    loop {
        if (v >= 100u) {
            break;
        }
        data[0] = v;
        v = v + n;
    }
    var f = 1.0;
    for (var c = 0u; f < 64.0; c += 3u) {
        let f_1 = f + f32(c);
        floats[0] = f_1;
        f = f_1;
    }
}
