@group(0) @binding(0) var<storage, read_write> data: array<u32>;

fn find(n: u32) -> u32 {
    var result: u32;
    var i = 0u;
    loop {
        let x = data[i];
        if (x == 0u) {
            return i;
        }
        if (i == n) {
            result = x;
            break;
        }
        i = i + 1u;
    }
    return result;
}

fn fill(value: u32) {
    if (value == 0u) {
        return;
    }
    data[1] = value;
}

@compute @workgroup_size(1)
fn early_returns() {
    let place = find(10u);
    fill(place);
    let other = find(place);
    fill(other);
}
