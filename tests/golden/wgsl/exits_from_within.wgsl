@group(0) @binding(0) var<storage, read_write> data: array<u32>;

@compute @workgroup_size(1)
fn exits_from_within() {
    let n = data[0];
    var result: u32;
    switch (0u) {
        default: {
            if (n > 10u) {
                var m: u32;
                if (n > 100u) {
                    if (n > 1000u) {
                        result = 3u;
                        break;
                    }
                    m = n;
                } else {
                    m = 5u;
                }
                result = m + 1u;
            } else {
                result = 1u;
            }
        }
    }
    data[0] = result;
}
