import { pictureOf } from './pictureOf.ts';
import { type Table, type TableFormat, tableFormats } from './tables.ts';

export type FigureFormat = 'svg' | 'png';

/** Pixels of a PNG for each of the page. */
const sharpness = 2;

/**
 * Saves what is drawn in an element, on the page's paper, with its caption, as the reader sees it.
 * @throws Error when the browser cannot draw it
 */
export async function saveFigure(
  element: Element,
  name: string,
  format: FigureFormat,
  caption?: string,
): Promise<void> {
  const picture = pictureOf(element, caption);
  const svg = new Blob([picture.svg], { type: 'image/svg+xml' });
  if (format === 'svg') return download(svg, fileName(name, 'svg'));
  const address = URL.createObjectURL(svg);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = picture.width * sharpness;
    canvas.height = picture.height * sharpness;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const png = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
    if (!png) throw new Error('The browser could not draw this figure as a PNG; save it as an SVG.');
    download(png, fileName(name, 'png'));
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** Saves a table. */
export function saveTable(table: Table, name: string, format: TableFormat): void {
  const { type, write } = tableFormats[format];
  download(new Blob([write(table)], { type: `${type};charset=utf-8` }), fileName(name, format));
}

/** A name that every file system takes. */
export function fileName(name: string, extension: string): string {
  const plain = name
    .replace(/[^\p{Letter}\p{Number}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80);
  return `${plain || 'figure'}.${extension}`;
}

export function download(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser reads the address after the click; a minute is long enough for it to begin.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
