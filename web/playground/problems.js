// SPDX-License-Identifier: MIT OR Apache-2.0
// What went wrong, in words that a person can act on.

/** Makes an element with children; the page's texts are never read as HTML. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/**
 * The places in a text that a compile error names: `{ line, column, length, text }`, in their order. alkomp writes
 * "kernel:5: error: ...", the line, and a caret; browsers write ":5:12 error: ...".
 */
export function placesOf(error, source) {
  const lines = source.split('\n');
  const said = error.message.split('\n');
  const places = [];
  for (let i = 0; i < said.length; ++i) {
    const found = /:(\d+)(?::(\d+))?:? (?:error|warning):? ?(.*)$/.exec(said[i]);
    if (!found || / warning/.test(found[0])) continue;
    const line = Number(found[1]);
    if (line < 1 || line > lines.length) continue;
    const place = { line, text: found[3] || said[i] };
    if (found[2]) place.column = Number(found[2]);
    const shift = (said[i + 1] ?? '').indexOf(lines[line - 1].trimEnd());
    const caret = /^\s*(\^~*)\s*$/.exec(said[i + 2] ?? '');
    if (caret && shift >= 0) place.column ??= said[i + 2].indexOf('^') - shift + 1;
    if (caret) place.length = caret[1].length;
    const word = place.column && /^\w+/.exec(lines[line - 1].slice(place.column - 1));
    if (word) place.length = Math.max(place.length ?? 1, word[0].length);
    places.push(place);
  }
  if (!places.length && error.line) places.push({ line: error.line, column: error.column, text: said[0] });
  return places;
}

const advice = {
  out_of_memory: 'The GPU or the page has no room for it. Make the lengths smaller and run again; closing other tabs may help.',
  timed_out: 'The kernel has not come to an end yet. If it has an endless loop, mend it and reload the page.',
  unsupported: 'This device cannot do it. Another browser or GPU may.',
  internal: 'This is a fault of alkomp or of the browser. Please report it with the kernel and this text.',
};

/** What to do about an error; empty where its own text says it. */
export function adviceFor(error) {
  if (error instanceof RangeError) return advice.out_of_memory;
  const text = error.message ?? '';
  if (/groups\(x/.test(text))
    return 'Under Work, choose “By workgroups” and write how many, or “One per pixel”.';
  if (/takes at most \d+ workgroups/.test(text))
    return 'Make the lengths smaller, or let each invocation do several elements and choose the workgroups yourself.';
  if (/elements of struct\{/.test(text)) return 'Structs of several types cannot be filled here: give each member an array of its own.';
  if (error.code === 'invalid_argument' && /bytes are wanted|whole elements/.test(text)) return 'Change the length of that buffer.';
  return advice[error.code] ?? '';
}

/** An error as elements: its text, and what to do. */
export function describe(error) {
  const text = error.message || String(error);
  const kind = error instanceof RangeError ? `out of memory: ${text}` : text;
  const hint = adviceFor(error);
  return [element('p', { className: 'said' }, kind), ...(hint ? [element('p', {}, hint)] : [])];
}
