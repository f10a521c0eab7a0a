enable f16;

@group(0) @binding(0) var<storage, read_write> i: array<i32>;
@group(0) @binding(1) var<storage, read_write> f: array<f32>;
@group(0) @binding(2) var<storage, read_write> h: array<f16>;
@group(0) @binding(3) var<storage, read_write> v: array<vec2f>;

fn i32_of_f32(x: f32) -> i32 {
    let whole = i32(x);
    return select(select(whole, 2147483647, x >= 2147483648.0), 0, (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u);
}

fn u32_of_f32(x: f32) -> u32 {
    let whole = u32(x);
    return select(select(whole, 4294967295u, x >= 4294967296.0), 0u, (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u);
}

fn i32_of_f16(x: f16) -> i32 {
    let wide = f32(x);
    let whole = i32(wide);
    return select(select(whole, 2147483647, wide >= 2147483648.0), 0, (bitcast<u32>(wide) & 0x7fffffffu) > 0x7f800000u);
}

fn vec2u_of_vec2f(x: vec2f) -> vec2u {
    let whole = vec2u(x);
    return select(select(whole, vec2u(4294967295u), x >= vec2f(4294967296.0)), vec2u(), (bitcast<vec2u>(x) & vec2u(0x7fffffffu)) > vec2u(0x7f800000u));
}

@compute @workgroup_size(1)
fn conversion() {
    let x = f[0];
    let sum = i32_of_f32(x) + i32(u32_of_f32(x));
    i[0] = sum;
    i[1] = i32_of_f16(h[0]);
    v[0] = vec2f(vec2u_of_vec2f(v[0]));
    let truth = sum != 0;
    let bits = 32768u;
    h[0] = select(vec2h(unpack2x16float(bits)).x, f16(bitcast<u32>(f32(truth))), truth);
}
