@group(0) @binding(0) var<storage, read_write> i: array<i32>;
@group(0) @binding(1) var<storage, read_write> v: array<vec2i>;

fn rem_i32(a: i32, b: i32) -> i32 {
    let divisor = select(u32(abs(b)), 1u, b == 0);
    let size = u32(abs(a)) % divisor;
    return select(select(i32(size), -i32(size), a < 0), a, b == 0);
}

fn mod_i32(a: i32, b: i32) -> i32 {
    let divisor = select(u32(abs(b)), 1u, b == 0);
    let size = u32(abs(a)) % divisor;
    let apart = (a ^ b) < 0 && size != 0u;
    let place = i32(select(size, divisor - size, apart));
    return select(select(place, -place, b < 0), a, b == 0);
}

fn mod_vec2i(a: vec2i, b: vec2i) -> vec2i {
    return vec2i(mod_i32(a.x, b.x), mod_i32(a.y, b.y));
}

@compute @workgroup_size(1)
fn remainders() {
    let a = i[0];
    i[0] = mod_i32(rem_i32(a, a), 3);
    v[0] = mod_vec2i(v[0], vec2i(3, 0));
}
