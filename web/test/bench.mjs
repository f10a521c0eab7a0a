// SPDX-License-Identifier: MIT OR Apache-2.0
// What alkomp costs in a page, beside WebGPU called by hand in the same page, by turns. usage: node test/bench.mjs
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
await browser.close();
server.stop();
