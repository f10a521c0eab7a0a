struct List {
    count: u32,
    items: array<vec2f>,
}

struct Settings {
    scale: vec4f,
    limit: u32,
}

struct Range {
    first: u32,
    last: u32,
}

struct Scalars {
    gain: f32,
    pad0: u32,
    offset: i32,
    pad1: u32,
    range: Range,
    @align(16) list_bytes: u32,
    numbers_bytes: u32,
    other_bytes: u32,
    total_bytes: u32,
}

@group(0) @binding(0) var<storage, read_write> list: List;
@group(0) @binding(1) var<storage> numbers: array<u32>;
@group(0) @binding(2) var<storage, read_write> other: array<u32>;
@group(0) @binding(3) var<storage, read_write> total: atomic<u32>;
@group(0) @binding(4) var<uniform> settings: Settings;
@group(0) @binding(5) var<uniform> factor: vec4f;
@group(0) @binding(6) var<uniform> scalars: Scalars;
var<private> state: array<u32, 4> = array<u32, 4>();

@compute @workgroup_size(8, 4, 2)
fn interface_1() {
    let pairs = (max(scalars.list_bytes, 8u) - 8u) / 8u;
    let length_1 = scalars.numbers_bytes / 4u;
    let scaled = settings.scale * factor * scalars.gain;
    list.items[length_1] = (scaled.xw + list.items[length_1]) * factor[pairs];
    let place = scalars.range.first + scalars.range.last;
    state[place] = pairs;
    let kept = state[place];
    other[u32(scalars.offset)] = kept;
    atomicStore(&total, atomicLoad(&total) + kept);
}
