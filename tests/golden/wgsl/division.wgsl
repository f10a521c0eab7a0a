@group(0) @binding(0) var<storage, read_write> i: array<i32>;
@group(0) @binding(1) var<storage, read_write> u: array<u32>;
@group(0) @binding(2) var<storage, read_write> v: array<vec2i>;

fn div_i32(a: i32, b: i32) -> i32 {
    let divisor = select(b, 1, b == 0);
    return select(a / divisor, 0, b == 0);
}

fn rem_i32(a: i32, b: i32) -> i32 {
    return select(a % select(b, 1, b == 0 || b == -1), a, b == 0);
}

fn mod_i32(a: i32, b: i32) -> i32 {
    let rest = select(a % select(b, 1, b == 0 || b == -1), a, b == 0);
    return select(rest, rest + b, b != 0 && rest != 0 && (rest ^ b) < 0);
}

fn div_u32(a: u32, b: u32) -> u32 {
    let divisor = select(b, 1, b == 0);
    return select(a / divisor, 0, b == 0);
}

fn rem_u32(a: u32, b: u32) -> u32 {
    let divisor = select(b, 1, b == 0);
    return select(a % divisor, a, b == 0);
}

fn div_vec2i(a: vec2i, b: vec2i) -> vec2i {
    return vec2i(div_i32(a.x, b.x), div_i32(a.y, b.y));
}

@compute @workgroup_size(1)
fn division() {
    let a = i[0];
    i[0] = mod_i32(mod_i32(rem_i32(div_i32(a, a), a), a) / 3 % 3, 3) / -1;
    let b = u[0];
    u[0] = div_u32(rem_u32(div_u32(b, b), b) % 10u, 0u);
    v[0] = div_vec2i(v[0] / vec2i(3, -3), vec2i(3, 0));
}
