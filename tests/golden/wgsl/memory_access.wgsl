@group(0) @binding(0) var<storage, read_write> a: array<atomic<u32>>;
@group(0) @binding(1) var<storage, read_write> b: array<u32>;
var<workgroup> t: array<u32, 4>;

@compute @workgroup_size(1)
fn memory_access() {
    let x = atomicLoad(&a[0]);
    b[0] = x;
    atomicStore(&a[0], b[0]);
    t[0] = atomicLoad(&a[0]);
}
