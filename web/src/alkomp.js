// SPDX-License-Identifier: MIT OR Apache-2.0
// alkomp in a page: devices, buffers, kernels and calls over the WebAssembly module; see alkomp.d.ts.
import makeCore from './alkomp-core.mjs';

export class AlkompError extends Error {
  constructor(code, message) {
    super(message);
    this.name = 'AlkompError';
    this.code = code;
    // "kernel:12:5: error: ..." of GLSL and SPIR-V, ":12:5 error: ..." of the browser's own WGSL compiler.
    const place = code === 'compile_failed' && /:(\d+)(?::(\d+))?:? error/.exec(message);
    if (place) {
      this.line = Number(place[1]);
      if (place[2]) this.column = Number(place[2]);
    }
  }
}

// In the order of alkomp's Scalar.
const scalars = ['bool', 'i8', 'i16', 'i32', 'i64', 'u8', 'u16', 'u32', 'u64', 'f16', 'bf16', 'f32', 'f64'];
const arrays = {
  i8: Int8Array, u8: Uint8Array, i16: Int16Array, u16: Uint16Array, i32: Int32Array, u32: Uint32Array,
  i64: BigInt64Array, u64: BigUint64Array, f16: Uint16Array, f32: Float32Array, f64: Float64Array,
};
const types = new Map([
  [Int8Array, 'i8'], [Uint8Array, 'u8'], [Uint8ClampedArray, 'u8'], [Int16Array, 'i16'], [Uint16Array, 'u16'],
  [Int32Array, 'i32'], [Uint32Array, 'u32'], [BigInt64Array, 'i64'], [BigUint64Array, 'u64'],
  [Float32Array, 'f32'], [Float64Array, 'f64'],
]);
const pieceBytes = 32 << 20;  // of an array on its way: the page's memory never holds more of it than this

const wrong = (text) => new AlkompError('invalid_argument', text);

// The module ---------------------------------------------------------------------------------------

let core;
const promises = new Map();
let lastPromise = 0;

function settle(number, value, code, text) {
  const promise = promises.get(number);
  promises.delete(number);
  if (code) promise.reject(new AlkompError(code, text));
  else promise.resolve(value);
}

/** The result of a function that takes the number of a promise. */
function promised(begin) {
  return new Promise((resolve, reject) => {
    const number = ++lastPromise;
    promises.set(number, { resolve, reject });
    begin(number);
  });
}

const longestTimer = 2 ** 31 - 1;  // ms; a longer one would be over at once

/** What `begin` promises, unless the caller has had enough before; `wanted` tells whether the result still matters. */
function waited(function_, { timeout = 60, signal } = {}, begin) {
  if (typeof timeout !== 'number' || !(timeout >= 0))
    throw wrong(`${function_}: timeout is ${timeout}; it takes seconds from 0 on, or Infinity.`);
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    let over = false;
    let timer;
    const end = (settle, value) => {
      over = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
      settle(value);
    };
    const aborted = () => end(reject, signal.reason);
    const late = () => end(reject, new AlkompError('timed_out',
      `${function_}: the wait gave up after ${timeout * 1000} ms; the work lives on, and waiting again is legal.`));
    signal?.addEventListener('abort', aborted);
    if (timeout * 1000 <= longestTimer) timer = setTimeout(late, timeout * 1000);
    begin(() => !over).then((value) => end(resolve, value), (problem) => end(reject, problem));
  });
}

function checked(value) {
  if (value) return value;
  throw new AlkompError(core.UTF8ToString(core._alkomp_error_code()), core.UTF8ToString(core._alkomp_error_text()));
}

function taken(text) {
  const string = core.UTF8ToString(text);
  core._free(text);
  return string;
}

/** Calls `use` with the address of a copy that lives until it returns. */
function withBytes(bytes, use) {
  const at = core._malloc(bytes.length + 1) >>> 0;
  if (!at) throw new AlkompError('out_of_memory', 'alkomp: the memory of the page for WebAssembly is full.');
  try {
    core.HEAPU8.set(bytes, at);
    core.HEAPU8[at + bytes.length] = 0;
    return use(at, bytes.length);
  } finally {
    core._free(at);
  }
}
const withText = (text, use) => withBytes(new TextEncoder().encode(text), use);

/** Fetches a module of WebAssembly, telling how much of it is there. */
async function fetched(url, onProgress) {
  const response = await fetch(url);
  if (!response.ok) throw new AlkompError('internal', `alkomp: ${url} is not there (${response.status}).`);
  if (!onProgress || !response.body) return response.arrayBuffer();
  const encoded = response.headers.get('content-encoding');
  const total = encoded ? 0 : Number(response.headers.get('content-length') || 0);
  const parts = [];
  let loaded = 0;
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    loaded += value.length;
    onProgress(loaded, total);
  }
  return new Blob(parts).arrayBuffer();
}

async function load(onProgress) {
  const wasmBinary = await fetched(new URL('./alkomp.wasm', import.meta.url), onProgress);
  return makeCore({ wasmBinary, settle, print: (text) => console.log(text), printErr: (text) => console.error(text) });
}
let loading;
function loaded(onProgress) {
  // A failure may pass: the next one to ask tries again.
  loading ??= load(onProgress).then(
    (made) => (core = made),
    (problem) => {
      loading = undefined;
      throw problem;
    });
  return loading;
}

let glslLoading;
function glslCompiler() {
  glslLoading ??= (async () => {
    const { default: makeGlsl } = await import('./alkomp-glsl.mjs');
    const wasmBinary = await fetched(new URL('./alkomp-glsl.wasm', import.meta.url));
    return makeGlsl({ wasmBinary });
  })().catch((problem) => {
    glslLoading = undefined;
    throw problem;
  });
  return glslLoading;
}

async function spirvOf(text, options) {
  const glsl = await glslCompiler();
  const put = (string) => {
    const bytes = new TextEncoder().encode(string);
    const at = glsl._malloc(bytes.length + 1) >>> 0;
    glsl.HEAPU8.set(bytes, at);
    glsl.HEAPU8[at + bytes.length] = 0;
    return at;
  };
  const held = [];
  const kept = (string) => (held.push(put(string)), held[held.length - 1]);
  try {
    for (const [name, value] of Object.entries(options.macros || {})) glsl._alkomp_glsl_macro(kept(name), kept(String(value)));
    const source = new TextEncoder().encode(text);
    const words = glsl._alkomp_glsl_compile(kept(text), source.length, kept(options.name));
    if (!words)
      throw new AlkompError(glsl.UTF8ToString(glsl._alkomp_glsl_code()), glsl.UTF8ToString(glsl._alkomp_glsl_text()));
    const at = glsl._alkomp_glsl_words() >>> 0;
    return glsl.HEAPU8.slice(at, at + words * 4);
  } finally {
    for (const at of held) glsl._free(at);
  }
}

export function whatIsMissing() {
  if (typeof navigator !== 'undefined' && navigator.gpu) return '';
  if (typeof isSecureContext !== 'undefined' && !isSecureContext)
    return 'WebGPU is there only for pages that come by https or from localhost.';
  return 'This browser has no WebGPU. Chrome and Edge have it from version 113 on Windows, macOS and ChromeOS, from 121 on ' +
    'Android, and from 144 on Linux (before that by chrome://flags/#enable-unsafe-webgpu); Safari has it from version 26, ' +
    'Firefox from 141 on Windows and 145 on macOS. On others it may be turned on in the settings for developers.';
}

// What the garbage collector finds is given back; `free` does it at once.
const forgotten = new FinalizationRegistry(({ free, at }) => free(at));

function parsed(dtype) {
  const match = /^([a-z]+\d+)(?:x([234]))?$/.exec(dtype);
  if (!match || !arrays[match[1]])
    throw wrong(`"${dtype}" is no element type: ${Object.keys(arrays).join(', ')} are, and vectors such as f32x4.`);
  const scalar = match[1];
  const lanes = Number(match[2] || 1);
  return { scalar, lanes, code: scalars.indexOf(scalar), bytes: arrays[scalar].BYTES_PER_ELEMENT * lanes };
}

class Handle {
  constructor(at, free) {
    this._at = at;
    this._free = free;
    forgotten.register(this, { free, at }, this);
  }
  _pointer(function_) {
    if (!this._at) throw wrong(`${function_}: this ${this._what} has been freed.`);
    return this._at;
  }
  free() {
    if (!this._at) return;
    forgotten.unregister(this);
    this._free(this._at);
    this._at = 0;
  }
}

class Buffer extends Handle {
  constructor(at, dtype, length) {
    super(at, (view) => core._alkomp_free_view(view));
    this.dtype = dtype;
    this.length = length;
    this.byteLength = length * parsed(dtype).bytes;
  }
  get _what() {
    return 'buffer';
  }
  slice(first, count = this.length - first) {
    if (!Number.isInteger(first) || !Number.isInteger(count) || first < 0 || count < 0 || first + count > this.length)
      throw wrong(`slice: elements ${first} to ${first + count} are not all in a buffer of ${this.length}.`);
    return new Buffer(checked(core._alkomp_slice(this._pointer('slice'), first, count)), this.dtype, count);
  }
}

class Kernel extends Handle {
  constructor(at, name, wgsl) {
    super(at, (kernel) => core._alkomp_free_kernel(kernel));
    this.name = name;
    this._wgsl = wgsl;
    this.workgroupSize = Object.freeze([0, 1, 2].map((dimension) => core._alkomp_kernel_size(at, dimension)));
  }
  get _what() {
    return 'kernel';
  }
  describe() {
    return taken(core._alkomp_kernel_describe(this._pointer('describe')));
  }
  wgsl() {
    return this._wgsl();
  }
}

// Arguments ----------------------------------------------------------------------------------------

const argumentBytes = 48;
const mostArguments = 256;
const kinds = { buffer: 0, boolean: 1, integer: 2, real: 3, large: 4, unsigned: 5 };

function kindOf(value, place) {
  switch (typeof value) {
    case 'boolean':
      return kinds.boolean;
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? kinds.integer : kinds.real;
    case 'bigint':
      if (value < -(1n << 63n) || value >= 1n << 64n) throw wrong(`${place} is ${value}, which no 64-bit integer holds.`);
      return value < 1n << 63n ? kinds.large : kinds.unsigned;
    default:
      throw wrong(`${place} is ${value === null ? 'null' : `a ${typeof value}`}; a call takes buffers, numbers, bigints, ` +
        'booleans, arrays of two to four numbers, and { name: value }.');
  }
}

const wide = new DataView(new ArrayBuffer(8));

/** Writes one argument to its place; names that are given must stay alive until the call. */
function pack(place, value, index, name, names) {
  const word = place / 4;
  const number = place / 8 + 2;
  const { HEAPU32, HEAPF64 } = core;
  HEAPU32[word + 1] = 1;
  HEAPU32[word + 2] = 0;
  if (name !== undefined) {
    const bytes = new TextEncoder().encode(name);
    const at = core._malloc(bytes.length + 1) >>> 0;
    core.HEAPU8.set(bytes, at);
    names.push(at);
    core.HEAPU32[word + 2] = at;
    core.HEAPU32[word + 3] = bytes.length;
  }
  const here = name === undefined ? `call: argument ${index}` : `call: argument "${name}"`;
  if (value instanceof Buffer) {
    HEAPU32[word] = kinds.buffer;
    HEAPF64[number] = value._pointer('call');
    return;
  }
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    if (value.length < 2 || value.length > 4)
      throw wrong(`${here} is an array of ${value.length}; vectors have two to four numbers, and more are a buffer: toDevice.`);
    const all = Array.from(value, (item) => kindOf(item, here));
    if (all.some((kind) => kind >= kinds.large)) throw wrong(`${here}: vectors are of numbers or booleans.`);
    HEAPU32[word] = all.includes(kinds.real) ? kinds.real : all[0];
    HEAPU32[word + 1] = value.length;
    for (let lane = 0; lane < value.length; ++lane) HEAPF64[number + lane] = Number(value[lane]);
    return;
  }
  const kind = kindOf(value, here);
  HEAPU32[word] = kind;
  if (kind >= kinds.large) {
    wide.setBigUint64(0, BigInt.asUintN(64, value), true);
    HEAPF64[number] = wide.getFloat64(0, true);
  } else {
    HEAPF64[number] = Number(value);
  }
}

function groupCounts(groups) {
  if (groups === null) return [-1, 1, 1];
  const counts = typeof groups === 'number' ? [groups] : [...groups];
  while (counts.length < 3) counts.push(1);
  if (counts.length > 3 || !counts.every((count) => Number.isSafeInteger(count) && count >= 0))
    throw wrong(`call: groups are [${counts}]; they are one to three counts from 0 on, or null for as many as elements need.`);
  return counts;
}

// Devices ------------------------------------------------------------------------------------------

function bytesOf(values) {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

export class Device {
  static async open({ name = 'webgpu', onProgress } = {}) {
    if (name.startsWith('webgpu')) {
      const missing = whatIsMissing();
      if (missing) throw new AlkompError('unsupported', `Device.open: ${missing}`);
    }
    await loaded(onProgress);
    try {
      return new Device(await promised((number) => withText(name, (text) => core._alkomp_open(text, number))));
    } catch (problem) {
      if (!name.startsWith('webgpu') || await navigator.gpu.requestAdapter()) throw problem;
      throw new AlkompError('unsupported',
        'Device.open: this browser has WebGPU and no GPU for it here: it may be blocked or turned off; chrome://gpu, ' +
        'about:support and their like say why.');
    }
  }

  constructor(at) {
    this._at = at;
    const text = (what) => taken(core._alkomp_device_text(at, what));
    [this.name, this.vendor, this.backend, this.driver] = [0, 1, 2, 3].map(text);
    const number = (what) => core._alkomp_device_number(at, what);
    this.limits = Object.freeze({
      maxBufferBytes: number(0),
      maxBindingBytes: number(1),
      maxWorkgroupInvocations: number(2),
      maxSharedBytes: number(3),
      maxGroups: Object.freeze([number(4), number(5), number(6)]),
    });
  }
  _pointer(function_) {
    if (!this._at) throw wrong(`${function_}: the device has been closed.`);
    return this._at;
  }

  /** The reference device does its work when it is polled: between two turns of the page. */
  _promised(begin) {
    const promise = promised(begin);
    if (this.backend !== 'reference') return promise;
    let settled = false;
    const drive = () => {
      if (settled || !this._at) return;
      core._alkomp_poll(this._at);
      setTimeout(drive);
    };
    setTimeout(drive);
    return promise.finally(() => { settled = true; });
  }

  // Memory
  toDevice(values, dtype) {
    if (Array.isArray(values)) {
      const scalar = parsed(dtype ?? 'f32').scalar;
      values = arrays[scalar].from(values, scalar === 'i64' || scalar === 'u64' ? BigInt : undefined);
    }
    const type = types.get(values?.constructor);
    if (!type) throw wrong('toDevice: it takes a typed array or an array of numbers; Float16Array goes as its bits.');
    const wanted = parsed(dtype ?? type);
    if (values.BYTES_PER_ELEMENT !== arrays[wanted.scalar].BYTES_PER_ELEMENT || values.length % wanted.lanes !== 0)
      throw wrong(`toDevice: ${values.length} elements of ${values.constructor.name} do not make elements of ${dtype}.`);
    const buffer = this.empty(dtype ?? type, values.length / wanted.lanes);
    try {
      this.write(buffer, values);
    } catch (problem) {
      buffer.free();
      throw problem;
    }
    return buffer;
  }
  empty(dtype, length) {
    const { code, lanes } = parsed(dtype);
    if (!Number.isSafeInteger(length) || length < 0) throw wrong(`empty: ${length} is no count of elements.`);
    return new Buffer(checked(core._alkomp_empty(this._pointer('empty'), code, lanes, length)), dtype, length);
  }
  zeros(dtype, length) {
    const buffer = this.empty(dtype, length);
    checked(core._alkomp_fill(this._at, buffer._at, 0, 0));
    return buffer;
  }
  write(buffer, values) {
    const at = this._pointer('write');
    const view = buffer._pointer('write');
    if (!ArrayBuffer.isView(values) || values.byteLength !== buffer.byteLength)
      throw wrong(`write: the buffer has ${buffer.byteLength} bytes and the array ${values?.byteLength}; both must be the same.`);
    const bytes = bytesOf(values);
    for (let offset = 0; offset < bytes.length; offset += pieceBytes) {
      const piece = bytes.subarray(offset, offset + pieceBytes);
      withBytes(piece, (from, size) => checked(core._alkomp_write(at, view, offset, from, size)));
    }
  }
  copy(from, to) {
    checked(core._alkomp_copy(this._pointer('copy'), from._pointer('copy'), to._pointer('copy')));
  }
  fill(buffer, value) {
    const { scalar, lanes } = parsed(buffer.dtype);
    const at = this._pointer('fill');
    const element = new arrays[scalar](lanes).fill(scalar === 'i64' || scalar === 'u64' ? BigInt(value) : value);
    withBytes(bytesOf(element), (from, size) => checked(core._alkomp_fill(at, buffer._pointer('fill'), from, size)));
  }
  async get(buffer, options) {
    return waited('get', options, (wanted) => this._read(buffer, wanted));
  }
  async _read(buffer, wanted) {
    const at = this._pointer('get');
    const view = buffer._pointer('get');
    const { scalar, lanes } = parsed(buffer.dtype);
    const values = new arrays[scalar](buffer.length * lanes);
    const bytes = bytesOf(values);
    // What is recorded later must not change what is read: several pieces are those of a copy.
    let from = view;
    if (bytes.length > pieceBytes) {
      from = checked(core._alkomp_empty(at, scalars.indexOf('u8'), 1, bytes.length));
      checked(core._alkomp_copy(at, view, from));
    }
    try {
      for (let offset = 0; wanted() && (offset < bytes.length || offset === 0); offset += pieceBytes) {
        const size = Math.min(pieceBytes, bytes.length - offset);
        const out = core._malloc(Math.max(size, 1)) >>> 0;
        if (!out) throw new AlkompError('out_of_memory', 'get: the memory of the page for WebAssembly is full.');
        try {
          await this._promised((number) => core._alkomp_read(at, from, offset, out, size, number));
          bytes.set(core.HEAPU8.subarray(out, out + size), offset);
        } finally {
          core._free(out);
        }
      }
    } finally {
      if (from !== view) core._alkomp_free_view(from);
    }
    return values;
  }

  // Kernels
  async compileGlsl(text, options = {}) {
    const given = { name: 'kernel', ...options };
    this._pointer('compileGlsl');
    return this.compileSpirv(await spirvOf(text, given), given);
  }
  async compileSpirv(words, options = {}) {
    const bytes = words instanceof ArrayBuffer ? new Uint8Array(words) : bytesOf(words);
    const name = options.name ?? 'kernel';
    return this._compile(false, bytes, name, options, () => withText(name, (label) => withBytes(bytes, (from, size) =>
      taken(checked(core._alkomp_wgsl_of(this._pointer('wgsl'), from, size, label))))));
  }
  async compileWgsl(text, options = {}) {
    return this._compile(true, new TextEncoder().encode(text), options.name ?? 'kernel', options, () => text);
  }
  async _compile(isWgsl, bytes, name, options, wgsl) {
    const at = this._pointer('compile');
    if (options.entry) withText(options.entry, (text) => core._alkomp_entry(text));
    for (const [constant, value] of Object.entries(options.constants || {})) {
      const kind = kindOf(value, `compile: constant "${constant}"`);
      const bits = kind >= kinds.large ? BigInt.asUintN(64, value) : 0n;
      withText(constant, (text) => core._alkomp_constant(
        text, kind, Number(value), Number(bits & 0xffffffffn), Number(bits >> 32n)));
    }
    const kernel = await this._promised((number) => withText(name, (label) => withBytes(bytes, (from, size) =>
      core._alkomp_compile(at, isWgsl ? 1 : 0, from, size, label, number))));
    return new Kernel(kernel, name, wgsl);
  }

  // Work
  call(kernel, groups, ...args) {
    const at = this._pointer('call');
    const which = kernel._pointer('call');
    const [x, y, z] = groupCounts(groups);
    const base = core._alkomp_arguments() >>> 0;
    const names = [];
    let count = 0;
    const add = (value, name) => {
      if (count === mostArguments) throw wrong(`call: more than ${mostArguments} arguments.`);
      pack(base + count * argumentBytes, value, count, name, names);
      ++count;
    };
    try {
      for (const value of args) {
        if (value?.constructor === Object) for (const [name, named] of Object.entries(value)) add(named, name);
        else add(value, undefined);
      }
      checked(core._alkomp_call(at, which, count, x, y, z));
    } finally {
      for (const name of names) core._free(name);
    }
  }
  async finished(options) {
    const at = this._pointer('finished');
    return waited('finished', options, () => this._promised((number) => core._alkomp_finished(at, number)));
  }
  memory() {
    const at = this._pointer('memory');
    return { inUse: core._alkomp_device_number(at, 7), cached: core._alkomp_device_number(at, 8) };
  }
  close() {
    if (!this._at) return;
    core._alkomp_free_device(this._at);
    this._at = 0;
  }
}
