// SPDX-License-Identifier: MIT OR Apache-2.0
// What a person has written and chosen: kept over a reload, and carried by a link.
import { examples } from './examples.js';

const kKey = 'alkomp-playground';
const kBefore = 'alkomp-playground-before';  // what was here when a link was opened

/** The state that an example starts with. Texts of both languages are kept, so that changing between them loses nothing. */
export function stateOf(name, language = 'glsl') {
  const { glsl, wgsl, inputs, scalars = {}, work, size = { width: 256, height: 256 }, show } = examples[name];
  return structuredClone({
    example: name, language, texts: { glsl, wgsl }, inputs, scalars, constants: {},
    work: { mode: 'elements', groups: '1', ...work }, size, show,
  });
}

const isText = (value) => typeof value === 'string';
const isRecord = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

// What comes from storage or a link may be of any shape: what does not fit is left at the example's.
function mended(given) {
  if (!isRecord(given)) return null;
  const example = isText(given.example) && Object.hasOwn(examples, given.example) ? given.example : 'saxpy';
  const out = stateOf(example, given.language === 'wgsl' ? 'wgsl' : 'glsl');
  if (!isRecord(given.texts)) return null;
  for (const language of ['glsl', 'wgsl']) if (isText(given.texts[language])) out.texts[language] = given.texts[language];
  if (isRecord(given.inputs)) {
    out.inputs = {};
    for (const [key, input] of Object.entries(given.inputs)) {
      if (!isRecord(input)) continue;
      out.inputs[key] = { fill: String(input.fill), length: Number(input.length) || 0, numbers: isText(input.numbers) ? input.numbers : '' };
    }
  }
  for (const part of ['scalars', 'constants'])
    if (isRecord(given[part])) out[part] = Object.fromEntries(Object.entries(given[part]).filter(([, value]) => isText(value)));
  if (isRecord(given.work)) {
    if (['elements', 'picture', 'groups'].includes(given.work.mode)) out.work.mode = given.work.mode;
    if (isText(given.work.groups)) out.work.groups = given.work.groups;
  }
  if (isRecord(given.size))
    for (const side of ['width', 'height']) if (given.size[side] >= 1) out.size[side] = Math.floor(Number(given.size[side]));
  if (isRecord(given.show))
    out.show = { buffer: String(given.show.buffer), view: given.show.view === 'picture' ? 'picture' : 'table' };
  return out;
}

function load(key) {
  try {
    return mended(JSON.parse(localStorage.getItem(key)));
  } catch {
    return null;
  }
}
function store(key, state) {
  try {
    localStorage.setItem(key, JSON.stringify(state));
  } catch {
    // Storage is full or turned off: the page works without.
  }
}

export const save = (state) => store(kKey, state);
export const before = () => load(kBefore);

async function passed(bytes, through) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(through)).arrayBuffer());
}

/** A link's hash that carries the state: JSON, deflated, in the letters that links may have. */
export async function hashOf(state) {
  const bytes = await passed(new TextEncoder().encode(JSON.stringify(state)), new CompressionStream('deflate-raw'));
  let letters = '';
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return '#k=' + btoa(letters).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

async function stateOfHash(hash) {
  const letters = atob(hash.slice(3).replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  return mended(JSON.parse(new TextDecoder().decode(await passed(bytes, new DecompressionStream('deflate-raw')))));
}

/** The state to begin with, and where it is from: `link`, `broken link`, `before` (a reload) or `example`. */
export async function begin() {
  const kept = load(kKey);
  const { hash } = location;
  if (hash.startsWith('#k=')) {
    // From here on what is stored counts, or a reload would undo what is written after it.
    history.replaceState(null, '', location.pathname + location.search);
    try {
      const state = await stateOfHash(hash);
      if (!state) throw new Error('no state');
      if (kept) store(kBefore, kept);
      return { state, from: 'link', had: kept !== null };
    } catch {
      return { state: kept ?? stateOf('saxpy'), from: 'broken link' };
    }
  }
  const named = /^#(\w+)$/.exec(hash)?.[1];
  if (named && Object.hasOwn(examples, named)) return { state: stateOf(named), from: 'example' };
  return kept ? { state: kept, from: 'before' } : { state: stateOf('saxpy'), from: 'example' };
}
