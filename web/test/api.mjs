// SPDX-License-Identifier: MIT OR Apache-2.0
// alkomp.js in a real browser, as a page uses it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, run, serve } from './browser.mjs';

const folder = fileURLToPath(new URL('..', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const server = await serve(folder);
const browser = await launch();

async function until(done, told = () => '') {
  for (const start = Date.now(); !done();) {
    if (Date.now() - start > 20_000) throw new Error(`nothing in 20 s; ${told()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Runs a function in a fresh page where `alkomp` is the module. */
async function inPage(body, argument) {
  const page = await browser.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(error.message));
  try {
    await page.goto(`${server.address}/test/empty.html`);
    const result = await page.evaluate(async ([text, given]) => {
      const alkomp = await import('/dist/alkomp.js');
      const error = async (what) => {
        try {
          await what();
        } catch (problem) {
          return { name: problem.name, code: problem.code, message: problem.message, line: problem.line, column: problem.column };
        }
        return null;
      };
      return new Function('alkomp', 'error', 'given', `return (${text})({ alkomp, error, given })`)(alkomp, error, given);
    }, [body.toString(), argument]);
    assert.deepEqual(problems, []);
    return result;
  } finally {
    await page.close();
  }
}

const saxpyWgsl = `
override scale: f32 = 1.0;
@group(0) @binding(0) var<storage> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&y)) { y[id.x] += scale * x[id.x]; }
}`;
const saxpyGlsl = `#version 450
layout(local_size_x = 64) in;
layout(set = 0, binding = 0) readonly buffer X { float x[]; };
layout(set = 0, binding = 1) buffer Y { float y[]; };
layout(push_constant) uniform Scalars { float alpha; };
void main() {
    uint i = gl_GlobalInvocationID.x;
    if (i < y.length()) y[i] += alpha * x[i];
}`;

/** `rounds` times x -> a x + c from 0 on, by squaring. */
function slowResult(rounds) {
  let [a, c, x] = [1664525n, 1013904223n, 0n];
  for (let left = BigInt(rounds); left > 0n; left >>= 1n) {
    if (left & 1n) x = (a * x + c) % 2n ** 32n;
    [a, c] = [(a * a) % 2n ** 32n, (a * c + c) % 2n ** 32n];
  }
  return Number(x);
}

const failed = await run({
  async 'a device opens and says what it is'() {
    const seen = await inPage(async ({ alkomp }) => {
      const progress = [];
      const device = await alkomp.Device.open({ onProgress: (loaded, total) => progress.push([loaded, total]) });
      const { name, vendor, backend, driver, limits } = device;
      return { name, vendor, backend, driver, limits, last: progress.at(-1), missing: alkomp.whatIsMissing() };
    });
    assert.equal(seen.backend, 'webgpu');
    assert.match(seen.name, /swiftshader/i);
    assert.equal(seen.missing, '');
    assert.equal(seen.last[0], seen.last[1]);
    assert.ok(seen.limits.maxBufferBytes >= 2 ** 28 && seen.limits.maxGroups[0] >= 65535, JSON.stringify(seen.limits));
  },

  async 'every element type comes back as it went'() {
    const seen = await inPage(async ({ alkomp }) => {
      const device = await alkomp.Device.open();
      const arrays = [
        new Int8Array([-1, 2, 3]), new Uint8Array([255, 1, 2, 3, 4]), new Int16Array([-7, 8, 9]), new Uint16Array([1, 65535]),
        new Int32Array([-2147483648, 5]), new Uint32Array([4294967295]), new BigInt64Array([-5n, 7n]),
        new BigUint64Array([18446744073709551615n]), new Float32Array([1.5, NaN, -0]), new Float64Array([Math.PI]), new Float32Array(0),
      ];
      const out = [];
      for (const array of arrays) {
        const buffer = device.toDevice(array);
        const back = await device.get(buffer);
        out.push([array.constructor.name, back.constructor.name, String(array), String(back), buffer.length, buffer.byteLength]);
      }
      return out;
    });
    for (const [type, backType, values, back] of seen) {
      assert.equal(backType, type);
      assert.equal(back, values, type);
    }
  },

  async 'parts at any byte are written, filled and copied'() {
    const wrong = await inPage(async ({ alkomp }) => {
      const device = await alkomp.Device.open();
      const wrong = [];
      for (const length of [61, 200_003]) {
        const expected = Uint8Array.from({ length }, (_, i) => i * 7);
        const source = Uint8Array.from({ length }, (_, i) => 255 - i * 3);
        const [to, from] = [device.toDevice(expected), device.toDevice(source)];
        let step = 0;
        for (const first of [0, 1, 2, 3, 13])
          for (const count of [1, 2, 3, 4, 7, 33, length - 20]) {
            const part = Uint8Array.from({ length: count }, () => ++step);
            device.write(to.slice(first, count), part);
            expected.set(part, first);
            const other = (5 * first + count) % (length - count);
            device.copy(from.slice(other, count), to.slice(length - count - first, count));
            expected.set(source.subarray(other, other + count), length - count - first);
            device.fill(to.slice(first + 1, 5), ++step);
            expected.fill(step, first + 1, first + 6);
            device.copy(to.slice(first, 9), to.slice(first + 21, 9));
            expected.copyWithin(first + 21, first, first + 9);
            if (count % 2 && (await device.get(to)).some((value, i) => value !== expected[i])) wrong.push([length, first, count]);
          }
        if (String(await device.get(to)) !== String(expected)) wrong.push(length);
      }
      return wrong;
    });
    assert.deepEqual(wrong, []);
  },

  async 'WGSL runs, with overrides'() {
    const seen = await inPage(async ({ alkomp, given }) => {
      const device = await alkomp.Device.open();
      const x = device.toDevice(new Float32Array([1, 2, 3, 4, 5]));
      const y = device.toDevice([10, 20, 30, 40, 50]);
      const kernel = await device.compileWgsl(given, { constants: { scale: 2.5 } });
      device.call(kernel, 1, x, y);
      return { y: [...await device.get(y)], size: kernel.workgroupSize, described: kernel.describe(), wgsl: kernel.wgsl() === given };
    }, saxpyWgsl);
    assert.deepEqual(seen.y, [12.5, 25, 37.5, 50, 62.5]);
    assert.deepEqual(seen.size, [64, 1, 1]);
    assert.match(seen.described, /x/);
    assert.ok(seen.wgsl);
  },

  async 'GLSL runs, with scalars by order and by name, and as many invocations as elements'() {
    const seen = await inPage(async ({ alkomp, given }) => {
      const device = await alkomp.Device.open();
      const n = 100_003;
      const x = device.toDevice(Float32Array.from({ length: n }, (_, i) => i % 1000));
      const y = device.zeros('f32', n);
      const kernel = await device.compileGlsl(given, { name: 'saxpy.comp' });
      device.call(kernel, Math.ceil(n / 64), x, y, 2);
      device.call(kernel, null, x, y, { alpha: 0.5 });
      const got = await device.get(y);
      return { right: got.every((value, i) => value === 2.5 * (i % 1000)), wgsl: kernel.wgsl() };
    }, saxpyGlsl);
    assert.ok(seen.right);
    assert.match(seen.wgsl, /@compute @workgroup_size\(64/);
  },

  async 'errors name the line, the argument, the limit'() {
    const seen = await inPage(async ({ alkomp, error, given }) => {
      const device = await alkomp.Device.open();
      const { glsl, wgsl } = given;
      const kernel = await device.compileGlsl(glsl, { name: 'saxpy.comp' });
      const x = device.toDevice([1, 2, 3]);
      const freed = device.zeros('f32', 3);
      freed.free();
      return {
        glsl: await error(() => device.compileGlsl(glsl.replace('x[i];\n', 'z[i];\n'), { name: 'saxpy.comp' })),
        declared: await error(() => device.compileWgsl('@group(0) @binding(0) var<storage> x: array<float>;')),
        body: await error(() => device.compileWgsl(wgsl.replace('scale *', 'skale *'))),
        missing: await error(() => device.call(kernel, 1, x, 2)),
        type: await error(() => device.call(kernel, 1, x, device.zeros('u32', 3), 2)),
        string: await error(() => device.call(kernel, 1, x, x, 'two')),
        groups: await error(() => device.call(kernel, [1, -1], x, x, 2)),
        freed: await error(() => device.get(freed)),
        size: await error(() => device.write(x, new Float32Array(4))),
        dtype: await error(() => device.zeros('float', 3)),
        large: await error(() => device.empty('f32', 1e12)),
        spirv: await error(() => device.compileSpirv(new Uint32Array([1, 2, 3]))),
        still: [...await device.get(x)],
      };
    }, { glsl: saxpyGlsl, wgsl: saxpyWgsl });
    for (const [name, found] of Object.entries(seen)) if (name !== 'still') console.log(`  ${name}: ${found?.code}: ${found?.message}`);
    assert.equal(seen.glsl.code, 'compile_failed');
    assert.equal(seen.glsl.line, 8);
    assert.match(seen.glsl.message, /\^/);
    assert.equal(seen.declared.code, 'compile_failed');
    assert.equal(seen.body.code, 'compile_failed');
    assert.equal(seen.body.line, 6);
    assert.match(seen.body.message, /^compile: "kernel" does not compile\.\nkernel:6:44: error: unresolved value 'skale'\n/);
    for (const name of ['missing', 'type', 'string', 'groups', 'freed', 'size', 'dtype', 'large'])
      assert.equal(seen[name].code, 'invalid_argument', name);
    assert.equal(seen.spirv.code, 'compile_failed');
    assert.deepEqual(seen.still, [1, 2, 3]);
  },

  async 'the reference device runs kernels too, and the page goes on'() {
    const seen = await inPage(async ({ alkomp, given }) => {
      const device = await alkomp.Device.open({ name: 'reference' });
      const kernel = await device.compileGlsl(given);
      const x = device.toDevice(new Float32Array(300_000).fill(3));
      const y = device.zeros('f32', 300_000);
      device.call(kernel, null, x, y, 2);
      const got = await device.get(y);
      await device.finished();
      return { backend: device.backend, right: got.every((value) => value === 6) };
    }, saxpyGlsl);
    assert.deepEqual(seen, { backend: 'reference', right: true });
  },

  async 'closed devices and several devices'() {
    const seen = await inPage(async ({ alkomp, error }) => {
      const [one, two] = await Promise.all([alkomp.Device.open(), alkomp.Device.open()]);
      const a = one.toDevice([1, 2]);
      const b = two.toDevice([3, 4]);
      one.close();
      const closed = await error(() => one.get(a));
      return { closed, b: [...await two.get(b)], memory: two.memory() };
    });
    assert.equal(seen.closed.code, 'invalid_argument');
    assert.deepEqual(seen.b, [3, 4]);
    assert.ok(seen.memory.inUse >= 8);
  },

  async 'work stays in order, and a page is never blocked'() {
    const seen = await inPage(async ({ alkomp, given }) => {
      const device = await alkomp.Device.open();
      const kernel = await device.compileGlsl(given);
      const x = device.toDevice(new Float32Array(1000).fill(1));
      const y = device.zeros('f32', 1000);
      let ticks = 0;
      const timer = setInterval(() => ++ticks, 1);
      const reads = [];
      for (let i = 0; i < 300; ++i) {
        device.call(kernel, null, x, y, 1);
        if (i % 100 === 99) reads.push(device.get(y));
        if (i === 149) device.write(x, new Float32Array(1000).fill(2));
      }
      const got = (await Promise.all(reads)).map((values) => values[999]);
      await device.finished();
      clearInterval(timer);
      return { got, ticks };
    }, saxpyGlsl);
    assert.deepEqual(seen.got, [100, 250, 450]);
  },

  async 'a wait gives up after its time or when it is told to, the page and the device go on'() {
    const seen = await inPage(async ({ alkomp, error, given }) => {
      const device = await alkomp.Device.open();
      const kernel = await device.compileWgsl(given);
      const slow = device.toDevice(new Uint32Array([0]));
      const other = device.toDevice(new Uint32Array([7]));
      device.call(kernel, 1, slow);
      await device.finished();  // its pipeline is made
      device.write(slow, new Uint32Array([150_000_000]));
      let ticks = 0;
      const timer = setInterval(() => ++ticks, 5);
      const start = performance.now();
      device.call(kernel, 1, slow);
      const late = await error(() => device.get(slow, { timeout: 0.1 }));
      const gaveUp = performance.now() - start;
      const unfinished = await error(() => device.finished({ timeout: 0 }));
      const controller = new AbortController();
      setTimeout(() => controller.abort(new Error('enough')), 20);
      const aborted = await error(() => device.get(slow, { signal: controller.signal }));
      const before = await error(() => device.get(slow, { signal: AbortSignal.abort() }));
      const ticked = ticks;
      const got = [...await device.get(slow)];
      const took = performance.now() - start;
      clearInterval(timer);
      return {
        late, gaveUp, unfinished, aborted, before, ticked, got, took, other: [...await device.get(other, { timeout: Infinity })],
        wrong: [await error(() => device.get(other, { timeout: -1 })), await error(() => device.finished({ timeout: '1' }))],
      };
    }, `@group(0) @binding(0) var<storage, read_write> data: array<u32>;
@compute @workgroup_size(1) fn main() {
  let rounds = data[0];
  var value = 0u;
  for (var i = 0u; i < rounds; i++) { value = value * 1664525u + 1013904223u; }
  data[0] = value;
}`);
    console.log(`  gave up after ${seen.gaveUp.toFixed()} ms, done after ${seen.took.toFixed()} ms, ${seen.ticked} ticks meanwhile`);
    assert.equal(seen.late?.code, 'timed_out');
    assert.equal(seen.late.message, 'get: the wait gave up after 100 ms; the work lives on, and waiting again is legal.');
    assert.equal(seen.unfinished?.code, 'timed_out');
    assert.match(seen.unfinished.message, /^finished: the wait gave up after 0 ms/);
    assert.equal(seen.aborted?.message, 'enough');
    assert.equal(seen.before?.name, 'AbortError');
    assert.ok(seen.ticked >= 3, `${seen.ticked} ticks`);
    assert.deepEqual(seen.got, [slowResult(150_000_000)]);
    assert.deepEqual(seen.other, [7]);
    for (const wrong of seen.wrong) assert.equal(wrong?.code, 'invalid_argument');
  },

  async 'the program of README.md runs as it stands'() {
    const page = await browser.newPage();
    const said = [];
    page.on('console', async (message) => said.push(...await Promise.all(message.args().map((arg) => arg.jsonValue()))));
    await page.route('**/readme.html', (route) => route.fulfill({ contentType: 'text/html', body:
      `<!doctype html><link rel="icon" href="data:,"><script type="importmap">{ "imports": { "alkomp": "/dist/alkomp.js" } }</script>
       <script type="module" src="readme.js"></script>` }));
    await page.route('**/readme.js', (route) => route.fulfill({ path: join(root, 'docs/snippets/readme.js'), contentType: 'text/javascript' }));
    await page.route('**/collatz.comp', (route) => route.fulfill({ path: join(root, 'examples/kernels/collatz.comp') }));
    await page.goto(`${server.address}/readme.html`);
    await until(() => said.length > 0);
    await page.close();
    assert.deepEqual(Object.values(said[0]), [0, 1, 7, 2]);
  },

  async 'a C++ program awaits what it needs'() {
    const built = await serve(join(root, 'build/emscripten/web/example'));
    const page = await browser.newPage();
    const said = [];
    page.on('console', (message) => said.push(message.text()));
    await page.goto(`${built.address}/collatz.html`);
    await until(() => said.some((text) => text.startsWith('0 1 7 2 on ')), () => said.join('\n'));
    await page.close();
    built.stop();
  },

  async 'the packed package installs and loads'() {
    const at = await mkdtemp(join(tmpdir(), 'alkomp-package-'));
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', at, join(root, `build/alkomp-${version}.tgz`)]);
    const installed = await serve(at);
    const page = await browser.newPage();
    await page.route('**/empty.html', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
    await page.goto(`${installed.address}/empty.html`);
    const got = await page.evaluate(async () => {
      const { Device } = await import('/node_modules/alkomp/dist/alkomp.js');
      const device = await Device.open({ name: 'reference' });
      return [...await device.get(device.toDevice([1, 2, 3]))];
    });
    await page.close();
    installed.stop();
    await rm(at, { recursive: true });
    assert.deepEqual(got, [1, 2, 3]);
  },

  async 'a page without WebGPU is told what would help'() {
    const page = await browser.newPage();
    await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'gpu', { get: () => undefined }));
    await page.goto(`${server.address}/test/empty.html`);
    const seen = await page.evaluate(async () => {
      const alkomp = await import('/dist/alkomp.js');
      return alkomp.Device.open().then(() => null, ({ code, message }) => ({ code, message, missing: alkomp.whatIsMissing() }));
    });
    await page.close();
    assert.equal(seen.code, 'unsupported');
    assert.match(seen.message, /Chrome/);
    assert.ok(seen.message.includes(seen.missing));
  },

  async 'a browser that has WebGPU and no GPU for it says so'() {
    const page = await browser.newPage();
    await page.addInitScript(() => { GPU.prototype.requestAdapter = async () => null; });
    await page.goto(`${server.address}/test/empty.html`);
    const seen = await page.evaluate(async () => {
      const { Device } = await import('/dist/alkomp.js');
      return Device.open().then(() => null, ({ code, message }) => ({ code, message }));
    });
    await page.close();
    assert.equal(seen.code, 'unsupported');
    assert.match(seen.message, /no GPU for it here/);
  },

  async 'a GPU process that dies loses the device, and another one can be opened'() {
    const page = await browser.newPage();
    await page.goto(`${server.address}/test/empty.html`);
    await page.evaluate(async () => {
      window.alkomp = await import('/dist/alkomp.js');
      window.device = await alkomp.Device.open();
      window.buffer = device.toDevice([1, 2]);
      await device.get(buffer);
    });
    const system = await browser.newBrowserCDPSession();
    const { processInfo } = await system.send('SystemInfo.getProcessInfo');
    process.kill(processInfo.find(({ type }) => type === 'GPU').id, 'SIGKILL');
    const lost = await page.evaluate(async () => {
      for (let i = 0; i < 50; ++i) {
        try {
          await device.get(buffer);
        } catch ({ code, message }) {
          return { code, message };
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return null;
    });
    assert.equal(lost?.code, 'device_lost', JSON.stringify(lost));
    const again = await page.evaluate(async () => {
      for (let i = 0; ; ++i) {
        try {
          const other = await alkomp.Device.open();
          return [...await other.get(other.toDevice([3, 4]))];
        } catch (problem) {
          if (i === 20) throw problem;
          await new Promise((resolve) => setTimeout(resolve, 500));
        }
      }
    });
    await page.close();
    assert.deepEqual(again, [3, 4]);
  },

  async '500 MB go there and back, or out of memory is said'() {
    const seen = await inPage(async ({ alkomp, error }) => {
      const device = await alkomp.Device.open();
      const large = new Uint32Array(500 * 2 ** 20 / 4);
      for (let i = 0; i < large.length; i += 1021) large[i] = i;
      const problem = await error(async () => {
        const buffer = device.toDevice(large);
        const back = await device.get(buffer);
        for (let i = 0; i < large.length; i += 1021) if (back[i] !== i) throw new Error(`element ${i} is ${back[i]}`);
        buffer.free();
      });
      const after = [...await device.get(device.toDevice([7]))];
      return { problem, after };
    });
    console.log('  ', JSON.stringify(seen.problem));
    assert.ok(seen.problem === null || seen.problem.code === 'out_of_memory', JSON.stringify(seen.problem));
    assert.deepEqual(seen.after, [7]);
  },
});
await browser.close();
server.stop();
process.exit(failed ? 1 : 0);
