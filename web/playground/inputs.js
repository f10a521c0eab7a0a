// SPDX-License-Identifier: MIT OR Apache-2.0
// The rows that a kernel's arguments are filled in by, and the arguments that come of them.
import { element } from './problems.js';
import { InputError, fill, randomRange, readNumbers, splitType } from './values.js';

const fills = {
  zeros: () => 'Zeros',
  random: (scalar) => `Random, ${randomRange(scalar)}`,
  count: () => '0, 1, 2, …',
  own: () => 'Own numbers',
  image: () => 'The image',
};
const accesses = { read: 'read only', written: 'write only', uniform: 'uniform' };

function typeName({ scalar, lanes, columns }) {
  return scalar + (lanes > 1 ? `x${lanes}` : '') + (columns > 1 ? `x${columns}` : '');
}

export class Inputs {
  /** `state` is what a person chose; `changed` is called when they change it, `constants` when the kernel must be made anew. */
  constructor(root, { changed, constantsChanged }) {
    this.root = root;
    this.changed = changed;
    this.constantsChanged = constantsChanged;
    this.plan = { workgroup: [1, 1, 1], rows: [], constants: [] };
    this.shownAs = '';
  }

  get buffers() {
    return this.plan.rows.filter((row) => row.kind === 'buffer');
  }
  get usesImage() {
    return this.buffers.some((row) => this.state.inputs[row.key]?.fill === 'image');
  }

  /** Shows the rows of a kernel; where they are the same as before, what is there stays. */
  show(plan, state) {
    const as = JSON.stringify([plan.rows, plan.constants]);
    const same = as === this.shownAs && state === this.state;
    this.plan = plan;
    this.state = state;
    if (same) return;
    this.shownAs = as;
    const scalars = plan.rows.flatMap((row) => (row.kind === 'block' ? row.fields : row.kind === 'scalar' ? [{ name: row.key, type: row.type }] : []));
    const parts = this.buffers.map((row) => this.bufferRow(row));
    const fields = [...scalars.map((one) => this.scalarField(one)), ...plan.constants.map((one) => this.constantField(one))];
    if (fields.length) parts.push(element('div', { className: 'fields' }, ...fields));
    if (!parts.length) parts.push(element('p', { className: 'hint' }, 'This kernel takes nothing.'));
    this.root.replaceChildren(...parts);
  }

  /** No rows, until the next kernel compiles. */
  clear() {
    this.shownAs = '';
    this.plan = { workgroup: [1, 1, 1], rows: [], constants: [] };
    this.root.replaceChildren(element('p', { className: 'hint' }, 'They appear as soon as the kernel compiles.'));
  }

  bufferRow(row) {
    const { scalar } = splitType(row.dtype);
    const input = (this.state.inputs[row.key] ??= { fill: row.reads && !row.writes ? 'count' : 'zeros', length: row.fixed ?? 1000 });
    if (!(input.fill in fills)) input.fill = 'zeros';
    if (row.fixed) input.length = row.fixed;
    const choices = Object.entries(fills).map(([value, text]) =>
      element('option', { value, selected: value === input.fill }, text(scalar)));
    const select = element('select', { id: `fill-${row.key}` }, ...choices);
    const length = element('input', { id: `length-${row.key}`, type: 'number', min: '0', step: '1', inputMode: 'numeric', value: String(input.length) });
    const numbers = element('textarea', { id: `numbers-${row.key}`, rows: 2, spellcheck: false, value: input.numbers ?? '', placeholder: '1, 2.5, 3' });
    const own = element('label', { className: 'own' }, element('span', {}, 'Numbers'), numbers);
    const head = element('p', { className: 'what' }, element('b', {}, row.key), ' ', element('code', {}, row.typeText), ' ',
      element('small', {}, accesses[row.access] ?? ''));
    const box = element('div', { className: 'row', role: 'group', 'aria-label': row.key }, head,
      element('label', {}, element('span', {}, 'Filled with'), select),
      element('label', {}, element('span', {}, 'Length'), length), own);
    if (row.note) box.append(element('p', { className: 'hint' }, row.note));
    const arrange = () => {
      own.hidden = input.fill !== 'own';
      length.disabled = row.fixed !== null || input.fill === 'own' || input.fill === 'image';
      length.value = String(input.fill === 'own' ? this.countOwn(row, input) : input.length);
    };
    select.addEventListener('change', () => {
      input.fill = select.value;
      arrange();
      this.changed();
      if (input.fill === 'own') numbers.focus();
    });
    length.addEventListener('input', () => {
      input.length = length.value === '' ? NaN : Number(length.value);
      this.changed();
    });
    numbers.addEventListener('input', () => {
      input.numbers = numbers.value;
      arrange();
      this.changed();
    });
    arrange();
    return box;
  }

  // Of what is typed so far; what is no number is told when it is used.
  countOwn(row, input) {
    const words = (input.numbers ?? '').split(/[\s,;]+/).filter((word) => word !== '').length;
    return Math.floor(words / splitType(row.dtype).lanes / row.per);
  }

  scalarField({ name, type }) {
    const lanes = type.lanes * type.columns;
    this.state.scalars[name] ??= Array(lanes).fill(type.scalar === 'bool' ? 'false' : '1').join(', ');
    const input = element('input', { id: `scalar-${name}`, type: 'text', value: this.state.scalars[name], autocomplete: 'off', spellcheck: false });
    if (lanes === 1 && type.scalar !== 'bool') input.inputMode = 'text';
    input.addEventListener('input', () => {
      this.state.scalars[name] = input.value;
      this.changed();
    });
    return element('label', {}, element('span', {}, element('b', {}, name), ' ', element('code', {}, typeName(type))), input);
  }

  constantField({ name, scalar }) {
    const input = element('input', { id: `constant-${name}`, type: 'text', value: this.state.constants[name] ?? '', placeholder: 'as in the kernel', autocomplete: 'off', spellcheck: false });
    input.addEventListener('input', () => {
      this.state.constants[name] = input.value;
      this.constantsChanged();
    });
    return element('label', {}, element('span', {}, element('b', {}, name), ' ', element('code', {}, `constant ${scalar}`)), input);
  }

  /** The constants that a person gave; the others are left to the kernel. */
  constants() {
    const out = {};
    for (const { name, scalar } of this.plan.constants) {
      const text = (this.state.constants[name] ?? '').trim();
      if (text === '') continue;
      const [value, ...more] = readNumbers(text, scalar, name, `constant-${name}`);
      if (more.length) throw new InputError(`${name}: one value is wanted, not ${more.length + 1}.`, `constant-${name}`);
      out[name] = value;
    }
    return out;
  }

  /**
   * What the call takes, checked and not yet on the device: `{ dtype, count, make }` of a buffer, where `make` resolves to
   * its contents, or `{ value }` of a scalar.
   */
  gather(limits, image) {
    const names = { width: this.state.size.width, height: this.state.size.height };
    const value = (name, type) => {
      const field = `scalar-${name}`;
      const numbers = readNumbers(this.state.scalars[name], type.scalar, name, field, names);
      const wanted = type.lanes * type.columns;
      if (numbers.length !== wanted)
        throw new InputError(`${name}: ${wanted === 1 ? 'one number is' : `${wanted} numbers are`} wanted, ${numbers.length} given.`, field);
      return numbers;
    };
    return this.plan.rows.map((row, index) => {
      if (row.kind === 'scalar') {
        const numbers = value(row.key, row.type);
        return { row, value: numbers.length === 1 ? numbers[0] : numbers };
      }
      if (row.kind === 'block') return { row, ...packBlock(row, value) };
      return { row, ...this.bufferArgument(row, index, limits, image) };
    });
  }

  bufferArgument(row, index, limits, image) {
    const input = this.state.inputs[row.key];
    const { scalar, lanes, bytes } = splitType(row.dtype);
    const field = input.fill === 'own' ? `numbers-${row.key}` : `length-${row.key}`;
    let numbers = [];
    let count = input.length * row.per;
    if (input.fill === 'own') {
      numbers = readNumbers(input.numbers ?? '', scalar, row.key, field);
      count = numbers.length / lanes;
      if (!Number.isInteger(count / row.per))
        throw new InputError(`${row.key}: ${numbers.length} numbers are not whole elements of ${lanes * row.per}.`, field);
      if (row.fixed && count !== row.fixed * row.per)
        throw new InputError(`${row.key}: ${row.fixed * row.per * lanes} numbers are wanted, ${numbers.length} given.`, field);
    } else if (input.fill === 'image') {
      count = row.fixed ? row.fixed * row.per : image.width * image.height;
      if (count !== image.width * image.height)
        throw new InputError(`${row.key}: it has ${row.fixed} elements, the image ${image.width * image.height} pixels.`, `fill-${row.key}`);
    }
    if (!Number.isSafeInteger(count) || count < 0) throw new InputError(`${row.key}: the length is a whole number from 0 on.`, field);
    if (count * bytes > limits.maxBufferBytes)
      throw new InputError(`${row.key}: ${(count * bytes).toLocaleString('en')} bytes are more than this device has in one buffer, ` +
        `${limits.maxBufferBytes.toLocaleString('en')}. Make the length smaller.`, field);
    return { dtype: row.dtype, count, make: () => fill(row.dtype, count, input.fill, { seed: index + 1, image, numbers }) };
  }
}

// The bytes of a uniform block; its buffer has the type that the members share, else words.
function packBlock(row, value) {
  const end = Math.max(...row.fields.map(({ offset, type }) => offset + 4 * type.lanes));
  const view = new DataView(new ArrayBuffer(Math.ceil(end / 16) * 16));
  for (const { name, type, offset } of row.fields) {
    value(name, type).forEach((number, lane) => {
      const at = offset + 4 * lane;
      if (type.scalar === 'f32') view.setFloat32(at, number, true);
      else if (type.scalar === 'i32') view.setInt32(at, number, true);
      else view.setUint32(at, number, true);
    });
  }
  const scalars = new Set(row.fields.map(({ type }) => type.scalar));
  const dtype = scalars.size === 1 ? [...scalars][0] : 'u32';
  const arrays = { f32: Float32Array, i32: Int32Array, u32: Uint32Array };
  const values = new arrays[dtype](view.buffer);
  return { dtype, count: values.length, make: async () => values };
}
