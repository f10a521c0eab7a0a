// SPDX-License-Identifier: MIT OR Apache-2.0
// The program for pages in README.md and web/README.md. web/test/api.mjs runs it.
// [program]
import { Device } from 'alkomp';

const gpu = await Device.open(); // the browser's GPU
const numbers = gpu.toDevice(new Uint32Array([1, 2, 3, 4]));
const collatz = await gpu.compileGlsl(await (await fetch('collatz.comp')).text());
gpu.call(collatz, null, numbers); // checks the arguments, then one invocation per element
console.log(await gpu.get(numbers)); // 0 1 7 2
// [/program]
