/** Writes a drawing line by line, in the classes that follow the reader's theme: see `src/core/notes/svg.ts`. */
export class Drawing {
  readonly #lines: string[] = [];

  constructor(readonly width: number, readonly height: number) {}

  line(x1: number, y1: number, x2: number, y2: number, look: string, more = ''): void {
    this.#lines.push(`<line class="${look}" x1="${places(x1)}" y1="${places(y1)}" x2="${places(x2)}" y2="${places(y2)}"${attributes(more)}/>`);
  }

  /** A horizontal arrow with its head at `x2`. */
  arrow(x1: number, x2: number, y: number, look: string, more = ''): void {
    const back = x2 > x1 ? -1 : 1;
    this.line(x1, y, x2 + 4 * back, y, look, more);
    this.#lines.push(`<path class="${look} fill-${look}" d="M${places(x2)} ${places(y)}l${6 * back} -3v6z"/>`);
  }

  rect(x: number, y: number, width: number, height: number, look: string, more = ''): void {
    this.#lines.push(`<rect class="${look}" x="${places(x)}" y="${places(y)}" width="${places(width)}" height="${places(height)}"${attributes(more)}/>`);
  }

  path(d: string, look: string, more = ''): void {
    this.#lines.push(`<path class="${look}" d="${d}"${attributes(more)}/>`);
  }

  text(x: number, y: number, words: string, look = 'fg', more = ''): void {
    this.#lines.push(`<text class="${look}" x="${places(x)}" y="${places(y)}"${attributes(more)}>${escaped(words)}</text>`);
  }

  toString(): string {
    return `<svg viewBox="0 0 ${this.width} ${this.height}">\n${this.#lines.map((line) => `  ${line}\n`).join('')}</svg>\n`;
  }
}

export const middle = 'text-anchor="middle"';
export const end = 'text-anchor="end"';

export function places(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function attributes(more: string): string {
  return more === '' ? '' : ` ${more}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
