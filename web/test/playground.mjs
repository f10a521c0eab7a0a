// SPDX-License-Identifier: MIT OR Apache-2.0
// The playground, driven as a person would: pick, type, run, read, make a mistake, mend it.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { readInterface, rowsOf } from '../playground/interface.js';
import { InputError, fill, halfBits, halfValue, numberText, readNumbers, testImage } from '../playground/values.js';
import { launch, run, serve } from './browser.mjs';

const folder = fileURLToPath(new URL('..', import.meta.url));
const server = await serve(folder);
const browser = await launch();
const address = `${server.address}/playground/index.html`;

const desk = { viewport: { width: 1280, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

// A person's hands and eyes ------------------------------------------------------------------------

class Person {
  static async comes({ options = desk, url = address, script, ready = true, by = browser } = {}) {
    const person = new Person();
    person.context = await by.newContext(options);
    person.context.setDefaultTimeout(20000);
    person.page = await person.context.newPage();
    person.problems = [];
    person.page.on('pageerror', (problem) => person.problems.push(problem.stack));
    if (script) await person.page.addInitScript(script);
    await person.page.goto(url);
    if (ready) await person.waitsForKernel();
    return person;
  }
  async leaves() {
    await this.context.close();
    assert.deepEqual(this.problems, [], 'the page threw');
  }

  /** Until the rows of a kernel stand there, or what is wrong with it. */
  async waitsForKernel() {
    await this.page.locator('#run:enabled').waitFor({ timeout: 30000 });
    await this.page.locator('#inputs [role=group], #inputs label, #problem > *').first().waitFor({ timeout: 30000 });
  }
  async picks(example, language = 'GLSL') {
    await this.page.getByLabel('Example').selectOption({ label: example });
    await this.page.getByRole('radio', { name: language }).check();
    await this.page.locator('#inputs[aria-busy=false]').waitFor();
  }
  /** Replaces the whole text, as by selecting all and pasting. */
  async writes(text) {
    await this.page.getByLabel('Text of the kernel').fill(text);
  }
  async runs() {
    await this.page.getByRole('button', { name: 'Run', exact: true }).click();
    await this.sees();
  }
  async sees() {
    await this.page.waitForFunction(() => {
      const text = document.getElementById('summary').textContent;
      const busy = document.getElementById('run').textContent !== 'Run';
      return !busy && !/Running/.test(text);
    }, null, { timeout: 30000 });
  }
  get summary() {
    return this.page.locator('#summary').textContent();
  }
  get failure() {
    return this.page.locator('#failure').textContent();
  }
  async succeeds() {
    assert.equal(await this.failure, '', 'the run failed');
    const problem = await this.page.locator('#problem').textContent();
    assert.equal(problem, '', 'the kernel does not compile');
    assert.match(await this.summary, /^(Less than )?[\d.]+ (µs|ms|s) from recording the call/);
  }
  row(name) {
    return this.page.getByRole('group', { name, exact: true });
  }
  async fills(name, how, length) {
    await this.row(name).getByLabel('Filled with').selectOption({ label: how });
    if (length !== undefined) await this.row(name).getByLabel('Length').fill(String(length));
  }
  /** The numbers of the table, row by row. */
  async table() {
    await this.page.locator('#shown tbody tr').first().waitFor();
    return this.page.locator('#shown tbody td').allTextContents().then((all) => all.map(Number));
  }
  async picture() {
    const canvas = this.page.locator('#shown canvas[data-drawn]');
    await canvas.waitFor({ timeout: 20000 });
    return canvas.evaluate((node) => {
      const { data } = node.getContext('2d').getImageData(0, 0, node.width, node.height);
      return { width: node.width, height: node.height, pixels: [...new Uint32Array(data.buffer)] };
    });
  }
}

async function visit(options, body) {
  const person = await Person.comes(options);
  try {
    await body(person);
  } finally {
    await person.leaves();
  }
}

function near(seen, wanted, tolerance, what) {
  assert.equal(seen.length, wanted.length, `${what}: how many numbers`);
  for (let i = 0; i < wanted.length; ++i) {
    const error = Math.abs(seen[i] - wanted[i]);
    assert.ok(error <= tolerance * Math.max(1, Math.abs(wanted[i])), `${what}[${i}]: ${wanted[i]} was expected, ${seen[i]} was seen`);
  }
}

// What the kernels compute, in JavaScript ----------------------------------------------------------

function mandelbrotAt(x, y, width, height) {
  const scale = 2.4 / height;
  const cx = -0.65 + scale * (x + 0.5 - 0.5 * width);
  const cy = -scale * (y + 0.5 - 0.5 * height);
  let [zx, zy, step] = [0, 0, 0];
  while (step < 256 && zx * zx + zy * zy <= 256) {
    [zx, zy] = [zx * zx - zy * zy + cx, 2 * zx * zy + cy];
    ++step;
  }
  if (step === 256) return [0, 0, 0];
  const smoothly = Math.sqrt(Math.max(0, step + 1 - Math.log2(0.5 * Math.log2(zx * zx + zy * zy))));
  return [2.9, 3.3, 3.9].map((c) => Math.round(255 * (0.5 + 0.5 * Math.cos(3 + 0.35 * smoothly * c))));
}

function edgesOf({ data, width, height }) {
  const grey = (x, y) => {
    const at = 4 * (Math.min(Math.max(y, 0), height - 1) * width + Math.min(Math.max(x, 0), width - 1));
    return (77 * data[at] + 150 * data[at + 1] + 29 * data[at + 2]) >> 8;
  };
  const out = [];
  for (let y = 0; y < height; ++y) {
    for (let x = 0; x < width; ++x) {
      let [across, down] = [0, 0];
      for (const k of [-1, 0, 1]) {
        across += (2 - Math.abs(k)) * (grey(x + 1, y + k) - grey(x - 1, y + k));
        down += (2 - Math.abs(k)) * (grey(x + k, y + 1) - grey(x + k, y - 1));
      }
      const bright = Math.min(Math.abs(across) + Math.abs(down), 255);
      out.push((0xff000000 | (bright << 16) | (bright << 8) | bright) >>> 0);
    }
  }
  return out;
}

function stepOf(bodies, seconds, softening) {
  const out = [];
  for (let i = 0; i < bodies.length; i += 4) {
    const sum = [0, 0, 0];
    for (let k = 0; k < bodies.length; k += 4) {
      const toward = [0, 1, 2].map((c) => bodies[k + c] - bodies[i + c]);
      const inverse = 1 / Math.sqrt(toward.reduce((all, one) => all + one * one, softening * softening));
      toward.forEach((one, c) => (sum[c] += bodies[k + 3] * inverse ** 3 * one));
    }
    out.push(...sum.map((one, c) => bodies[i + c] + seconds * seconds * one), bodies[i + 3]);
  }
  return out;
}

const tests = {};
const test = (name, body) => (tests[name] = body);

// Parts without a page -----------------------------------------------------------------------------

test('numbers are read as people and kernels write them', () => {
  assert.deepEqual(readNumbers('1, 2.5f\n-3e2; inf', 'f32', 'x', 'f'), [1, 2.5, -300, Infinity]);
  assert.deepEqual(readNumbers('7 0xff 3u', 'u32', 'x', 'f'), [7, 255, 3]);
  assert.deepEqual(readNumbers('-9223372036854775808', 'i64', 'x', 'f'), [-(2n ** 63n)]);
  assert.deepEqual(readNumbers('width, height', 'i32', 'x', 'f', { width: 4, height: 3 }), [4, 3]);
  const refused = (text, scalar, wanted) =>
    assert.throws(() => readNumbers(text, scalar, 'x', 'f'), (problem) => {
      assert.ok(problem instanceof InputError);
      assert.equal(problem.message, wanted);
      return true;
    });
  refused('1, two', 'f32', 'x: "two" is no number.');
  refused('f', 'f32', 'x: "f" is no number.');
  refused('1.5', 'u32', 'x: "1.5" is no whole number, as u32 asks for.');
  refused('-1', 'u32', 'x: "-1" does not fit u32, 0 to 4294967295.');
  refused('constructor', 'u32', 'x: "constructor" is no number.');
});

test('numbers are written as short as gives them back', () => {
  assert.equal(numberText(Math.fround(0.1), 'f32'), '0.1');
  assert.equal(numberText(Math.fround(1 / 3), 'f32'), '0.33333334');
  assert.equal(numberText(16777216, 'f32'), '16777216');
  assert.equal(numberText(-0, 'f32'), '-0');
  assert.equal(numberText(halfBits(0.1), 'f16'), '0.1');
  assert.equal(numberText(2n ** 63n, 'u64'), '9223372036854775808');
});

test('halves convert both ways, all of them', () => {
  for (let bits = 0; bits < 65536; ++bits) {
    const value = halfValue(bits);
    if (!Number.isNaN(value)) assert.equal(halfBits(value), bits, `bits ${bits}`);
  }
  assert.equal(halfBits(65519.99), 0x7bff);
  assert.equal(halfBits(65520), 0x7c00);
  assert.equal(halfBits(1 + 1 / 2048), 0x3c00);
  assert.equal(halfBits(1 + 3 / 2048), 0x3c02);
});

test('random numbers are the same for everyone', async () => {
  let state = 3n;
  const wanted = Array.from({ length: 1000 }, () => {
    state = (state * 1664525n + 1013904223n) % 2n ** 32n;
    return Number(state >> 8n) / 2 ** 24;
  });
  assert.deepEqual([...await fill('f32', 1000, 'random', { seed: 3 })], wanted);
  assert.deepEqual([...await fill('u32x2', 500, 'random', { seed: 3 })], wanted.map((one) => Math.floor(256 * one)));
});

test('the image becomes words, bytes and grey', async () => {
  const image = { data: Uint8ClampedArray.of(1, 2, 3, 255, 200, 200, 200, 255), width: 2, height: 1 };
  assert.deepEqual([...await fill('u32', 2, 'image', { image })], [0xff030201, 0xffc8c8c8]);
  assert.deepEqual([...await fill('f32x4', 2, 'image', { image })], [...image.data].map((byte) => Math.fround(byte / 255)));
  assert.deepEqual([...await fill('f32', 2, 'image', { image })], [2, 200].map((byte) => Math.fround(byte / 255)));
});

test('a kernel’s description becomes rows', () => {
  const text = [
    'entry point "main", workgroup of 8 x 4 x 1, 128 bytes of shared memory',
    'set 0, binding 0: "World" {count: u32, bodies: struct{p: f32x3, m: f32, spin: f16x2[3]}[]}, read only',
    'set 0, binding 1: "B" {points: struct{p: f32x3, m: f32}[]}',
    'set 0, binding 2: "table" {: f32x3[]}, write only',
    'set 1, binding 0: "view" {center: f32x2, height: f32, size: u32x2}, uniform',
    'scalar "a" f32 at byte 0',
    'scalar "m" f32x4x4 at byte 16',
    'constant "N" u32 with id 1',
    'constant f32 with id 7',
  ].join('\n');
  const read = readInterface(text);
  assert.deepEqual(read.workgroup, [8, 4, 1]);
  assert.deepEqual(read.constants, [{ name: 'N', scalar: 'u32' }, { name: '7', scalar: 'f32' }]);
  const { rows } = rowsOf(text, '');
  assert.deepEqual(rows.map(({ kind, key, dtype, per, access }) => [kind, key, dtype, per, access]), [
    ['buffer', 'World', 'u32', 1, 'read'],
    ['buffer', 'points', 'f32', 4, ''],
    ['buffer', 'table', 'f32x4', 1, 'written'],
    ['block', 'view', undefined, undefined, undefined],
    ['scalar', 'a', undefined, undefined, undefined],
    ['scalar', 'm', undefined, undefined, undefined],
  ]);
  assert.deepEqual(rows[3].fields.map(({ name, offset }) => [name, offset]), [['center', 0], ['height', 8], ['size', 16]]);
});

// The examples -------------------------------------------------------------------------------------

for (const language of ['GLSL', 'WGSL']) {
  test(`${language}: saxpy is picked, run and read`, () => visit({}, async (person) => {
    await person.picks('saxpy: y = a x + y', language);
    await person.page.getByLabel('a f32').fill('2.5');
    await person.fills('x', '0, 1, 2, …', 100);
    await person.row('y').getByLabel('Filled with').selectOption({ label: 'Own numbers' });
    const own = Array.from({ length: 100 }, (_, i) => 1000 - i / 4);
    await person.row('y').getByRole('textbox', { name: 'Numbers' }).fill(own.join(', '));
    assert.equal(await person.row('y').getByLabel('Length').inputValue(), '100');
    await person.runs();
    await person.succeeds();
    assert.deepEqual(await person.table(), own.map((one, i) => one + 2.5 * i));
  }));

  test(`${language}: the Mandelbrot picture has the right pixels`, () => visit({}, async (person) => {
    await person.picks('Mandelbrot: a picture', language);
    await person.page.getByRole('spinbutton', { name: 'Width' }).fill('200');
    await person.page.getByRole('spinbutton', { name: 'Height' }).fill('150');
    await person.page.keyboard.press('Tab');
    assert.equal(await person.row('pixels').getByLabel('Length').inputValue(), '30000', 'the length follows the size');
    await person.runs();
    await person.succeeds();
    const { width, height, pixels } = await person.picture();
    assert.deepEqual([width, height], [200, 150]);
    let far = 0;
    pixels.forEach((pixel, i) => {
      const wanted = mandelbrotAt(i % width, Math.floor(i / width), width, height);
      assert.equal(pixel >>> 24, 255);
      if (wanted.some((one, c) => Math.abs(one - ((pixel >>> (8 * c)) & 255)) > 3)) ++far;
    });
    // Close to the set's edge the last bit of a float decides.
    assert.ok(far < 0.02 * pixels.length, `${far} of ${pixels.length} pixels are far from what was expected`);
  }));

  test(`${language}: n-body steps as computed here`, () => visit({}, async (person) => {
    await person.picks('n-body: one step', language);
    for (const name of ['before', 'after', 'velocities']) await person.row(name).getByLabel('Length').fill('130');
    await person.page.getByLabel('seconds f32').fill('0.01');
    await person.runs();
    await person.succeeds();
    const bodies = await fill('f32x4', 130, 'random', { seed: 1 });
    near(await person.table(), stepOf([...bodies], 0.01, 0.05), 1e-4, 'after');
  }));

  test(`${language}: the histogram counts every value`, () => visit({}, async (person) => {
    await person.picks('Histogram: atomics', language);
    await person.runs();
    await person.succeeds();
    const wanted = Array(256).fill(0);
    for (const value of await fill('u32', 100000, 'random', { seed: 1 })) ++wanted[value];
    assert.deepEqual(await person.table(), wanted);
    await person.page.getByLabel('Buffer').selectOption({ index: 0 });
    await person.page.getByRole('button', { name: 'Next' }).click();
    await person.page.getByText('1,000 to 1,999 of 100,000').waitFor();
    const values = await fill('u32', 100000, 'random', { seed: 1 });
    assert.deepEqual(await person.table(), [...values.slice(1000, 2000)]);
  }));

  test(`${language}: the prefix sum starts anew in each workgroup`, () => visit({}, async (person) => {
    await person.picks('Prefix sum in a workgroup', language);
    await person.runs();
    await person.succeeds();
    let sum = 0;
    const wanted = Array.from({ length: 1000 }, (_, i) => (sum = i % 256 ? sum + i : i));
    assert.deepEqual(await person.table(), wanted);
  }));

  test(`${language}: edges of the test image, pixel by pixel`, () => visit({}, async (person) => {
    await person.picks('Edges of an image', language);
    await person.runs();
    await person.succeeds();
    const { width, height, pixels } = await person.picture();
    assert.deepEqual([width, height], [256, 256]);
    assert.deepEqual(pixels, edgesOf(testImage()));
  }));

  test(`${language}: a mistake is shown at its line, mended, and run`, () => visit({}, async (person) => {
    await person.picks('A kernel with a mistake', language);
    const text = await person.page.getByLabel('Text of the kernel').inputValue();
    const lines = text.split('\n');
    const line = lines.findIndex((one) => one.includes('alhpa')) + 1;
    const problem = person.page.locator('#problem');
    await problem.getByRole('button', { name: `Line ${line}` }).waitFor({ timeout: 10000 });
    assert.match(await problem.textContent(), /alhpa/);
    const [source, caret] = (await problem.locator('pre').textContent()).split('\n');
    assert.equal(source, lines[line - 1]);
    assert.equal(source.slice(caret.indexOf('^'), caret.length), 'alhpa', 'the caret stands under the name');
    assert.equal(await person.page.locator('.gutter .bad').textContent(), String(line));
    assert.equal(await person.page.locator('.band u').textContent(), 'alhpa');
    await person.runs();
    assert.match(await person.summary, /does not compile/);

    // Mended with the keyboard alone: to the place, over the word, the right one.
    await problem.getByRole('button', { name: `Line ${line}` }).press('Enter');
    for (let i = 0; i < 5; ++i) await person.page.keyboard.press('Delete');
    await person.page.keyboard.type('alpha');
    await problem.locator('.place').waitFor({ state: 'detached' });
    await person.page.keyboard.press('Control+Enter');
    await person.page.locator('#shown table').waitFor({ timeout: 20000 });
    await person.sees();
    await person.succeeds();
    const x = Array.from({ length: 1000 }, (_, i) => i);
    const y = await fill('f32', 1000, 'random', { seed: 2 });
    near(await person.table(), x.map((one, i) => 2 * one + y[i]), 1e-6, 'y');
  }));
}

// What goes wrong ----------------------------------------------------------------------------------

test('wrong numbers are told at their field', () => visit({}, async (person) => {
  await person.page.getByLabel('a f32').fill('two');
  await person.runs();
  assert.match(await person.failure, /a: "two" is no number\./);
  assert.equal(await person.page.getByLabel('a f32').getAttribute('aria-invalid'), 'true');
  await person.page.getByLabel('a f32').fill('2');
  await person.row('x').getByLabel('Length').fill('10');
  await person.runs();
  assert.match(await person.failure, /"?x"? has 10 elements.*1000/i);
  assert.match(await person.failure, /Under Work, choose/);
  await person.row('x').getByLabel('Length').fill('4000000000000');
  await person.runs();
  assert.match(await person.failure, /x: 16,000,000,000,000 bytes are more than this device has in one buffer/);
  await person.row('x').getByLabel('Length').fill('1000');
  await person.runs();
  await person.succeeds();
}));

test('a lost device is told, and opened again', () => visit({
  // The page's own device is kept, so that the test can destroy it as a driver would.
  script: () => {
    if (!globalThis.GPUAdapter) return;
    const original = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (...given) {
      return (globalThis.lastDevice = await original.apply(this, given));
    };
  },
}, async (person) => {
  await person.runs();
  await person.succeeds();
  await person.page.evaluate(() => globalThis.lastDevice.destroy());
  await person.page.getByRole('button', { name: 'Run', exact: true }).click();
  await person.page.getByText('The GPU was lost').waitFor({ timeout: 20000 });
  await person.page.getByRole('button', { name: 'Open the GPU again' }).click();
  await person.page.locator('#run:enabled').waitFor({ timeout: 20000 });
  assert.equal(await person.page.locator('#notice').isVisible(), false);
  await person.runs();
  await person.succeeds();
  assert.equal((await person.table()).length, 1000);
}));

test('a kernel that never ends can be given up', async () => {
  const own = await launch();  // its GPU process goes on computing
  await visit({ by: own }, async (person) => {
    await person.writes(`#version 450
layout(local_size_x = 64) in;
layout(binding = 0) buffer Y { float y[]; };
void main() {
    float value = 0.5;
    for (uint k = 0u; value < 1e30; ++k) value = sin(value) + y[k % 7u];
    y[gl_GlobalInvocationID.x] = value;
}
`);
    await person.page.getByRole('button', { name: 'Run', exact: true }).click();
    await person.page.getByText('Still running').waitFor();
    await person.page.getByRole('button', { name: 'Give up' }).click();
    await person.page.getByText('The run was given up').waitFor();
    await person.page.getByRole('button', { name: 'Open the GPU again' }).waitFor();
  }).finally(() => own.close());
});

test('workgroups beyond the limit of a dimension are folded, of WGSL of one\'s own refused in words', () => visit({}, async (person) => {
  const fill = async () => {
    for (const name of ['x', 'y']) await person.row(name).getByLabel('Length').fill('5000000');
  };
  await fill();
  await person.runs();
  await person.succeeds();
  await person.picks('saxpy: y = a x + y', 'WGSL');
  await fill();
  await person.runs();
  assert.match(await person.failure, /at most 65535 workgroups/);
  assert.match(await person.failure, /Make the lengths smaller/);
}));

test('without WebGPU the page says which browsers have it, and can go on without', () => visit({
  script: () => Object.defineProperty(Navigator.prototype, 'gpu', { get: () => undefined }),
  ready: false,
}, async (person) => {
  const notice = person.page.getByRole('alert').first();
  await person.page.getByText('This browser does not give WebGPU to this page').waitFor({ timeout: 20000 });
  for (const name of ['Chrome', 'Edge', 'Safari', 'Firefox']) assert.match(await notice.textContent(), new RegExp(name));
  assert.equal(await person.page.locator('#run').isDisabled(), true);
  await person.page.getByRole('button', { name: 'Try again' }).click();
  await notice.waitFor();
  await person.page.getByRole('button', { name: 'Run without a GPU' }).click();
  await person.waitsForKernel();
  await person.runs();
  await person.succeeds();
  const y = await fill('f32', 1000, 'random', { seed: 2 });
  near(await person.table(), [...y].map((one, i) => 2 * i + one), 1e-6, 'y');
}));

test('opened as a file, the page says how to serve it', () => visit({
  url: new URL('../playground/index.html', import.meta.url).href,
  ready: false,
}, async (person) => {
  await person.page.getByText('This page needs a web server').waitFor();
  await person.page.getByText('python3 -m http.server').waitFor();
  assert.equal(await person.page.locator('main').isVisible(), false);
}));

// What a page does besides -------------------------------------------------------------------------

test('text and inputs are there after a reload, and travel by a link', () => visit({}, async (person) => {
  const text = (await person.page.getByLabel('Text of the kernel').inputValue()).replace('a * x[i]', 'a * x[i] * 10.0');
  await person.writes(text);
  await person.page.getByLabel('a f32').fill('3');
  await person.fills('y', 'Zeros');
  await person.page.reload();
  await person.waitsForKernel();
  assert.equal(await person.page.getByLabel('Text of the kernel').inputValue(), text);
  await person.runs();
  await person.succeeds();
  const wanted = Array.from({ length: 1000 }, (_, i) => 30 * i);
  assert.deepEqual(await person.table(), wanted);

  await person.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await person.page.getByRole('button', { name: 'Copy link' }).click();
  await person.page.getByText('Copied').waitFor();
  const link = await person.page.evaluate(() => navigator.clipboard.readText());
  await visit({ url: link }, async (other) => {
    assert.equal(await other.page.getByLabel('Text of the kernel').inputValue(), text);
    assert.equal(await other.page.evaluate(() => location.hash), '');
    await other.runs();
    await other.succeeds();
    assert.deepEqual(await other.table(), wanted);
  });
  // Here there is something of one's own already: it can be had back.
  await person.writes('void main() { mine }');
  await person.page.waitForTimeout(500);
  await person.page.goto(link);
  await person.page.getByText('This kernel came by a link').waitFor();
  assert.equal(await person.page.getByLabel('Text of the kernel').inputValue(), text);
  await person.page.getByRole('button', { name: 'Back to my own' }).click();
  assert.equal(await person.page.getByLabel('Text of the kernel').inputValue(), 'void main() { mine }');
}));

test('a damaged link is told', () => visit({ url: `${address}#k=abc` }, async (person) => {
  await person.page.getByText('The link is damaged').waitFor();
}));

test('a picked image is filtered', () => visit({}, async (person) => {
  await person.picks('Edges of an image');
  // 3 x 2 pixels, made by the page itself.
  const bytes = await person.page.evaluate(async () => {
    const canvas = new OffscreenCanvas(40, 30);
    const context = canvas.getContext('2d');
    context.fillStyle = '#fff';
    context.fillRect(0, 0, 40, 30);
    context.fillStyle = '#204060';
    context.fillRect(10, 10, 13, 7);
    return [...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())];
  });
  await person.page.locator('#image-file').setInputFiles({ name: 'box.png', mimeType: 'image/png', buffer: Buffer.from(bytes) });
  await person.page.getByText('box.png, 40 × 30').waitFor();
  assert.equal(await person.row('after').getByLabel('Length').inputValue(), '1200');
  await person.runs();
  await person.succeeds();
  const image = { width: 40, height: 30, data: [] };
  for (let y = 0; y < 30; ++y)
    for (let x = 0; x < 40; ++x) image.data.push(...(x >= 10 && x < 23 && y >= 10 && y < 17 ? [0x20, 0x40, 0x60, 255] : [255, 255, 255, 255]));
  assert.deepEqual((await person.picture()).pixels, edgesOf(image));
  await person.page.locator('#image-file').setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no image') });
  await person.page.getByText('notes.txt is no image').waitFor();
}));

test('constants of a kernel can be set', () => visit({}, async (person) => {
  await person.picks('Mandelbrot: a picture');
  await person.page.getByLabel('STEPS').fill('1');
  await person.page.waitForTimeout(600);
  await person.runs();
  await person.succeeds();
  // After one step every orbit is still near.
  assert.ok((await person.picture()).pixels.every((pixel) => pixel === 0xff000000), 'with one step all is black');
}));

test('the generated WGSL can be read', () => visit({}, async (person) => {
  await person.page.getByText('Generated WGSL').click();
  await person.page.waitForFunction(() => /@compute/.test(document.querySelector('#generated pre').textContent));
}));

test('Tab indents, Escape and Tab leave', () => visit({}, async (person) => {
  const area = person.page.getByLabel('Text of the kernel');
  await area.fill('ab\ncd');
  await area.press('Control+a');
  await area.press('Tab');
  assert.equal(await area.inputValue(), '    ab\n    cd');
  await area.press('Shift+Tab');
  assert.equal(await area.inputValue(), 'ab\ncd');
  await area.press('Control+z');
  assert.equal(await area.inputValue(), '    ab\n    cd', 'undo works');
  await area.press('Escape');
  await area.press('Tab');
  assert.notEqual(await person.page.evaluate(() => document.activeElement.id), 'text');
}));

test('on a phone nothing scrolls sideways, and it runs', () => visit({ options: phone }, async (person) => {
  const fits = async (when) => {
    const [wide, inner] = await person.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(wide <= inner, `${when}: the page is ${wide} wide, the screen ${inner}`);
  };
  await fits('at first');
  for (const example of ['n-body: one step', 'Histogram: atomics', 'Edges of an image', 'Mandelbrot: a picture']) {
    await person.picks(example);
    await person.runs();
    await person.succeeds();
    await fits(example);
  }
  await person.picks('A kernel with a mistake');
  await person.page.locator('#problem .place').waitFor();
  await fits('with a mistake');
  const small = await person.page.evaluate(() =>
    [...document.querySelectorAll('button, select, input:not([type=radio], [type=file]), .choice span')]
      .filter((node) => node.offsetParent && node.getBoundingClientRect().height < 43)
      .map((node) => `${node.id || node.textContent} ${node.getBoundingClientRect().height}`));
  assert.deepEqual(small, [], 'targets for a finger');
}));

test('everything to fill in has a name', () => visit({}, async (person) => {
  for (const example of ['saxpy: y = a x + y', 'Mandelbrot: a picture', 'Edges of an image']) {
    await person.picks(example);
    const nameless = await person.page.evaluate(() =>
      [...document.querySelectorAll('input, select, textarea')]
        .filter((node) => !node.getAttribute('aria-label') && ![...(node.labels ?? [])].some((label) => label.textContent.trim()))
        .map((node) => node.outerHTML));
    assert.deepEqual(nameless, []);
  }
}));

const failed = await run(tests);
await browser.close();
server.stop();
process.exitCode = failed ? 1 : 0;
