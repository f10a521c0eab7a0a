// SPDX-License-Identifier: MIT OR Apache-2.0
// Numbers: what buffers are filled with, what a person typed, and how results are written.

const arrays = {
  i8: Int8Array, u8: Uint8Array, i16: Int16Array, u16: Uint16Array, i32: Int32Array, u32: Uint32Array,
  i64: BigInt64Array, u64: BigUint64Array, f16: Uint16Array, f32: Float32Array, f64: Float64Array,
};
const ranges = {
  i8: [-128, 127], u8: [0, 255], i16: [-32768, 32767], u16: [0, 65535],
  i32: [-2147483648, 2147483647], u32: [0, 4294967295],
  i64: [-(2n ** 63n), 2n ** 63n - 1n], u64: [0n, 2n ** 64n - 1n],
};
const kPart = 1 << 20;  // numbers that are made without a pause

/** What a person has to change; `field` is the id of the element to mark. */
export class InputError extends Error {
  constructor(text, field) {
    super(text);
    this.field = field;
  }
}

export const splitType = (dtype) => {
  const [scalar, lanes] = dtype.split('x');
  return { scalar, lanes: Number(lanes ?? 1), bytes: arrays[scalar].BYTES_PER_ELEMENT * Number(lanes ?? 1) };
};
const isReal = (scalar) => scalar[0] === 'f';
const isWide = (scalar) => scalar === 'i64' || scalar === 'u64';

/** Lets the page draw and answer; long work calls it between its parts. */
export const pause = () => new Promise((resume) => setTimeout(resume));

/** Bits of the binary16 nearest to a number, ties to even. */
export function halfBits(value) {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (size >= 65520) return sign | 0x7c00;
  const exponent = Math.max(Math.floor(Math.log2(size)), -14);
  const scaled = size * 2 ** (10 - exponent);
  let whole = Math.floor(scaled);
  const rest = scaled - whole;
  if (rest > 0.5 || (rest === 0.5 && whole % 2 === 1)) ++whole;
  // A normal number's leading 1 adds one to the exponent that is stored; so does a carry.
  return sign + ((exponent + 14) << 10) + whole;
}

export function halfValue(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
}

/** What "random" means for a type: reals from 0 to 1, whole numbers from 0 on. */
export const randomRange = (scalar) => (isReal(scalar) ? '0 to 1' : scalar === 'i8' ? '0 to 127' : '0 to 255');

// The same numbers each time, so that two runs and two people can compare. Multiplier and addend: Numerical Recipes.
function randomNumbers(scalar, seed) {
  const limit = scalar === 'i8' ? 128 : 256;
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const fraction = (state >>> 8) / 16777216;
    return isReal(scalar) ? fraction : Math.floor(fraction * limit);
  };
}

function imageNumbers(image, scalar, lanes) {
  const { data } = image;
  const scale = isReal(scalar) ? 1 / 255 : 1;
  if (lanes === 4) return (i) => data[i] * scale;
  if (scalar === 'u32' && lanes === 1) {
    const words = new Uint32Array(data.buffer, data.byteOffset, data.length / 4);
    return (i) => words[i];
  }
  const grey = (at) => Math.round(0.2126 * data[at] + 0.7152 * data[at + 1] + 0.0722 * data[at + 2]);
  return (i) => grey(4 * Math.floor(i / lanes)) * scale;
}

/** Makes the contents of a buffer: `count` elements of `dtype`, in parts. */
export async function fill(dtype, count, how, { seed = 1, image = null, numbers = [] } = {}) {
  const { scalar, lanes } = splitType(dtype);
  const out = new arrays[scalar](count * lanes);
  let next;
  if (how === 'zeros') return out;
  if (how === 'random') next = randomNumbers(scalar, seed);
  else if (how === 'count') next = (i) => i;
  else if (how === 'image') next = imageNumbers(image, scalar, lanes);
  else next = (i) => numbers[i];
  const convert = scalar === 'f16' ? halfBits : isWide(scalar) ? BigInt : (value) => value;
  for (let from = 0; from < out.length; from += kPart) {
    const end = Math.min(from + kPart, out.length);
    for (let i = from; i < end; ++i) out[i] = convert(next(i));
    if (end < out.length) await pause();
  }
  return out;
}

function readNumber(word, scalar, where, field) {
  const wrong = (why) => new InputError(`${where}: "${word}" ${why}.`, field);
  if (scalar === 'bool') {
    if (/^(true|1)$/i.test(word)) return true;
    if (/^(false|0)$/i.test(word)) return false;
    throw wrong('is neither true nor false');
  }
  if (isReal(scalar)) {
    if (/^[+-]?nan$/i.test(word)) return NaN;
    if (/^[+-]?inf(inity)?$/i.test(word)) return word.startsWith('-') ? -Infinity : Infinity;
    const value = Number(/^[^x]*f$/i.test(word) ? word.slice(0, -1) : word);  // 1.5f is what kernels write
    if (!/\d/.test(word) || Number.isNaN(value)) throw wrong('is no number');
    return value;
  }
  const whole = /^(-?)(0x[\da-f]+|\d+)u?$/i.exec(word);
  if (!whole) throw wrong(Number.isNaN(Number(word)) ? 'is no number' : `is no whole number, as ${scalar} asks for`);
  const value = whole[1] ? -BigInt(whole[2]) : BigInt(whole[2]);
  const [least, most] = ranges[scalar];
  if (value < BigInt(least) || value > BigInt(most)) throw wrong(`does not fit ${scalar}, ${least} to ${most}`);
  return isWide(scalar) ? value : Number(value);
}

/** Numbers as a person writes them: apart by spaces, commas or lines; `names` stand for values. */
export function readNumbers(text, scalar, where, field, names = {}) {
  const words = text.split(/[\s,;]+/).filter((word) => word !== '');
  return words.map((word) => {
    if (!Object.hasOwn(names, word)) return readNumber(word, scalar, where, field);
    return isWide(scalar) ? BigInt(names[word]) : names[word];
  });
}

/** The shortest text that gives the same number back. */
export function numberText(value, scalar) {
  if (scalar === 'f16') value = halfValue(value);
  if (!isReal(scalar) || !Number.isFinite(value) || Number.isInteger(value) && Math.abs(value) < 1e9)
    return Object.is(value, -0) ? '-0' : String(value);
  const same = { f32: (x) => Math.fround(x) === value, f16: (x) => halfValue(halfBits(x)) === value }[scalar] ?? ((x) => x === value);
  for (let digits = 3; digits < 17; ++digits) {
    const text = value.toPrecision(digits);
    if (same(Number(text))) return String(Number(text));
  }
  return String(value);
}

/** The image that is there without picking one: a sky, a hill, a sun, a fence. Whole numbers only, so it is the same everywhere. */
export function testImage(width = 256, height = 256) {
  const image = { data: new Uint8ClampedArray(4 * width * height), width, height, name: 'test image' };
  for (let y = 0; y < height; ++y) {
    for (let x = 0; x < width; ++x) {
      const sun = (x - 180) ** 2 + (y - 70) ** 2;
      const hill = 150 + Math.floor((x - 90) ** 2 / 160);
      let color = [90 + Math.floor(y / 2), 150 + Math.floor(y / 4), 230];
      if (sun < 900) color = [255, 214, 92];
      else if (sun < 1300) color = [250, 232, 170];
      if (y > hill) color = [64 + Math.floor((y - hill) / 3), 128 - Math.floor((y - hill) / 4), 72];
      if (y > 196 && (x % 24 < 7 || (y > 212 && y < 220) || (y > 234 && y < 242))) color = [142, 92, 58];
      image.data.set([...color, 255], 4 * (y * width + x));
    }
  }
  return image;
}
