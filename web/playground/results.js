// SPDX-License-Identifier: MIT OR Apache-2.0
// Results as a table of a thousand elements at a time, and as a picture that is drawn band by band.
import { element } from './problems.js';
import { InputError, numberText, pause, splitType } from './values.js';

const kShown = 1000;       // elements of a table
const kMostPixels = 16e6;  // of a picture
const kBandPixels = 1 << 18;

// Of the table, as style.css has it, in pixels.
const kHeadWidth = 64;
const kLetterWidth = 8;
const kCellPadding = 20;

const grouped = (number) => number.toLocaleString('en');

// Columns that fit beside the row's number, by the longest text.
function columnsFor(texts, width) {
  const longest = texts.reduce((most, text) => Math.max(most, text.length), 1);
  const fit = (width - kHeadWidth) / (longest * kLetterWidth + kCellPadding);
  return [10, 8, 5, 4, 3, 2].find((count) => count <= fit) ?? 1;
}

function tableOf(values, dtype, first, name, width) {
  const { scalar, lanes } = splitType(dtype);
  const texts = Array.from(values, (value) => numberText(value, scalar));
  const perRow = lanes > 1 ? lanes : columnsFor(texts, width);
  const heads = lanes > 1 ? [...'xyzw'].slice(0, lanes) : Array.from({ length: perRow }, (_, i) => `+${i}`);
  const body = element('tbody');
  for (let i = 0; i < values.length; i += perRow) {
    const row = element('tr', {}, element('th', { scope: 'row' }, String(first + (lanes > 1 ? i / lanes : i))));
    for (let k = i; k < Math.min(i + perRow, values.length); ++k) row.append(element('td', {}, texts[k]));
    body.append(row);
  }
  const head = element('thead', {}, element('tr', {}, element('td'), ...heads.map((text) => element('th', { scope: 'col' }, text))));
  return element('div', { className: 'scroll', tabIndex: 0, role: 'region', 'aria-label': `Elements of ${name}` },
    element('table', {}, head, body));
}

/** What turns an element into a pixel, and how it is said. */
function painter(values, dtype) {
  const { scalar, lanes } = splitType(dtype);
  const toByte = (value) => Math.round(255 * Math.min(1, Math.max(0, value)));
  if (scalar === 'u32' && lanes === 1) {
    return { said: 'u32 as red, green and blue bytes', paint: (i, out, at) => {
      out[at] = values[i] & 255;
      out[at + 1] = (values[i] >>> 8) & 255;
      out[at + 2] = (values[i] >>> 16) & 255;
    } };
  }
  const number = scalar === 'f16' ? (i) => Number(numberText(values[i], 'f16')) : (i) => Number(values[i]);
  if (lanes >= 3) {
    const scale = scalar[0] === 'f' ? 1 : 1 / 255;
    return { said: `${dtype} as red, green and blue`, paint: (i, out, at) => {
      for (let c = 0; c < 3; ++c) out[at + c] = toByte(scale * number(lanes * i + c));
    } };
  }
  let least = Infinity;
  let most = -Infinity;
  for (let i = 0; i < values.length; i += lanes) {
    const value = number(i);
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const asIs = scalar[0] === 'f' && least >= 0 && most <= 1;
  const [black, white] = asIs ? [0, 1] : [least, most > least ? most : least + 1];
  return { said: `grey, black is ${numberText(black, 'f32')} and white is ${numberText(white, 'f32')}`, paint: (i, out, at) => {
    const byte = toByte((number(lanes * i) - black) / (white - black));
    out[at] = byte;
    out[at + 1] = byte;
    out[at + 2] = byte;
  } };
}

export class Results {
  /** `root` is where they are shown; `device` gives the device that the buffers are on. */
  constructor(root, device) {
    this.root = root;
    this.device = device;
    this.turn = 0;  // a newer showing ends the older
  }

  clear() {
    ++this.turn;
    this.root.replaceChildren();
  }

  async table(name, buffer, first = 0) {
    const turn = ++this.turn;
    const count = Math.min(kShown, buffer.length - first);
    const part = buffer.slice(first, count);
    const values = await this.device().get(part).finally(() => part.free());
    if (turn !== this.turn) return;
    const parts = [tableOf(values, buffer.dtype, first, name, this.root.clientWidth)];
    if (buffer.length > kShown) parts.push(this.pager(name, buffer, first, count));
    this.root.replaceChildren(...parts);
  }

  pager(name, buffer, first, count) {
    const go = (to) => this.table(name, buffer, to).catch(this.failed);
    const step = (text, to) => {
      const button = element('button', { type: 'button', disabled: to < 0 || to >= buffer.length }, text);
      button.addEventListener('click', () => go(to));
      return button;
    };
    const from = element('input', { type: 'number', min: '0', max: String(buffer.length - 1), value: String(first), inputMode: 'numeric' });
    from.addEventListener('change', () => go(Math.min(Math.max(0, Math.floor(Number(from.value)) || 0), buffer.length - 1)));
    return element('div', { className: 'pager' },
      step('Previous', first > 0 ? Math.max(0, first - kShown) : -1),
      element('label', {}, element('span', {}, 'From element'), from),
      step('Next', first + kShown),
      element('span', { className: 'hint' }, `${grouped(first)} to ${grouped(first + count - 1)} of ${grouped(buffer.length)}`));
  }

  /** Rows of `width` elements; what is left of a last row is not drawn. */
  async picture(name, buffer, width) {
    const turn = ++this.turn;
    if (!Number.isInteger(width) || width < 1) throw new InputError('The picture needs a width: a whole number from 1 on.', 'picture-width');
    const height = Math.floor(buffer.length / width);
    if (height < 1)
      throw new InputError(`A row of ${grouped(width)} is wider than ${name} is long, ${grouped(buffer.length)}. Make the width smaller.`, 'picture-width');
    if (width * height > kMostPixels || width > 16384 || height > 16384)
      throw new InputError(`A picture of ${grouped(width)} × ${grouped(height)} is too large to show; choose the table.`, 'picture-width');
    const values = await this.device().get(buffer);
    if (turn !== this.turn) return;
    const canvas = element('canvas', { width, height, role: 'img', 'aria-label': `${name} as a picture, ${width} × ${height}` });
    const context = canvas.getContext('2d');
    const { said, paint } = painter(values, buffer.dtype);
    const save = element('button', { type: 'button' }, 'Save as PNG');
    save.addEventListener('click', () => canvas.toBlob((blob) => {
      const link = element('a', { href: URL.createObjectURL(blob), download: `${name}.png` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    }));
    this.root.replaceChildren(element('figure', {}, canvas,
      element('figcaption', {}, element('span', { className: 'hint' }, `${width} × ${height}, ${said}`), save)));
    const rows = Math.max(1, Math.floor(kBandPixels / width));
    for (let y = 0; y < height; y += rows) {
      const band = context.createImageData(width, Math.min(rows, height - y));
      band.data.fill(255);
      for (let i = 0; i < band.width * band.height; ++i) paint(y * width + i, band.data, 4 * i);
      context.putImageData(band, 0, y);
      await pause();
      if (turn !== this.turn) return;
    }
    canvas.dataset.drawn = 'true';
  }
}
