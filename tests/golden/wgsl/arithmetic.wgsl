struct Scalars {
    zero: u32,
}

@group(0) @binding(0) var<storage, read_write> i: array<vec2i>;
@group(0) @binding(1) var<storage, read_write> u: array<u32>;
@group(0) @binding(2) var<storage, read_write> f: array<f32>;
@group(0) @binding(3) var<uniform> scalars: Scalars;

// The same number, which is not fused with others.
fn exactly_f32(x: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(x) ^ scalars.zero);
}

fn mod_f32(a: f32, b: f32) -> f32 {
    return a - b * floor(a / b);
}

@compute @workgroup_size(1)
fn arithmetic() {
    let a = i[0];
    let b = i[1];
    i[0] = clamp(max(min(abs(-((a + b - b) * a)), sign(a)), b), a, b);
    u[0] = clamp(max(min(min(abs(u[0]), u32(1)), 7u), 3u), 4u, 6u);
    let x = f[0];
    let y = exactly_f32(x + 1.0);
    let w = clamp(max(min(sign(abs(-mod_f32((exactly_f32(y * x) - x) / x % 3.0, 2.0))), x), y), 0.0, 1.0);
    f[0] = fma(w, x, y);
}
