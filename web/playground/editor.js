// SPDX-License-Identifier: MIT OR Apache-2.0
// A text area with line numbers, colours and marks: what is written lies below it, in the same letters.

const kIndent = '    ';
const kMostColoured = 200000;  // characters; longer texts stay in one colour

const words = {
  glsl: /^(?:layout|uniform|buffer|shared|const|in|out|inout|readonly|writeonly|coherent|restrict|struct|void|if|else|for|while|do|return|break|continue|switch|case|default|discard|true|false)$/,
  wgsl: /^(?:fn|let|var|const|override|struct|alias|enable|requires|diagnostic|if|else|for|while|loop|continuing|return|break|continue|switch|case|default|true|false|storage|uniform|workgroup|private|function|read|write|read_write)$/,
};
const types =
  /^(?:float|double|u?int\d*_?t?|bool|[biud]?vec[234]|d?mat[234](?:x[234])?|[iuf](?:8|16|32|64)|vec[234][iufh]?|mat[234]x[234][fh]?|array|atomic|atomic_uint|ptr)$/;
const token =
  /(\/\/[^\n]*|\/\*[^]*?(?:\*\/|$))|(^[ \t]*#[^\n]*)|(@\w+)|(\b(?:0[xX][\da-fA-F]+|\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)[uUfFhi]?\b)|([A-Za-z_]\w*)/gm;

/** A text as nodes, its words in the colours of style.css. */
export function coloured(text, language) {
  const out = document.createDocumentFragment();
  const add = (piece, kind) => {
    if (piece === '') return;
    if (!kind) {
      out.append(piece);
      return;
    }
    const span = document.createElement('span');
    span.className = kind;
    span.textContent = piece;
    out.append(span);
  };
  let from = 0;
  for (const found of text.matchAll(token)) {
    const [all, comment, directive, attribute, number, word] = found;
    const kind = comment ? 'comment' : directive || attribute ? 'directive' : number ? 'number'
      : words[language].test(word) ? 'keyword' : types.test(word) ? 'type' : '';
    if (!kind) continue;
    add(text.slice(from, found.index));
    add(all, kind);
    from = found.index + all.length;
  }
  add(text.slice(from));
  return out;
}

export class Editor {
  /** `root` holds a gutter, a pre and a textarea; `changed` is called with each new text. */
  constructor(root, changed) {
    this.root = root;
    this.area = root.querySelector('textarea');
    this.ink = root.querySelector('.ink');
    this.gutter = root.querySelector('.gutter');
    this.language = 'glsl';
    this.marks = [];
    this.leaving = false;
    this.area.addEventListener('input', () => {
      this.marks = [];
      this.draw();
      changed(this.area.value);
    });
    this.area.addEventListener('scroll', () => this.align());
    this.area.addEventListener('keydown', (event) => this.key(event));
    this.area.addEventListener('blur', () => (this.leaving = false));
    new ResizeObserver(() => this.align()).observe(this.area);
  }

  get text() {
    return this.area.value;
  }
  show(text, language) {
    if (text !== this.area.value) this.area.value = text;
    this.language = language;
    this.marks = [];
    this.draw();
    this.align();
  }

  /** Marks lines: `{ line, column, length, text }`, counted from 1; column and length may be missing. */
  mark(marks) {
    this.marks = marks;
    this.area.setAttribute('aria-invalid', String(marks.length > 0));
    this.draw();
  }

  /** Puts the caret at a place and brings it into view. */
  goTo(line, column = 1) {
    const lines = this.text.split('\n');
    const at = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
    this.area.focus();
    this.area.setSelectionRange(at, at);
    const height = this.ink.scrollHeight / (lines.length + 1);
    if ((line - 1) * height < this.area.scrollTop || line * height > this.area.scrollTop + this.area.clientHeight)
      this.area.scrollTop = Math.max(0, (line - 4) * height);
    this.align();
  }

  draw() {
    const text = this.text;
    // One more line, so that the last one is never covered by a scroll bar.
    this.ink.replaceChildren(text.length > kMostColoured ? text : coloured(text, this.language), '\n\n');
    const count = text.split('\n').length;
    if (this.gutter.childElementCount !== count) {
      this.gutter.replaceChildren(...Array.from({ length: count }, (_, i) => {
        const number = document.createElement('div');
        number.textContent = String(i + 1);
        return number;
      }));
    }
    for (const number of this.gutter.querySelectorAll('.bad')) number.className = '';
    const lines = text.split('\n');
    for (const mark of this.marks) {
      const number = this.gutter.children[mark.line - 1];
      if (!number || number.className) continue;
      number.className = 'bad';
      this.ink.append(this.band(mark, lines[mark.line - 1]));
    }
  }

  // The line's own letters, unseen, carry the wave under the place and put the message behind the end.
  band({ line, column, length = 1, text }, source) {
    const band = document.createElement('div');
    band.className = 'band';
    band.style.setProperty('--line', String(line - 1));
    const at = column ? column - 1 : source.search(/\S|$/);
    const end = column ? at + length : source.trimEnd().length;
    const wave = document.createElement('u');
    wave.textContent = source.slice(at, end) || ' ';
    const said = document.createElement('em');
    said.textContent = text;
    band.append(source.slice(0, at), wave, source.slice(end), said);
    return band;
  }

  align() {
    this.ink.style.transform = `translate(${-this.area.scrollLeft}px, ${-this.area.scrollTop}px)`;
    this.gutter.style.transform = `translateY(${-this.area.scrollTop}px)`;
  }

  // Through the browser's own editing, so that undo works.
  insert(text) {
    if (!document.execCommand('insertText', false, text)) {
      this.area.setRangeText(text, this.area.selectionStart, this.area.selectionEnd, 'end');
      this.area.dispatchEvent(new Event('input'));
    }
  }

  key(event) {
    if (event.key === 'Escape') {
      this.leaving = true;
      return;
    }
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Tab' && !this.leaving) {
      event.preventDefault();
      this.indent(event.shiftKey);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const before = this.text.slice(this.text.lastIndexOf('\n', this.area.selectionStart - 1) + 1, this.area.selectionStart);
      const deeper = /[{(]\s*$/.test(before) ? kIndent : '';
      this.insert('\n' + /^[ \t]*/.exec(before)[0] + deeper);
    }
    if (event.key !== 'Shift' && event.key !== 'Tab') this.leaving = false;
  }

  indent(back) {
    const { selectionStart: start, selectionEnd: end } = this.area;
    if (start === end && !back) {
      const column = start - (this.text.lastIndexOf('\n', start - 1) + 1);
      this.insert(kIndent.slice(column % kIndent.length));
      return;
    }
    const from = this.text.lastIndexOf('\n', start - 1) + 1;
    const upTo = end > start && this.text[end - 1] === '\n' ? end - 1 : end;
    const lines = this.text.slice(from, upTo).split('\n');
    const moved = lines.map((line) => (back ? line.replace(/^(?: {1,4}|\t)/, '') : line && kIndent + line));
    if (moved.join('\n') === lines.join('\n')) return;
    this.area.setSelectionRange(from, upTo);
    this.insert(moved.join('\n'));
    const length = moved.join('\n').length;
    if (start === end) {
      const at = Math.max(from, start - (lines[0].length - moved[0].length));
      this.area.setSelectionRange(at, at);
    } else {
      this.area.setSelectionRange(from, from + length);
    }
  }
}
