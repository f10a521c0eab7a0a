struct Body {
    position: vec3f,
    alive: bool,
}

@group(0) @binding(0) var<storage, read_write> f: array<vec4f>;

@compute @workgroup_size(1)
fn composites() {
    let v = f[0];
    let axis = vec3f(1.0, 0.0, 0.0);
    var body = Body(v.zyw + v.ywz + vec3f(axis.z, v.x, v.y), true);
    body.position.y = v.x;
    let index = u32(body.alive);
    var with_1 = v;
    with_1[index] = v[index];
    var with_2 = with_1;
    with_2.w = v.z;
    f[0] = with_2 + vec4f(body.position.y) + vec4f(vec3f(1.0, 0.0, 0.0), v.w);
}
