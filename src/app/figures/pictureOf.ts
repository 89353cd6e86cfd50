import { wrapLines } from '../../engine/export/wrapLines.ts';

/** A figure as one SVG document that needs neither the page nor its style sheets. */
export interface Picture {
  svg: string;
  width: number;
  height: number;
}

const namespace = 'http://www.w3.org/2000/svg';
const padding = 12;
const captionSize = 13;
const captionLine = 18;

/** What an SVG's look depends on, to be written into each element. */
const properties = [
  'color',
  'display',
  'dominant-baseline',
  'fill',
  'fill-opacity',
  'font-family',
  'font-size',
  'font-style',
  'font-weight',
  'letter-spacing',
  'opacity',
  'overflow',
  'paint-order',
  'shape-rendering',
  'stroke',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-opacity',
  'stroke-width',
  'text-anchor',
  'vector-effect',
  'visibility',
] as const;

/** Controls, menus and what is meant for a screen reader alone are no part of a figure. */
const skipped = 'button, input, select, textarea, [role="menu"], [data-figure="skip"], script, style';

/**
 * Everything that is drawn in an element, as one SVG: its SVGs with their computed styles, its canvases as images, its text
 * line by line where it stands; on the page's paper, with the caption below.
 */
export function pictureOf(element: Element, caption?: string): Picture {
  const box = element.getBoundingClientRect();
  const width = Math.ceil(box.width) + 2 * padding;
  const lines = wrapLines(
    caption ?? '',
    Math.max(20, Math.floor((width - 2 * padding) / (0.52 * captionSize))),
  );
  const below = lines.length > 0 ? padding + lines.length * captionLine : 0;
  const height = Math.ceil(box.height) + 2 * padding + below;
  const root = make('svg', { width, height, viewBox: `0 0 ${width} ${height}` });
  const style = getComputedStyle(document.body);
  if (caption) root.append(withText(make('title'), caption));
  root.append(make('rect', { width, height, fill: style.backgroundColor }));
  const place = { left: padding - box.left, top: padding - box.top };
  draw(element, root, place);
  lines.forEach((line, k) => {
    const y = padding + box.height + padding + (k + 0.8) * captionLine;
    const text = make('text', { x: padding, y, fill: style.color, 'font-size': captionSize });
    text.setAttribute('font-family', style.fontFamily);
    root.append(withText(text, line));
  });
  return { svg: new XMLSerializer().serializeToString(root), width, height };
}

interface Place {
  left: number;
  top: number;
}

function draw(node: Node, root: SVGElement, place: Place): void {
  if (node instanceof Text) {
    drawText(node, root, place);
    return;
  }
  if (!(node instanceof Element) || node.matches(skipped) || !isSeen(node)) return;
  if (node instanceof SVGSVGElement) root.append(styledCopy(node, place));
  else if (node instanceof HTMLCanvasElement) root.append(imageOf(node, place));
  else for (const child of node.childNodes) draw(child, root, place);
}

function isSeen(element: Element): boolean {
  const { display, visibility, clipPath, opacity } = getComputedStyle(element);
  return display !== 'none' && visibility !== 'hidden' && opacity !== '0' && clipPath !== 'inset(50%)';
}

/** An SVG of the page as a nested one, every element carrying the styles that the page gave it. */
function styledCopy(svg: SVGSVGElement, place: Place): SVGElement {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const [from, to] = [all(svg), all(copy)];
  from.forEach((original, k) => {
    const target = to[k];
    if (!target) return;
    const style = getComputedStyle(original);
    const text = properties.map((name) => [name, style.getPropertyValue(name)] as const);
    // The style below restates the page's presentation attributes, whose var(--…) mean nothing outside it.
    for (const name of ['class', 'tabindex', ...properties]) target.removeAttribute(name);
    target.setAttribute(
      'style',
      text.flatMap(([name, value]) => (value ? [`${name}:${value}`] : [])).join(';'),
    );
  });
  const box = svg.getBoundingClientRect();
  set(copy, { x: box.left + place.left, y: box.top + place.top, width: box.width, height: box.height });
  return copy;
}

const all = (svg: SVGSVGElement) => [svg, ...svg.querySelectorAll<SVGElement>('*')];

function imageOf(canvas: HTMLCanvasElement, place: Place): SVGElement {
  const box = canvas.getBoundingClientRect();
  return make('image', {
    x: box.left + place.left,
    y: box.top + place.top,
    width: box.width,
    height: box.height,
    href: canvas.toDataURL('image/png'),
    preserveAspectRatio: 'none',
  });
}

/** Text of the page, a line at a time; turned where its writing mode turns it. */
function drawText(node: Text, root: SVGElement, place: Place): void {
  const parent = node.parentElement;
  if (!parent || !node.data.trim()) return;
  const style = getComputedStyle(parent);
  const vertical = style.writingMode.startsWith('vertical');
  for (const { words, box } of linesOf(node)) {
    const [x, y] = [box.left + place.left, box.top + place.top];
    const text = make('text', {
      'font-family': style.fontFamily,
      'font-size': style.fontSize,
      'font-weight': style.fontWeight,
      'font-style': style.fontStyle,
      fill: style.color,
    });
    if (vertical) {
      const transform = `translate(${x + 0.78 * box.width} ${y + box.height / 2}) rotate(-90)`;
      set(text, { transform, 'text-anchor': 'middle' });
    } else set(text, { x, y: y + 0.8 * box.height, textLength: box.width, lengthAdjust: 'spacing' });
    root.append(withText(text, words));
  }
}

/** The words of a text node as they are broken into lines, with the box of each line. */
function linesOf(node: Text): { words: string; box: DOMRect }[] {
  const lines: { words: string; start: number; end: number; top: number }[] = [];
  const range = document.createRange();
  for (const { 0: word, index } of node.data.matchAll(/\S+/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    const { top, height } = range.getBoundingClientRect();
    if (height === 0) continue;
    const last = lines.at(-1);
    if (last && Math.abs(last.top - top) < 2) {
      last.words += ` ${word}`;
      last.end = index + word.length;
    } else lines.push({ words: word, start: index, end: index + word.length, top });
  }
  return lines.map(({ words, start, end }) => {
    range.setStart(node, start);
    range.setEnd(node, end);
    return { words, box: range.getBoundingClientRect() };
  });
}

function make(name: string, attributes: Record<string, string | number> = {}): SVGElement {
  const element = document.createElementNS(namespace, name);
  set(element, attributes);
  return element;
}

function set(element: SVGElement, attributes: Record<string, string | number>): void {
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, typeof value === 'number' ? String(Number(value.toFixed(2))) : value);
  }
}

function withText(element: SVGElement, text: string): SVGElement {
  element.textContent = text;
  return element;
}
