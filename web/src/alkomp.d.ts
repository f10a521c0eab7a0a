// SPDX-License-Identifier: MIT OR Apache-2.0
// alkomp in a page: buffers, kernels and calls on the GPU, by WebGPU.

/** What went wrong. */
export type ErrorCode =
  | 'invalid_argument'
  | 'unsupported'
  | 'out_of_memory'
  | 'compile_failed'
  | 'kernel_fault'
  | 'device_lost'
  | 'timed_out'
  | 'internal';

export class AlkompError extends Error {
  readonly code: ErrorCode;
  /** Of a kernel that did not compile: where in its text, counted from 1. */
  readonly line?: number;
  readonly column?: number;
}

/** Element types of buffers; `f32x4` and its like are vectors. */
export type Scalar = 'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32' | 'i64' | 'u64' | 'f16' | 'f32' | 'f64';
export type DType = Scalar | `${Scalar}x${2 | 3 | 4}`;
export type TypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

export interface OpenOptions {
  /** `webgpu` (the default), or `reference`: alkomp's own interpreter, which needs no GPU and blocks the page meanwhile. */
  name?: string;
  /** Told while alkomp itself is fetched; `total` is 0 where the server does not say. */
  onProgress?: (loaded: number, total: number) => void;
}

export interface KernelOptions {
  /** What messages call it; the default is `kernel`. */
  name?: string;
  /** Values of specialisation constants and overrides, by name or number. */
  constants?: Record<string, number | bigint | boolean>;
  /** GLSL only. */
  macros?: Record<string, string | number>;
  /** The entry point; the default is `main`, in WGSL the only one. */
  entry?: string;
}

export interface WaitOptions {
  /** Seconds until the wait gives up and rejects with `timed_out`: 60 unless given, `Infinity` for never. */
  timeout?: number;
  /** Ends the wait when it is aborted, which rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** Memory of a device. `free` gives it back at once; else the garbage collector does, sometime. */
export interface Buffer {
  readonly dtype: DType;
  /** In elements. */
  readonly length: number;
  readonly byteLength: number;
  /** A view of `count` elements from `first` on; it shares the memory. */
  slice(first: number, count?: number): Buffer;
  free(): void;
}

export interface Kernel {
  readonly name: string;
  readonly workgroupSize: readonly [number, number, number];
  /** Its bindings, scalars and constants, a line each. */
  describe(): string;
  /** The WGSL that was made of it for its device. */
  wgsl(): string;
  free(): void;
}

export type Groups = number | readonly [number, number?, number?] | null;
export type Argument = Buffer | number | bigint | boolean | readonly (number | boolean)[] | { [name: string]: Argument };

export class Device {
  /** Opens the browser's GPU. Rejects with `unsupported` where the browser has no WebGPU, and says what would help. */
  static open(options?: OpenOptions): Promise<Device>;

  readonly name: string;
  readonly vendor: string;
  readonly backend: string;
  readonly driver: string;
  readonly limits: {
    readonly maxBufferBytes: number;
    readonly maxBindingBytes: number;
    readonly maxWorkgroupInvocations: number;
    readonly maxSharedBytes: number;
    readonly maxGroups: readonly [number, number, number];
  };

  /** Copies an array to a new buffer; the array may be changed at once. The type is that of the array unless given. */
  toDevice(values: TypedArray | readonly number[], dtype?: DType): Buffer;
  /** A buffer of unknown contents. */
  empty(dtype: DType, length: number): Buffer;
  zeros(dtype: DType, length: number): Buffer;
  /** Copies an array into a buffer of exactly its size, in the order of calls. */
  write(buffer: Buffer, values: TypedArray): void;
  copy(from: Buffer, to: Buffer): void;
  fill(buffer: Buffer, value: number | bigint): void;
  /**
   * Waits for the work that writes the buffer, and gives its elements; Float16 as Uint16Array of bits.
   * A wait that gives up or is aborted leaves the work as it is: it goes on, and waiting again is legal.
   */
  get(buffer: Buffer, options?: WaitOptions): Promise<TypedArray>;

  /** GLSL 4.60, for Vulkan. The compiler is fetched by the first call. */
  compileGlsl(text: string, options?: KernelOptions): Promise<Kernel>;
  compileWgsl(text: string, options?: KernelOptions): Promise<Kernel>;
  compileSpirv(words: Uint32Array | ArrayBuffer, options?: KernelOptions): Promise<Kernel>;

  /**
   * Records a call. Buffers go to bindings in order, numbers to scalars in order; `{ alpha: 2 }` goes by name.
   * With `groups` null all buffers that are used per element have one length, and that many invocations run.
   */
  call(kernel: Kernel, groups: Groups, ...args: Argument[]): void;
  /** Resolves once all that has been recorded is done; rejects with its failure. Gives up as `get` does. */
  finished(options?: WaitOptions): Promise<void>;
  /** Bytes that live buffers hold, and that are kept for reuse. */
  memory(): { inUse: number; cached: number };
  /** Gives all buffers and kernels back; using them is an error from here on. */
  close(): void;
}

/** Which of the browsers has what alkomp needs, for a message to people; empty where this one does. */
export function whatIsMissing(): string;
