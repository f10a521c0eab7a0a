@group(0) @binding(0) var<storage, read_write> u: array<u32>;
@group(0) @binding(1) var<storage, read_write> i: array<i32>;

@compute @workgroup_size(1)
fn bits_32() {
    let a = u[0];
    let ones = countOneBits(a);
    let c = 8u;
    let c_1 = 8u;
    let byte = extractBits(extractBits(reverseBits(firstTrailingBit(firstLeadingBit(ones))), a, ones), c, c_1);
    let c_2 = 24u;
    let c_3 = 4u;
    let c_4 = 4u;
    let c_5 = 4u;
    let c_6 = 40u;
    let c_7 = 8u;
    let wrong = extractBits(insertBits(insertBits(extractBits(byte, c_2, ones), a, ones, c_3), a, c_4, c_5), c_6, c_7);
    u[0] = wrong;
    let b = i[0];
    let c_8 = 4;
    i[0] = extractBits(firstLeadingBit(b), u32(c_8), u32(b));
}
