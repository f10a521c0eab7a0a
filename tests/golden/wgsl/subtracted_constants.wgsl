@group(0) @binding(0) var<storage, read_write> u: array<atomic<u32>>;
var<workgroup> s: atomic<i32>;

@compute @workgroup_size(64)
fn subtracted_constants() {
    atomicAdd(&u[0], 4294967295u);
    let b = atomicAdd(&u[0], 1u);
    atomicSub(&u[0], b);
    atomicAdd(&s, i32(-2147483648));
    atomicAdd(&s, -5);
}
