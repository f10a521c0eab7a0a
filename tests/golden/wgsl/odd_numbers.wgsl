@group(0) @binding(0) var<storage, read_write> data: array<f32>;
var<private> least: f32;
var<private> signs: vec2f;

@compute @workgroup_size(1)
fn odd_numbers() {
    let bits = 2139095040u;
    least = bitcast<f32>(bits);
    let bits_1 = 2147483648u;
    signs = vec2f(0.0, bitcast<f32>(bits_1));
    let x = data[0];
    let bits_2 = 2147483648u;
    data[0] = select(0.0, bitcast<f32>(bits_2), (x < 0.0));
    data[1] = min(least, x);
    data[2] = x + signs.y;
}
