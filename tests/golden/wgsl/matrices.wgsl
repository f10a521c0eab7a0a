struct Scene {
    view: mat4x4f,
    weight: f32,
}

@group(0) @binding(0) var<uniform> scene: Scene;
@group(0) @binding(1) var<storage, read_write> v: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> m: array<mat2x2f>;

fn inverse_mat4x4f(m: mat4x4f) -> mat4x4f {
    let cofactors = mat4x4f(
        determinant(mat3x3f(m[1][1], m[1][2], m[1][3], m[2][1], m[2][2], m[2][3], m[3][1], m[3][2], m[3][3])),
        -determinant(mat3x3f(m[0][1], m[0][2], m[0][3], m[2][1], m[2][2], m[2][3], m[3][1], m[3][2], m[3][3])),
        determinant(mat3x3f(m[0][1], m[0][2], m[0][3], m[1][1], m[1][2], m[1][3], m[3][1], m[3][2], m[3][3])),
        -determinant(mat3x3f(m[0][1], m[0][2], m[0][3], m[1][1], m[1][2], m[1][3], m[2][1], m[2][2], m[2][3])),
        -determinant(mat3x3f(m[1][0], m[1][2], m[1][3], m[2][0], m[2][2], m[2][3], m[3][0], m[3][2], m[3][3])),
        determinant(mat3x3f(m[0][0], m[0][2], m[0][3], m[2][0], m[2][2], m[2][3], m[3][0], m[3][2], m[3][3])),
        -determinant(mat3x3f(m[0][0], m[0][2], m[0][3], m[1][0], m[1][2], m[1][3], m[3][0], m[3][2], m[3][3])),
        determinant(mat3x3f(m[0][0], m[0][2], m[0][3], m[1][0], m[1][2], m[1][3], m[2][0], m[2][2], m[2][3])),
        determinant(mat3x3f(m[1][0], m[1][1], m[1][3], m[2][0], m[2][1], m[2][3], m[3][0], m[3][1], m[3][3])),
        -determinant(mat3x3f(m[0][0], m[0][1], m[0][3], m[2][0], m[2][1], m[2][3], m[3][0], m[3][1], m[3][3])),
        determinant(mat3x3f(m[0][0], m[0][1], m[0][3], m[1][0], m[1][1], m[1][3], m[3][0], m[3][1], m[3][3])),
        -determinant(mat3x3f(m[0][0], m[0][1], m[0][3], m[1][0], m[1][1], m[1][3], m[2][0], m[2][1], m[2][3])),
        -determinant(mat3x3f(m[1][0], m[1][1], m[1][2], m[2][0], m[2][1], m[2][2], m[3][0], m[3][1], m[3][2])),
        determinant(mat3x3f(m[0][0], m[0][1], m[0][2], m[2][0], m[2][1], m[2][2], m[3][0], m[3][1], m[3][2])),
        -determinant(mat3x3f(m[0][0], m[0][1], m[0][2], m[1][0], m[1][1], m[1][2], m[3][0], m[3][1], m[3][2])),
        determinant(mat3x3f(m[0][0], m[0][1], m[0][2], m[1][0], m[1][1], m[1][2], m[2][0], m[2][1], m[2][2])));
    return (1.0 / determinant(m)) * cofactors;
}

fn inverse_mat2x2f(m: mat2x2f) -> mat2x2f {
    return (1.0 / determinant(m)) * mat2x2f(m[1][1], -m[0][1], -m[1][0], m[0][0]);
}

@compute @workgroup_size(1)
fn matrices() {
    let x = v[0];
    let flipped = transpose(scene.view * scene.view * scene.weight);
    let scaled = scene.view * x * scene.view * scene.weight;
    let sum = mat4x4f(x * scaled.x, x * scaled.y, x * scaled.z, x * scaled.w)[1] + inverse_mat4x4f(flipped)[2];
    v[0] = sum * determinant(flipped);
    let pose = m[0];
    let c0 = inverse_mat2x2f(pose * pose)[0];
    m[0] = mat2x2f(c0, c0);
}
