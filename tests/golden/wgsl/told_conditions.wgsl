@group(0) @binding(0) var<storage, read_write> data: array<u32>;
@group(0) @binding(1) var<storage> limits: array<u32>;
var<workgroup> flag: u32;
var<workgroup> values: array<u32, 64>;
var<workgroup> told: bool;
var<workgroup> told_1: u32;

@compute @workgroup_size(64)
fn told_conditions(@builtin(local_invocation_index) local_index: u32) {
    let limit = limits[0];
    if (local_index == 0u) {
        flag = limit;
    }
    workgroupBarrier();
    for (var i = 0u; i < limit; i++) {
        values[local_index] = i;
        workgroupBarrier();
    }
    if (local_index == 0u) {
        told = flag != 0u;
    }
    let same = workgroupUniformLoad(&told);
    if (same) {
        workgroupBarrier();
        values[local_index] = 1u;
    }
    loop {
        workgroupBarrier();
        if (local_index == 0u) {
            told = flag == 7u;
        }
        let same_1 = workgroupUniformLoad(&told);
        if (same_1) {
            break;
        }
        workgroupBarrier();
    }
    let last = flag;
    if (local_index == 0u) {
        told_1 = last;
    }
    let same_2 = workgroupUniformLoad(&told_1);
    switch (same_2) {
        case 1u: {
            workgroupBarrier();
        }
        default: {
        }
    }
    data[local_index] = last;
}
