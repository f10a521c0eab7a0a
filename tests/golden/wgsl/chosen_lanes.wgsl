struct Pair {
    lanes: vec3f,
    turn: mat2x2f,
}

@group(0) @binding(0) var<storage, read_write> data: array<f32>;
@group(0) @binding(1) var<storage> places: array<u32>;
@group(0) @binding(2) var<storage, read_write> rows: array<vec4f>;
var<workgroup> tile: array<vec4f, 64>;
var<private> kept: vec4i = vec4i();

fn put(to: ptr<function, vec2f>, lane: i32) {
    (*to) = select((*to), vec2f(2.0), vec2u(0u, 1u) == vec2u(min(u32(lane), 1u)));
    kept = select(kept, vec4i(1), vec4u(0u, 1u, 2u, 3u) == vec4u(min(u32(lane), 3u)));
}

@compute @workgroup_size(64)
fn chosen_lanes(@builtin(local_invocation_index) local_index: u32) {
    let place = places[local_index];
    let signed = i32(place);
    var rows_kept: array<vec4f, 4> = array<vec4f, 4>();
    rows_kept[local_index] = select(rows_kept[local_index], vec4f(3.0), vec4u(0u, 1u, 2u, 3u) == vec4u(min(place, 3u)));
    var square: mat3x3f = mat3x3f();
    let v = u32(signed);
    square[0] = vec3f();
    let v_1 = select(square[1], vec3f(), v == 1u);
    square[1] = v_1;
    let v_2 = select(square[2], vec3f(), (v >= 2u));
    square[2] = v_2;
    let v_3 = place == 0u;
    square[0].y = select(0.0, 4.0, v_3);
    square[1].y = select(v_1.y, 4.0, place == 1u);
    square[2].y = select(v_2.y, 4.0, (place >= 2u));
    square[2] = select(square[2], vec3f(5.0), vec3u(0u, 1u, 2u) == vec3u(min(place, 2u)));
    var pairs: array<Pair, 2> = array<Pair, 2>();
    let v_4 = pairs[local_index].turn[0];
    pairs[local_index].turn[0] = select(v_4, select(v_4, vec2f(6.0), vec2u(0u, 1u) == vec2u(min(u32(signed), 1u))), v_3);
    let v_5 = pairs[local_index].turn[1];
    let v_6 = select(v_5, select(v_5, vec2f(6.0), vec2u(0u, 1u) == vec2u(min(u32(signed), 1u))), (place >= 1u));
    pairs[local_index].turn[1] = v_6;
    var pair: vec2f = vec2f();
    put(&pair, signed);
    tile[local_index][place] = 7.0;
    rows[local_index][place] = 8.0;
    data[local_index] = rows_kept[place].x + square[0].x + pairs[0].turn[0].x + pair.x + f32(kept.x);
}
