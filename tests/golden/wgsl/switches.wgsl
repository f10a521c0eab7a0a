@group(0) @binding(0) var<storage, read_write> data: array<u32>;

@compute @workgroup_size(1)
fn switches() {
    let n = data[0];
    var result: u32;
    var leave = false;
    var case_number: u32;
    var b: u32;
    var c: u32;
    var d: u32;
    var e: u32;
    switch (n) {
        case 1u, 2u: {
            case_number = 0u;
        }
        default: {
            case_number = 1u;
            b = 5u;
        }
        case 7u: {
            case_number = 3u;
            e = n;
        }
        case 8u: {
            case_number = 4u;
        }
    }
    if (case_number == 0u) {
        b = n + 10u;
        case_number = 1u;
    }
    if (case_number == 1u) {
        if (b == 4u) {
            result = 4u;
            leave = true;
        }
        if (!leave) {
            c = n;
            d = b;
            case_number = 2u;
        }
    }
    if (case_number == 2u) {
        e = c + d;
        case_number = 3u;
    }
    if (case_number == 3u) {
        result = e;
    }
    if (case_number == 4u) {
        result = 8u;
    }
    data[0] = result;
    switch (i32(data[1])) {
        case -1, 500: {
            data[1] = 1u;
        }
        case 3: {
        }
        default: {
        }
    }
}
