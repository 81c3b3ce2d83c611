/**
 * The scene as a file that stands alone: the styles that it has on the screen, written into it.
 *
 * Nothing is asked of any server. Texts use the fonts of whoever looks at the file.
 */
import type { GraphScene } from './scene';
import { svg } from './shapes';

const STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'opacity'
] as const;
const TEXT_STYLES = [
  'font-family',
  'font-size',
  'font-weight',
  'font-style',
  'text-anchor'
] as const;
const USUAL: ReadonlySet<string> = new Set([
  'fill-opacity:1',
  'stroke-opacity:1',
  'stroke-dasharray:none',
  'stroke-linecap:butt',
  'stroke-linejoin:miter',
  'opacity:1',
  'stroke:none',
  'font-style:normal',
  'text-anchor:start'
]);
const MARGIN = 12;
const LARGEST_PIXELS = 8192;

export interface Picture {
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

/** Mixed colours are told as `color(srgb …)`, which few programs but browsers read. */
export function plainColour(value: string): string {
  const parts = /^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)(?: \/ ([\d.e-]+))?\)$/.exec(value);
  if (!parts) {
    return value;
  }
  const [red, green, blue] = parts.slice(1, 4).map(part => Math.round(255 * Number(part)));
  return parts[4] === undefined
    ? `rgb(${red}, ${green}, ${blue})`
    : `rgba(${red}, ${green}, ${blue}, ${parts[4]})`;
}

/** Copies an element as it looks; null for one that cannot be seen. */
function copy(element: Element): Element | null {
  const style = getComputedStyle(element);
  if (style.display === 'none') {
    return null;
  }
  const made = element.cloneNode(false) as Element;
  for (const { name } of [...made.attributes]) {
    if (/^(class|role|id|style|aria-.*|data-.*)$/.test(name)) {
      made.removeAttribute(name);
    }
  }
  if (element.tagName === 'title') {
    made.textContent = element.textContent;
    return made;
  }
  const isText = element.tagName === 'text';
  const isDrawn = isText || ['path', 'rect'].includes(element.tagName);
  const names = isText ? [...STYLES, ...TEXT_STYLES] : isDrawn ? STYLES : (['opacity'] as const);
  for (const name of names) {
    const value = plainColour(style.getPropertyValue(name));
    if (value !== '' && !USUAL.has(`${name}:${value}`)) {
      made.setAttribute(name, value);
    }
  }
  if (isText) {
    made.textContent = element.textContent;
  }
  for (const child of element.children) {
    const inner = copy(child);
    if (inner) {
      made.append(inner);
    }
  }
  return made;
}

/** Arrow heads and hatching, called by names of their own; arrow heads in the colour of most lines. */
function copyDefinitions(frame: SVGSVGElement): SVGDefsElement {
  const edge = frame.querySelector('.couture-Edge:not(.is-lit):not(.is-critical)');
  const colour = edge ? plainColour(getComputedStyle(edge).stroke) : 'gray';
  const made = svg('defs', {});
  for (const each of frame.querySelectorAll('defs > *')) {
    const inner = copy(each);
    if (inner) {
      inner.id = each.id.replace(/^couture-scene-\d+-/, '');
      if (each.tagName === 'marker') {
        inner.querySelector('path')?.setAttribute('fill', colour);
      }
      made.append(inner);
    }
  }
  return made;
}

/** The whole graph as it is coloured now, in full detail. */
export function takePicture(scene: GraphScene, title: string): Picture {
  const { frame } = scene;
  return scene.whileComplete((group, content) => {
    const width = Math.ceil(content.width + 2 * MARGIN);
    const height = Math.ceil(content.height + 2 * MARGIN);
    const drawing = copy(group);
    drawing?.setAttribute('transform', `translate(${MARGIN},${MARGIN})`);
    const ground = plainColour(getComputedStyle(frame).backgroundColor);
    const root = svg(
      'svg',
      { width, height, viewBox: `0 0 ${width} ${height}` },
      svg('title', {}, title),
      copyDefinitions(frame),
      svg('rect', { width, height, fill: ground })
    );
    if (drawing) {
      root.append(drawing);
    }
    const text = new XMLSerializer()
      .serializeToString(root)
      .replaceAll(/url\((&quot;|")?[^)]*?#couture-scene-\d+-([a-z]+)(&quot;|")?\)/g, 'url(#$2)');
    return { text, width, height };
  });
}

/** The picture in pixels, twice as fine as on a plain screen if it is not too large for that. */
export async function toPng({ text, width, height }: Picture): Promise<Blob> {
  const scale = Math.min(2, LARGEST_PIXELS / Math.max(width, height));
  const address = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.ceil(width * scale);
    canvas.height = Math.ceil(height * scale);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob(blob => (blob ? resolve(blob) : reject(new Error('The picture is too large.'))))
    );
  } finally {
    URL.revokeObjectURL(address);
  }
}

export function toSvg({ text }: Picture): Blob {
  return new Blob(['<?xml version="1.0" encoding="UTF-8"?>\n', text], { type: 'image/svg+xml' });
}

/** Hands a file to the user. */
export function download(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(address), 1000);
}
