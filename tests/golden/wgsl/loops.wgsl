@group(0) @binding(0) var<storage, read_write> data: array<u32>;

@compute @workgroup_size(1)
fn loops() {
    let n = data[0];
    var i = 0u;
    var s = 0u;
    loop {
        var i_1: u32;
        var s_1: u32;
        if (i >= n) {
            break;
        }
        if ((i & 1u) == 1u) {
            i_1 = i;
            s_1 = s;
            continue;
        }
        i_1 = i;
        s_1 = s + i;
        continuing {
            i = i_1 + 1u;
            s = s_1;
        }
    }
    var halved: u32;
    var h = s;
    loop {
        let h_1 = h / 2u;
        if (h_1 <= 100u) {
            halved = h_1;
            break;
        }
        h = h_1;
    }
    var k = 0u;
    loop {
        data[k] = halved;
        let k_1 = k + 1u;
        var k_2: u32;
        if (k_1 == 3u) {
            k_2 = 4u;
        } else {
            k_2 = k_1;
        }
        if (k_1 >= 4u) {
            break;
        }
        k = k_2;
    }
}
