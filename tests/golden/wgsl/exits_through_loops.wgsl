struct Scalars {
    data_bytes: u32,
}

@group(0) @binding(0) var<storage, read_write> data: array<u32>;
@group(0) @binding(1) var<uniform> scalars: Scalars;

@compute @workgroup_size(1)
fn exits_through_loops() {
    let n = scalars.data_bytes / 4u;
    var found: u32;
    var leave = false;
    var i = 0u;
    loop {
        var go_round = false;
        var i_1: u32;
        if (i >= n) {
            found = 0u;
            break;
        }
        var sum: u32;
        var leave_1 = false;
        var j = 0u;
        var s = 0u;
        loop {
            var j_1: u32;
            var s_1: u32;
            if (j >= i) {
                sum = s;
                break;
            }
            let x = data[j];
            switch (x) {
                case 0u: {
                    found = j;
                    leave = true;
                    break;
                }
                case 1u, 2u: {
                    i_1 = i;
                    go_round = true;
                    break;
                }
                case 3u: {
                    sum = j;
                    leave_1 = true;
                    break;
                }
                case 4u: {
                    j_1 = j;
                    s_1 = s;
                    continue;
                }
                default: {
                }
            }
            if (leave) {
                break;
            }
            if (go_round) {
                break;
            }
            if (leave_1) {
                break;
            }
            j_1 = j;
            s_1 = s + x;
            continuing {
                j = j_1 + 1u;
                s = s_1;
            }
        }
        if (leave) {
            break;
        }
        if (go_round) {
            continue;
        }
        data[i] = sum;
        i_1 = i;
        continuing {
            i = i_1 + 1u;
        }
    }
    data[0] = found;
}
