@group(0) @binding(0) var<storage, read_write> f: array<vec3f>;
@group(0) @binding(1) var<storage, read_write> u: array<u32>;

@compute @workgroup_size(1)
fn functions_of_floats() {
    let a = f[0];
    let v = floor(a);
    let v_1 = cos(sin(pow(log2(log(exp2(exp(inverseSqrt(sqrt(fract(round(round(trunc(ceil(v))))))))))), a)));
    let v_2 = radians(degrees(atanh(acosh(asinh(tanh(cosh(sinh(atan2(atan(acos(asin(tan(v_1)))), a)))))))));
    let scaled = frexp(quantizeToF16(smoothstep(mix(step(v_2, a), a, v), a, v)));
    let parts = modf(ldexp(scaled.fract, scaled.exp));
    let v_3 = normalize(cross(parts.fract, parts.whole));
    let v_4 = refract(reflect(faceForward(v_3, parts.fract, parts.whole), v_3), v_3, distance(parts.fract, parts.whole));
    f[0] = v_4 + vec3f(dot(parts.fract, parts.whole) * length(parts.whole));
    let v_5 = pack2x16unorm(unpack2x16snorm(pack4x8snorm(unpack4x8unorm(pack4x8unorm(unpack4x8snorm(u[0]))))));
    u[0] = pack2x16float(unpack2x16float(pack2x16snorm(unpack2x16unorm(v_5))));
}
