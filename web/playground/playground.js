// SPDX-License-Identifier: MIT OR Apache-2.0
// The playground: what a person writes and chooses becomes a kernel, a call and a result.
import { Editor, coloured } from './editor.js';
import { examples } from './examples.js';
import { Inputs } from './inputs.js';
import { rowsOf } from './interface.js';
import { describe, element, placesOf } from './problems.js';
import { Results } from './results.js';
import { before, begin, hashOf, save, stateOf } from './state.js';
import { InputError, pause, testImage } from './values.js';

const kCheckAfter = 400;     // milliseconds without typing
const kLong = 5000;          // milliseconds of a run after which a person can give it up
const kSlow = 1000;          // milliseconds after which a run is not made a second time
const kLargestImage = 2048;  // pixels of a side; larger ones are made smaller

const $ = (id) => document.getElementById(id);
const chosen = (name) => document.querySelector(`input[name="${name}"]:checked`);

let alkomp;
let device = null;
let kernel = null;          // the last text that compiled, and
let compiled = '';          // what it was made of
let buffers = new Map();    // of the last run, by name
let image = testImage();
let state;
let timer;
let work = Promise.resolve();
let waiting = 0;

const editor = new Editor($('editor'), (text) => {
  state.texts[state.language] = text;
  showProblem([]);
  clearFailure();
  changed();
  checkSoon();
});
const inputs = new Inputs($('inputs'), {
  changed: () => {
    changed();
    showImage();
  },
  constantsChanged: () => {
    clearFailure();
    changed();
    checkSoon();
  },
});
const results = new Results($('shown'), () => device);
results.failed = (problem) => fail(problem);

// One thing after the other: a check never crosses a run.
function inTurn(job) {
  ++waiting;
  $('inputs').setAttribute('aria-busy', 'true');
  work = work.then(job).catch((problem) => fail(problem)).finally(() => {
    if (--waiting === 0) $('inputs').setAttribute('aria-busy', 'false');
  });
  return work;
}

// Notices and errors -------------------------------------------------------------------------------

function notice(title, children, buttons = []) {
  const row = element('div', { className: 'buttons' });
  for (const [text, act] of buttons) {
    const button = element('button', { type: 'button' }, text);
    button.addEventListener('click', act);
    row.append(button);
  }
  $('notice').replaceChildren(element('h2', {}, title), ...children, ...(buttons.length ? [row] : []));
  $('notice').hidden = false;
}

function clearFailure() {
  $('failure').replaceChildren();
  for (const marked of document.querySelectorAll('.side [aria-invalid]')) marked.removeAttribute('aria-invalid');
}

function fail(problem, { focus = true } = {}) {
  clearFailure();
  if (problem.code === 'device_lost') {
    lose(problem);
    return;
  }
  $('failure').replaceChildren(...describe(problem));
  if (problem instanceof InputError) {
    $(problem.field)?.setAttribute('aria-invalid', 'true');
    if (focus) $(problem.field)?.focus();
  }
}

function lose(problem) {
  try {
    device.close();
  } catch {
    // There is nothing left to give back.
  }
  device = null;
  kernel = null;
  compiled = '';
  buffers = new Map();
  results.clear();
  $('view').hidden = true;
  $('run').disabled = true;
  $('summary').textContent = '';
  $('device').textContent = 'No device';
  const why = problem.givenUp
    ? [element('p', {}, 'What you wrote is still here; what was on the GPU is gone. Mend the kernel before you run it again. If the ' +
      'GPU does not open, it is still busy: reload the page, or close the browser.')]
    : [element('p', {}, 'The browser or the driver took it away: a kernel may have run too long, or the driver started anew. ' +
      'What you wrote is still here; what was on the GPU is gone.'), element('p', { className: 'said' }, problem.message)];
  notice(problem.givenUp ? 'The run was given up' : 'The GPU was lost', why, [['Open the GPU again', () => {
    $('notice').hidden = true;
    open();
  }]]);
}

function showProblem(places, problem = null) {
  editor.mark(places);
  const box = $('problem');
  if (!problem) {
    box.replaceChildren();
    return;
  }
  const lines = editor.text.split('\n');
  const parts = places.map(({ line, column, length = 1, text }) => {
    const go = element('button', { type: 'button', className: 'line' }, `Line ${line}`);
    go.addEventListener('click', () => editor.goTo(line, column));
    const source = lines[line - 1];
    // Tabs stay tabs, so that the caret stands below its place.
    const caret = column ? '\n' + source.slice(0, column - 1).replace(/[^\t]/g, ' ') + '^' + '~'.repeat(length - 1) : '';
    return element('div', { className: 'place' }, element('p', {}, go, ' ', element('span', {}, text)), element('pre', { tabIndex: 0 }, source + caret));
  });
  box.replaceChildren(...(parts.length ? parts : describe(problem)));
}

// The kernel ---------------------------------------------------------------------------------------

async function compile() {
  const { language } = state;
  const text = state.texts[language];
  const constants = inputs.constants();
  const of = JSON.stringify([language, text, Object.entries(constants).map(([name, value]) => [name, String(value)])]);
  if (kernel && of === compiled) return true;
  const options = { constants };
  let made;
  try {
    made = language === 'glsl' ? await device.compileGlsl(text, options) : await device.compileWgsl(text, options);
  } catch (problem) {
    if (text !== state.texts[state.language]) return false;  // written on meanwhile
    if (inputs.state !== state) inputs.clear();
    if (problem.code === 'device_lost') lose(problem);
    else if (problem.code) showProblem(placesOf(problem, text), problem);
    else showProblem([], new Error(`The GLSL compiler did not load; WGSL works without it.\n${problem.message}`));
    return false;
  }
  kernel?.free();
  kernel = made;
  compiled = of;
  showProblem([]);
  const plan = rowsOf(kernel.describe(), text);
  const [x, y, z] = plan.workgroup;
  if (state.work.mode === 'elements' && (y > 1 || z > 1)) state.work.mode = 'picture';
  inputs.show(plan, state);
  $('workgroup').textContent = `A workgroup has ${x} × ${y} × ${z} invocations.`;
  $('generated').hidden = language === 'wgsl';
  if ($('generated').open) showGenerated();
  showWork();
  showImage();
  return true;
}

function checkSoon() {
  clearTimeout(timer);
  timer = setTimeout(() => inTurn(check), kCheckAfter);
}
async function check() {
  if (!device) return;
  try {
    await compile();
  } catch (problem) {
    fail(problem, { focus: false });  // the person is writing elsewhere
  }
}

function showGenerated() {
  const pre = $('generated').querySelector('pre');
  try {
    pre.replaceChildren(kernel ? coloured(kernel.wgsl(), 'wgsl') : '');
  } catch (problem) {
    pre.textContent = problem.message;
  }
}

// A run --------------------------------------------------------------------------------------------

function groups() {
  const { mode } = state.work;
  const [x, y] = inputs.plan.workgroup;
  if (mode === 'elements') return null;
  if (mode === 'picture') return [Math.ceil(state.size.width / x), Math.ceil(state.size.height / y)];
  const counts = state.work.groups.split(/[\s,;x×]+/).filter((word) => word !== '').map(Number);
  if (!counts.length || counts.length > 3 || !counts.every((count) => Number.isSafeInteger(count) && count >= 0))
    throw new InputError('Workgroups: one to three whole numbers are wanted, such as 64 or 8, 8.', 'groups');
  return counts;
}

// A kernel may never end: after a while a person can stop waiting for it.
async function finished() {
  const enough = new AbortController();
  const giveUp = () => enough.abort(Object.assign(new Error('The run was given up.'), { code: 'device_lost', givenUp: true }));
  const late = setTimeout(() => {
    const button = element('button', { type: 'button' }, 'Give up');
    button.addEventListener('click', giveUp);
    $('summary').replaceChildren('Still running. The kernel takes long, or has an endless loop. ', button);
    reveal($('summary'));
  }, kLong);
  try {
    await device.finished({ timeout: Infinity, signal: enough.signal });
  } finally {
    clearTimeout(late);
  }
}

// Runs once to warm up, restores what the kernel changed, and measures a second run.
async function callTwice(given, args, count) {
  const once = async () => {
    const start = performance.now();
    device.call(kernel, count, ...args);
    await finished();
    return performance.now() - start;
  };
  const first = await once();
  if (first > kSlow) return { milliseconds: first, warm: false };
  for (const { row, buffer, values } of given) if (buffer && row.writes) device.write(buffer, values);
  await device.finished();
  return { milliseconds: await once(), warm: true };
}

function freeBuffers() {
  for (const buffer of buffers.values()) buffer.free();
  buffers = new Map();
}

async function callKernel() {
  freeBuffers();
  const given = inputs.gather(device.limits, image);
  const count = groups();
  const passing = [];  // of blocks: nothing of them is shown
  try {
    const args = [];
    for (const argument of given) {
      if (!argument.make) {
        args.push(argument.value);
        continue;
      }
      argument.values = await argument.make();
      argument.buffer = device.toDevice(argument.values, argument.dtype);
      args.push(argument.buffer);
      if (argument.row.kind === 'buffer') buffers.set(argument.row.key, argument.buffer);
      else passing.push(argument.buffer);
      await pause();
    }
    return await callTwice(given, args, count);
  } finally {
    for (const buffer of passing) buffer.free();
  }
}

const timeText = (milliseconds) =>
  milliseconds < 0.1 ? 'Less than 0.1 ms' : milliseconds < 1 ? `${Math.round(milliseconds * 1000)} µs` : milliseconds < 1000 ? `${milliseconds.toPrecision(3)} ms`
    : `${(milliseconds / 1000).toPrecision(3)} s`;

// In one column the result lies below what the screen shows.
function reveal(part) {
  if (matchMedia('(max-width: 60rem)').matches) part.scrollIntoView({ block: 'nearest' });
}

// At once, though a check may be before it.
function press() {
  if ($('run').disabled) return;
  clearTimeout(timer);
  $('run').disabled = true;
  $('run').textContent = 'Running…';
  clearFailure();
  inTurn(run);
}

async function run() {
  try {
    if (!device) return;
    if (!(await compile())) {
      $('summary').textContent = device ? 'The kernel does not compile: see below the editor.' : '';
      reveal($('problem'));
      return;
    }
    $('summary').textContent = 'Running…';
    const { milliseconds, warm } = await callKernel();
    $('summary').replaceChildren(element('b', {}, timeText(milliseconds)), ' from recording the call until the GPU was done' +
      (warm ? ', after one run to warm up.' : '; the first run, as it took long.'));
    showChoices();
    await show();
    reveal($('shown'));
  } catch (problem) {
    $('summary').textContent = '';
    results.clear();
    $('view').hidden = true;
    freeBuffers();
    fail(problem);
    if (!(problem instanceof InputError)) reveal($('failure'));
  } finally {
    $('run').textContent = 'Run';
    $('run').disabled = !device;
  }
}

// The result ---------------------------------------------------------------------------------------

function showChoices() {
  const rows = inputs.buffers;
  $('view').hidden = !rows.length;
  if (!buffers.has(state.show.buffer)) state.show.buffer = (rows.findLast((row) => row.writes) ?? rows[0])?.key;
  $('buffer').replaceChildren(...rows.map(({ key, dtype }) =>
    element('option', { value: key, selected: key === state.show.buffer }, `${key}, ${buffers.get(key).length.toLocaleString('en')} ${dtype}`)));
  showView();
}

function showView() {
  for (const radio of document.querySelectorAll('input[name="view"]')) radio.checked = radio.value === state.show.view;
  for (const field of document.querySelectorAll('[data-view]')) field.hidden = field.dataset.view !== state.show.view;
}

async function show() {
  const buffer = buffers.get(state.show.buffer);
  if (!buffer) {
    results.clear();
    return;
  }
  if (state.show.view === 'picture') await results.picture(state.show.buffer, buffer, state.size.width);
  else await results.table(state.show.buffer, buffer);
}

function showAgain() {
  changed();
  showView();
  clearFailure();
  inTurn(() => show().catch((problem) => {
    results.clear();
    throw problem;
  }));
}

// What a person chooses ----------------------------------------------------------------------------

let saver;
function changed() {
  clearTimeout(saver);
  saver = setTimeout(() => save(state), 300);
}

function showWork() {
  $('mode').value = state.work.mode;
  $('groups').value = state.work.groups;
  for (const field of document.querySelectorAll('[data-mode]')) field.hidden = field.dataset.mode !== state.work.mode;
  $('mode').options[0].disabled = inputs.plan.workgroup[1] > 1 || inputs.plan.workgroup[2] > 1;
  for (const [id, side] of [['width', 'width'], ['height', 'height'], ['picture-width', 'width']])
    if (Number($(id).value) !== state.size[side]) $(id).value = String(state.size[side]);
}

// Buffers with one element for each pixel go on having that.
function resize(width, height) {
  const old = state.size.width * state.size.height;
  state.size = { width, height };
  for (const row of inputs.buffers) {
    const input = state.inputs[row.key];
    if (row.fixed || (input.fill !== 'image' && (input.length !== old || state.work.mode !== 'picture'))) continue;
    input.length = width * height;
    $(`length-${row.key}`).value = String(input.length);
  }
  showWork();
  changed();
}

function showImage() {
  const used = inputs.usesImage;
  $('image').hidden = !used;
  for (const id of ['width', 'height']) $(id).disabled = used;
  if (!used) return;
  if (state.size.width !== image.width || state.size.height !== image.height) resize(image.width, image.height);
  for (const row of inputs.buffers) {
    if (state.inputs[row.key].fill !== 'image') continue;
    state.inputs[row.key].length = image.width * image.height;
    $(`length-${row.key}`).value = String(image.width * image.height);
  }
  const canvas = $('image').querySelector('canvas');
  if (canvas.shows === image) return;
  canvas.shows = image;
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext('2d').putImageData(new ImageData(image.data, image.width), 0, 0);
  canvas.setAttribute('aria-label', `The image: ${image.name}`);
  $('image-name').textContent = `${image.name}, ${image.width} × ${image.height}`;
  $('image-reset').hidden = image.name === 'test image';
}

async function pickImage(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    fail(new InputError(`${file.name} is no image that this browser can read. PNG, JPEG and WebP are.`, 'image-file'));
    return;
  }
  const scale = Math.min(1, kLargestImage / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const context = element('canvas', { width, height }).getContext('2d', { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0, width, height);
  image = { data: context.getImageData(0, 0, width, height).data, width, height, name: file.name };
  clearFailure();
  showImage();
}

function showState() {
  $('example').value = state.example;
  for (const radio of document.querySelectorAll('input[name="language"]')) radio.checked = radio.value === state.language;
  editor.show(state.texts[state.language], state.language);
  showProblem([]);
  $('generated').hidden = state.language === 'wgsl';
  showWork();
}

function replaceState(next) {
  state = next;
  showState();
  changed();
  inTurn(async () => {
    clearFailure();
    $('summary').textContent = 'Run the kernel to see what it computes.';
    $('view').hidden = true;
    freeBuffers();
    results.clear();
    await check();
  });
}

async function share() {
  const hash = await hashOf(state);
  const link = location.href.split('#')[0] + hash;
  let said = 'Copied';
  try {
    await navigator.clipboard.writeText(link);
  } catch {
    history.replaceState(null, '', hash);
    said = 'See address bar';
  }
  $('share').textContent = said;
  setTimeout(() => ($('share').textContent = 'Copy link'), 2000);
}

function listen() {
  $('setup').addEventListener('submit', (event) => {
    event.preventDefault();
    press();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    press();
  });
  $('example').addEventListener('change', () => replaceState(stateOf($('example').value, state.language)));
  for (const radio of document.querySelectorAll('input[name="language"]')) {
    radio.addEventListener('change', () => {
      state.language = chosen('language').value;
      changed();
      showState();
      inTurn(check);
    });
  }
  $('share').addEventListener('click', share);
  $('generated').addEventListener('toggle', showGenerated);
  $('mode').addEventListener('change', () => {
    state.work.mode = $('mode').value;
    showWork();
    changed();
  });
  $('groups').addEventListener('input', () => {
    state.work.groups = $('groups').value;
    changed();
  });
  for (const id of ['width', 'height']) {
    $(id).addEventListener('change', () => {
      const sides = ['width', 'height'].map((side) => Math.max(1, Math.floor(Number($(side).value)) || state.size[side]));
      resize(...sides);
    });
  }
  $('picture-width').addEventListener('change', () => {
    const width = Math.floor(Number($('picture-width').value));
    if (width >= 1 && !inputs.usesImage && state.work.mode !== 'picture') state.size.width = width;
    clearFailure();
    changed();
    inTurn(() => results.picture(state.show.buffer, buffers.get(state.show.buffer), width));
  });
  $('buffer').addEventListener('change', () => {
    state.show.buffer = $('buffer').value;
    showAgain();
  });
  for (const radio of document.querySelectorAll('input[name="view"]')) {
    radio.addEventListener('change', () => {
      state.show.view = chosen('view').value;
      showAgain();
    });
  }
  $('image-file').addEventListener('change', (event) => event.target.files[0] && pickImage(event.target.files[0]));
  $('image-reset').addEventListener('click', () => {
    image = testImage();
    $('image-file').value = '';
    showImage();
  });
  addEventListener('pagehide', () => save(state));
  addEventListener('hashchange', () => location.reload());  // a link was opened over this page
}

// The device ---------------------------------------------------------------------------------------

async function open(name = 'webgpu') {
  const bar = $('loading');
  $('device').textContent = 'Opening the GPU…';
  bar.hidden = false;
  try {
    device = await alkomp.Device.open({
      name,
      onProgress: (loaded, total) => {
        if (total) bar.value = loaded / total;
        $('device').textContent = loaded === total ? 'Opening the GPU…'
          : total ? `Loading: ${Math.round((100 * loaded) / total)} %` : `Loading: ${(loaded / 1e6).toFixed(1)} MB`;
      },
    });
  } catch (problem) {
    noDevice(problem);
    return;
  } finally {
    bar.hidden = true;
  }
  $('device').textContent = device.name;
  $('device').title = [device.vendor, device.backend, device.driver].filter((text) => text).join(', ');
  $('run').disabled = false;
  inTurn(check);
}

function noDevice(problem) {
  $('device').textContent = 'No device';
  const missing = alkomp.whatIsMissing();
  const text = missing || problem.message.replace(/^Device\.open: /, '');
  const parts = [element('p', {}, text)];
  if (missing && !isSecureContext) parts.push(element('p', {}, 'Open this page by https, or serve it from this machine.'));
  parts.push(element('p', {}, 'You can go on without a GPU: alkomp’s own interpreter runs GLSL kernels on the processor. It is slow, ' +
    'and the page waits meanwhile.'));
  notice(missing ? 'This browser does not give WebGPU to this page' : 'The GPU did not open', parts, [
    ['Run without a GPU', () => {
      $('notice').hidden = true;
      open('reference');
    }],
    ['Try again', () => {
      $('notice').hidden = true;
      open();
    }],
  ]);
}

async function start() {
  if (/Mac|iPhone|iPad/.test(navigator.platform)) $('editor-hint').querySelector('kbd').textContent = '⌘';
  $('example').replaceChildren(...Object.entries(examples).map(([value, { title }]) => element('option', { value }, title)));
  const begun = await begin();
  state = begun.state;
  showState();
  listen();
  if (begun.from === 'link' && begun.had) {
    notice('This kernel came by a link', [element('p', {}, 'What you had here before is kept.')], [
      ['Back to my own', () => {
        $('notice').hidden = true;
        const own = before();
        if (own) replaceState(own);
      }],
      ['Stay', () => ($('notice').hidden = true)],
    ]);
  } else if (begun.from === 'broken link') {
    notice('The link is damaged', [element('p', {}, 'A part of it may be missing; please copy the whole link again.')],
      [['Go on', () => ($('notice').hidden = true)]]);
  }
  try {
    alkomp = await import('alkomp');
  } catch (problem) {
    $('device').textContent = 'No device';
    notice('alkomp did not load', [
      element('p', {}, `${problem.message} This page looks for it at ${import.meta.resolve('alkomp')}.`),
      element('p', {}, 'If you serve this page yourself, build the module first; web/README.md says how.'),
    ]);
    return;
  }
  await open();
}

start();
