// wide (constant 7) is 5 here: there are no overrides of u64.
// depth (constant 8) is 4 here: overrides are lengths of arrays in workgroup memory alone.
@id(0) override tile: u32 = 16u;
@id(1) override offset: i32 = -3;
@id(2) override scale: f32 = 1.5;
@id(3) override on: bool = true;
@id(9) override rounds: u32 = 2u;
override far: u32 = 1u;

@group(0) @binding(0) var<storage, read_write> data: array<u32>;
@group(0) @binding(1) var<storage, read_write> reals: array<f32>;
var<workgroup> rows: array<u32, tile * 2u>;
var<workgroup> grid: array<array<f32, 4>, 4>;
var<private> kept: u32 = rounds;

fn div_u32(a: u32, b: u32) -> u32 {
    let divisor = select(b, 1, b == 0);
    return select(a / divisor, 0, b == 0);
}

fn helped(x: u32) -> u32 {
    // Variables, since what is computed of overrides alone must not overflow.
    var tile_1 = tile;
    let sum = x + tile_1 * rounds;
    kept = sum;
    return sum;
}

@compute @workgroup_size(tile)
fn overrides(@builtin(local_invocation_index) local_index: u32) {
    // Variables, since what is computed of overrides alone must not overflow.
    var offset_1 = offset;
    var rounds_1 = rounds;
    var scale_1 = scale;
    var tile_2 = tile;
    let v = scale_1 * 2.0;
    let v_1 = -offset_1;
    var v_2 = !on;
    let x_1 = data[local_index];
    rows[local_index] = x_1;
    let last = tile_2 * 2u - 1u;
    rows[last - local_index] = x_1;
    grid[1][local_index] = v;
    workgroupBarrier();
    var c = 5u;
    var c_1 = vec2u(tile, rounds);
    let lanes = c_1 * vec2u(tile, rounds);
    let b = extractBits(div_u32(rows[last] << tile_2, rounds), rounds_1, tile_2) + (3u << tile_2) + kept;
    let z = grid[1][tile_2];
    let f = helped(b + tile + lanes[rounds_1] + rows[c] + 5u);
    var g: u32;
    if (tile < 8u) {
        g = u32(v_1) + f;
    } else {
        g = select(f, tile, v_2);
    }
    data[local_index] = g;
    reals[local_index] = clamp(z / f32(offset), scale_1, v);
}
