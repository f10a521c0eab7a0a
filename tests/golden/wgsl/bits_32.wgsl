@group(0) @binding(0) var<storage, read_write> u: array<u32>;
@group(0) @binding(1) var<storage, read_write> i: array<i32>;

@compute @workgroup_size(1)
fn bits_32() {
    let a = u[0];
    let ones = countOneBits(a);
    let byte = extractBits(extractBits(reverseBits(firstTrailingBit(firstLeadingBit(ones))), a, ones), 8u, 8u);
    let wrong = extractBits(insertBits(insertBits(extractBits(byte, 24u, ones), a, ones, 4u), a, 4u, 4u), 32u, 0u);
    u[0] = wrong;
    let b = i[0];
    i[0] = extractBits(firstLeadingBit(b), 4u, u32(b));
}
