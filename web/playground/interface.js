// SPDX-License-Identifier: MIT OR Apache-2.0
// Reads what `kernel.describe()` says, and makes of it the rows that a person fills in.

const scalarBytes = { bool: 4, i8: 1, u8: 1, i16: 2, u16: 2, f16: 2, bf16: 2, i32: 4, u32: 4, f32: 4, i64: 8, u64: 8, f64: 8 };

// A type is {scalar, lanes, columns}, {fields: [...]}, or {bytes} of unknown contents; `text` is how it is written.
class TypeReader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }
  take(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found;
  }
  // "name: type[], name: type}", the brace included.
  fields() {
    const fields = [];
    while (!this.take(/\}/y)) {
      if (fields.length) this.expect(/, /y);
      const name = this.take(/([\p{L}\p{N}_]*): /uy)?.[1] ?? '';
      fields.push({ name, ...this.counted() });
    }
    return fields;
  }
  // `count` is null for an array as long as its buffer.
  counted() {
    const type = this.type();
    const count = this.take(/\[(\d*)\]/y);
    return { type, count: count ? (count[1] === '' ? null : Number(count[1])) : 1 };
  }
  type() {
    const from = this.at;
    const type = this.bare();
    return { ...type, text: this.text.slice(from, this.at) };
  }
  bare() {
    const opaque = this.take(/(?:struct|record) of (\d+) bytes/y);
    if (opaque) return { bytes: Number(opaque[1]) };
    if (this.take(/(?:struct|record)\{/y)) return { fields: this.fields() };
    const plain = this.expect(/(bool|bf16|[iuf](?:8|16|32|64))(?:x(\d))?(?:x(\d))?/y);
    return { scalar: plain[1], lanes: Number(plain[2] ?? 1), columns: Number(plain[3] ?? 1) };
  }
  expect(pattern) {
    const found = this.take(pattern);
    if (!found) throw new Error(`the kernel's description cannot be read at "${this.text.slice(this.at)}"`);
    return found;
  }
}

function readBinding(line) {
  const head = /^set (\d+), binding (\d+): "(.*?)" \{/.exec(line);
  const reader = new TypeReader(line);
  reader.at = head[0].length;
  const fields = reader.fields();
  const rest = line.slice(reader.at);
  return {
    name: head[3],
    fields,
    uniform: rest.includes('uniform'),
    reads: !rest.includes('write only'),
    writes: !rest.includes('uniform') && !rest.includes('read only'),
  };
}

/** What a kernel takes: workgroup, bindings, scalars and constants, in the order of `describe()`. */
export function readInterface(description) {
  const out = { workgroup: [1, 1, 1], bindings: [], scalars: [], constants: [] };
  for (const line of description.split('\n')) {
    const group = /workgroup of (\d+) x (\d+) x (\d+)/.exec(line);
    const scalar = /^scalar "(.*?)" (.*) at byte \d+/.exec(line);
    const constant = /^constant (?:"(.*?)" )?(\w+) with id (\d+)/.exec(line);
    if (line.startsWith('set ')) out.bindings.push(readBinding(line));
    else if (scalar) out.scalars.push({ name: scalar[1], type: new TypeReader(scalar[2]).type() });
    else if (constant) out.constants.push({ name: constant[1] ?? constant[3], scalar: constant[2] });
    else if (group) out.workgroup = group.slice(1).map(Number);
  }
  return out;
}

function leaves(type) {
  if (type.fields) return type.fields.flatMap((field) => leaves(field.type));
  return [type.scalar];
}

// Size and alignment as std430 and WGSL lay memory out.
function layout(type) {
  if (type.bytes) return { size: type.bytes, align: 4 };
  if (type.fields) {
    let size = 0;
    let align = 1;
    for (const field of type.fields) {
      const inner = layout(field.type);
      const stride = roundUp(inner.size, inner.align);
      size = roundUp(size, inner.align) + (field.count === 1 ? inner.size : stride * (field.count ?? 0));
      align = Math.max(align, inner.align);
    }
    return { size: roundUp(size, align), align };
  }
  const bytes = scalarBytes[type.scalar];
  const align = bytes * [0, 1, 2, 4, 4][type.lanes];
  return type.columns === 1 ? { size: bytes * type.lanes, align } : { size: align * type.columns, align };
}

const roundUp = (value, step) => Math.ceil(value / step) * step;
const isPlain = (type) => type.scalar !== undefined && type.scalar !== 'bool' && type.scalar !== 'bf16';

// The text says where members lie, so the usual layout may not hold.
const ownLayout = /layout\s*\([^)]*\b(?:scalar|offset|align)\b|@(?:align|size)\b/;

// A uniform block of single values becomes number fields, as scalars do.
function uniformFields(binding, text) {
  if (!binding.uniform || ownLayout.test(text)) return null;
  const simple = binding.fields.every(
    (field) => field.count === 1 && isPlain(field.type) && field.type.columns === 1 && scalarBytes[field.type.scalar] === 4,
  );
  if (!simple) return null;
  let end = 0;
  return binding.fields.map((field) => {
    const { size, align } = layout(field.type);
    const offset = roundUp(end, align);
    end = offset + size;
    return { name: field.name || binding.name, type: field.type, offset };
  });
}

// How an array is filled and shown: element type of the buffer, and how many of those make one of the kernel's elements.
function elements(binding, text) {
  const last = binding.fields.at(-1);
  const single = binding.fields.length === 1;
  const scalars = new Set(binding.fields.flatMap((field) => leaves(field.type)));
  const row = { dtype: 'u32', per: 1, fixed: null, note: '' };
  if (single && isPlain(last.type) && last.type.columns === 1) {
    const padded = last.type.lanes === 3 && !ownLayout.test(text);
    const lanes = padded ? 4 : last.type.lanes;
    row.dtype = last.type.scalar + (lanes === 1 ? '' : `x${lanes}`);
    if (padded) row.note = 'Three lanes are stored as four; the fourth is not used.';
  } else if (scalars.size === 1 && !scalars.has(undefined)) {
    [row.dtype] = scalars;
    if (single) row.per = Math.max(1, roundUp(layout(last.type).size, layout(last.type).align) / scalarBytes[row.dtype]);
    else row.note = 'Length and numbers count every member, from the first on.';
    if (row.per > 1) row.note = `An element is ${row.per} numbers.`;
  } else {
    row.note = 'Members of several types: as words of 32 bits. Separate arrays are easier to fill.';
    if (single) row.per = Math.max(1, layout(last.type).size / 4);
  }
  if (last.count !== null) {
    const whole = layout({ fields: binding.fields });
    row.fixed = single ? last.count : Math.ceil(whole.size / scalarBytes[row.dtype.split('x')[0]]);
  }
  return row;
}

/**
 * One row for each thing to fill in: `kind` is `buffer` (a binding that is an array), `block` (a uniform binding of
 * single values) or `scalar`. They stand in the order of the call.
 */
export function rowsOf(description, text) {
  const { workgroup, bindings, scalars, constants } = readInterface(description);
  const rows = [];
  for (const binding of bindings) {
    const fields = uniformFields(binding, text);
    if (fields) {
      rows.push({ kind: 'block', key: binding.name, fields });
      continue;
    }
    const only = binding.fields.length === 1 ? binding.fields[0] : null;
    rows.push({
      kind: 'buffer',
      key: only?.name || binding.name,
      typeText: only
        ? only.type.text + (only.count === null ? '[]' : only.count === 1 ? '' : `[${only.count}]`)
        : `{${binding.fields.map((field) => `${field.name}: ${field.type.text}${field.count === null ? '[]' : ''}`).join(', ')}}`,
      access: binding.uniform ? 'uniform' : binding.writes ? (binding.reads ? '' : 'written') : 'read',
      reads: binding.reads,
      writes: binding.writes,
      ...elements(binding, text),
    });
  }
  for (const { name, type } of scalars) rows.push({ kind: 'scalar', key: name, type });
  return { workgroup, rows, constants };
}
