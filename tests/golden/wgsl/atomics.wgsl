struct Cell {
    hits: atomic<u32>,
    share: f32,
}

struct Cell_1 {
    hits: u32,
    share: f32,
}

@group(0) @binding(0) var<storage, read_write> u: array<atomic<u32>>;
@group(0) @binding(1) var<storage, read_write> cells: array<Cell>;
var<workgroup> count: atomic<i32>;

@compute @workgroup_size(64)
fn atomics() {
    let a = atomicLoad(&u[0]);
    atomicStore(&u[0], 5u);
    let b = atomicExchange(&u[0], a);
    var c: u32;
    loop {
        let tried = atomicCompareExchangeWeak(&u[0], a, b);
        c = tried.old_value;
        if (tried.exchanged || c != a) { break; }
    }
    var d: u32;
    loop {
        let tried_1 = atomicCompareExchangeWeak(&u[0], a, b);
        d = tried_1.old_value;
        if (tried_1.exchanged || d != a) { break; }
    }
    let e = atomicAdd(&u[0], c);
    let g = atomicSub(&u[0], d);
    let h0 = atomicMin(&u[0], e);
    let h1 = atomicMax(&u[0], g);
    atomicAnd(&u[0], h0);
    let h3 = atomicOr(&u[0], h1);
    let h4 = atomicXor(&u[0], h3);
    let s = atomicMin(&count, -1);
    atomicMax(&count, s);
    let before = atomicAdd(&cells[h4].hits, 1u);
    let whole = Cell_1(atomicLoad(&cells[h4].hits), cells[h4].share);
    atomicStore(&cells[before].hits, whole.hits);
    cells[before].share = whole.share;
    workgroupBarrier();
    storageBarrier();
    workgroupBarrier();
}
