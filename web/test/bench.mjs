// SPDX-License-Identifier: MIT OR Apache-2.0
// What alkomp costs in a page, beside WebGPU called by hand in the same page, by turns. usage: node test/bench.mjs
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { launch, serve } from './browser.mjs';

const server = await serve(fileURLToPath(new URL('..', import.meta.url)));
const browser = await launch();
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** From the start of navigation to the first result; and the browser's own share, for a pipeline by hand. */
async function firstResult() {
  const page = await browser.newPage();
  await page.goto(`${server.address}/test/empty.html`);
  const times = await page.evaluate(async () => {
    const start = performance.now();
    const { Device } = await import('/dist/alkomp.js');
    const device = await Device.open();
    const numbers = device.toDevice(new Uint32Array([1, 2, 3, 4]));
    const kernel = await device.compileWgsl(`@group(0) @binding(0) var<storage, read_write> data: array<u32>;
      @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
        if (id.x < arrayLength(&data)) { data[id.x] *= 2u; } }`);
    device.call(kernel, 1, numbers);
    await device.get(numbers);
    return performance.now() - start;
  });
  await page.close();
  return times;
}
async function firstByHand() {
  const page = await browser.newPage();
  await page.goto(`${server.address}/test/empty.html`);
  const time = await page.evaluate(async () => {
    const start = performance.now();
    const device = await (await navigator.gpu.requestAdapter()).requestDevice();
    const data = device.createBuffer({ size: 16, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
    const host = device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    device.queue.writeBuffer(data, 0, new Uint32Array([1, 2, 3, 4]));
    const module = device.createShaderModule({ code: `@group(0) @binding(0) var<storage, read_write> data: array<u32>;
      @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
        if (id.x < arrayLength(&data)) { data[id.x] *= 2u; } }` });
    const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module } });
    const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer: data } }] });
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(1);
    pass.end();
    encoder.copyBufferToBuffer(data, 0, host, 0, 16);
    device.queue.submit([encoder.finish()]);
    await host.mapAsync(GPUMapMode.READ);
    return performance.now() - start;
  });
  await page.close();
  return time;
}

/** 1000 dependent dispatches and the wait for them, us each. */
async function dispatches() {
  const page = await browser.newPage();
  await page.goto(`${server.address}/test/empty.html`);
  const times = await page.evaluate(async () => {
    const code = `@group(0) @binding(0) var<storage, read_write> data: array<u32>;
      @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
        if (id.x < arrayLength(&data)) { data[id.x] += 1u; } }`;
    const count = 1000;
    const { Device } = await import('/dist/alkomp.js');
    const alkomp = await Device.open();
    const numbers = alkomp.zeros('u32', 64);
    const kernel = await alkomp.compileWgsl(code);
    const device = await (await navigator.gpu.requestAdapter()).requestDevice();
    const data = device.createBuffer({ size: 256, usage: GPUBufferUsage.STORAGE });
    const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module: device.createShaderModule({ code }) } });
    const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer: data } }] });
    const out = { alkomp: [], hand: [] };
    for (let round = 0; round < 30; ++round) {
      let start = performance.now();
      for (let i = 0; i < count; ++i) alkomp.call(kernel, 1, numbers);
      await alkomp.finished();
      out.alkomp.push((performance.now() - start) * 1000 / count);
      start = performance.now();
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      for (let i = 0; i < count; ++i) {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(1);
      }
      pass.end();
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
      out.hand.push((performance.now() - start) * 1000 / count);
    }
    return out;
  });
  await page.close();
  return times;
}

/** The kernels of bench/bench_kernels.cpp, by name: GLSL, and the same in WGSL by hand. */
async function kernelTexts() {
  const source = await readFile(new URL('../../bench/bench_kernels.cpp', import.meta.url), 'utf8');
  return Object.fromEntries([...source.matchAll(/constexpr const char\* k(\w+) = R"\(([^]*?)\)";/g)].map(([, name, text]) => [name, text]));
}

/** Buffers in order, the last one is the result: an element type and how many; scalars; workgroups; calls in a row. */
const tasks = [
  { name: 'Copy', buffers: [['f32x4', 1 << 20], ['f32x4', 1 << 20]], scalars: ['u32', 1 << 20], groups: [4096], calls: 4 },
  { name: 'Saxpy', buffers: [['f32', 1 << 22], ['f32', 1 << 22], ['f32', 1 << 22]], scalars: ['f32', 2.5, 'u32', 1 << 22], groups: [16384], calls: 4 },
  { name: 'Transpose', buffers: [['f32', 1 << 20], ['f32', 1 << 20]], scalars: ['u32', 1024], groups: [32, 32], calls: 4 },
  { name: 'Bodies', buffers: [['f32x4', 2048], ['f32x4', 2048]], scalars: ['u32', 2048], groups: [8], calls: 2 },
  { name: 'Product', buffers: [['f32', 1 << 16], ['f32', 1 << 16], ['f32', 1 << 16]], scalars: ['u32', 256], groups: [16, 16], calls: 2 },
  { name: 'Reduce', buffers: [['u32', 1 << 21], ['u32', 1 << 10]], scalars: [], groups: [1024], calls: 4 },
  { name: 'Mandelbrot', buffers: [['u32', 1 << 16]], scalars: ['u32', 256], groups: [16, 16], calls: 2 },
];

/** What becomes of GLSL against WGSL by hand, both by way of alkomp: ms of a row of calls, by turns. */
async function kernel(task, glsl, wgsl) {
  const page = await browser.newPage();
  await page.goto(`${server.address}/test/empty.html`);
  const times = await page.evaluate(async ({ task, glsl, wgsl }) => {
    const { Device } = await import('/dist/alkomp.js');
    const device = await Device.open();
    let state = 1;
    const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    const buffers = task.buffers.map(([type, count]) => {
      const lanes = type.endsWith('x4') ? 4 : 1;
      const values = type === 'u32' ? new Uint32Array(count).map((_, i) => i) : new Float32Array(count * lanes).map(random);
      const buffer = device.empty(type, count);
      device.write(buffer, values);
      return buffer;
    });
    const scalars = task.scalars.filter((_, i) => i % 2 === 1);
    const bits = new DataView(new ArrayBuffer(16));
    scalars.forEach((value, i) => task.scalars[2 * i] === 'f32' ? bits.setFloat32(4 * i, value, true) : bits.setUint32(4 * i, value, true));
    const block = scalars.length === 0 ? [] : [device.toDevice(new Uint32Array(bits.buffer))];
    const ours = await device.compileGlsl(glsl);
    const theirs = await device.compileWgsl(wgsl);
    const call = async (kernel, rest) => {
      const start = performance.now();
      for (let i = 0; i < task.calls; ++i) device.call(kernel, task.groups, ...buffers, ...rest);
      await device.finished();
      return performance.now() - start;
    };
    const result = buffers.at(-1);
    const nothing = (await device.get(result)).fill(0);
    const left = async (kernel, rest) => {
      device.write(result, nothing);
      await call(kernel, rest);
      return device.get(result);
    };
    const found = await left(ours, scalars);
    const wanted = await left(theirs, block);
    if (wanted.every((value) => value === 0)) throw new Error(`${task.name} leaves nothing`);
    const apart = found.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i])), 0);
    const out = { ours: [], theirs: [], apart };
    for (let round = 0; round < 25; ++round) {
      out.ours.push(await call(ours, scalars));
      out.theirs.push(await call(theirs, block));
    }
    return out;
  }, { task, glsl, wgsl });
  await page.close();
  return times;
}

const { alkomp, hand } = await dispatches();
console.log(`dispatch, one of 1000: alkomp ${median(alkomp).toFixed(2)} us, by hand ${median(hand).toFixed(2)} us, ` +
  `ratio ${median(alkomp.map((time, i) => time / hand[i])).toFixed(3)}`);
const first = [];
const bare = [];
for (let round = 0; round < 7; ++round) {
  first.push(await firstResult());
  bare.push(await firstByHand());
}
console.log(`start to first result: alkomp ${median(first).toFixed(0)} ms, by hand ${median(bare).toFixed(0)} ms, ` +
  `beside it ${median(first.map((time, i) => time - bare[i])).toFixed(0)} ms`);
const texts = await kernelTexts();
for (const task of tasks) {
  const { ours, theirs, apart } = await kernel(task, texts[task.name], texts[`${task.name}Wgsl`]);
  const ratios = ours.map((time, i) => theirs[i] / time).sort((a, b) => a - b);
  console.log(`${task.name}: from GLSL ${median(ours).toFixed(2)} ms, WGSL by hand ${median(theirs).toFixed(2)} ms, speed ` +
    `${median(ratios).toFixed(3)}x [${ratios[7].toFixed(3)}, ${ratios[17].toFixed(3)}], results apart by ${apart}`);
}
await browser.close();
server.stop();
