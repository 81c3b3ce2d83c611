/** What of an output of a notebook a page can draw that has no renderers of a lab. */
import type { Json, JsonObject } from './wire';

export type DrawnOutput =
  | { readonly type: 'text'; readonly text: string; readonly isError: boolean }
  | { readonly type: 'image'; readonly source: string; readonly width: number | null }
  | { readonly type: 'html'; readonly html: string }
  | { readonly type: 'other'; readonly mimeTypes: readonly string[] };

/** Richest first, as in a lab. */
const IMAGES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
const TEXTS = ['text/markdown', 'text/latex'];

function asObject(value: Json | undefined): JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as JsonObject)
    : {};
}

function asText(value: Json | undefined): string {
  return typeof value === 'string'
    ? value
    : Array.isArray(value)
      ? value.filter(part => typeof part === 'string').join('')
      : '';
}

function widthOf(metadata: JsonObject, mimeType: string): number | null {
  const { width } = asObject(metadata[mimeType]);
  return typeof width === 'number' && width > 0 ? width : null;
}

function drawData(data: JsonObject, metadata: JsonObject): DrawnOutput {
  const html = asText(data['text/html']);
  if (html !== '') {
    return { type: 'html', html };
  }
  const svg = asText(data['image/svg+xml']);
  if (svg !== '') {
    // As a picture, in which no script runs and nothing is fetched.
    const source = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
    return { type: 'image', source, width: widthOf(metadata, 'image/svg+xml') };
  }
  const image = IMAGES.find(mimeType => asText(data[mimeType]) !== '');
  if (image !== undefined) {
    const source = `data:${image};base64,${asText(data[image]).replace(/\s/g, '')}`;
    return { type: 'image', source, width: widthOf(metadata, image) };
  }
  const text =
    TEXTS.map(mimeType => asText(data[mimeType])).find(known => known !== '') ??
    ('application/json' in data
      ? JSON.stringify(data['application/json'], null, 2)
      : asText(data['text/plain']));
  return text === '' && Object.keys(data).length > 0 && !('text/plain' in data)
    ? { type: 'other', mimeTypes: Object.keys(data) }
    : { type: 'text', text, isError: false };
}

/** `output` in the form of nbformat. */
export function drawOutput(output: JsonObject): DrawnOutput {
  switch (output['output_type']) {
    case 'stream':
      return { type: 'text', text: asText(output['text']), isError: output['name'] === 'stderr' };
    case 'error': {
      const lines = output['traceback'];
      const traceback = Array.isArray(lines) ? lines.map(line => asText(line)).join('\n') : '';
      const said = `${asText(output['ename'])}: ${asText(output['evalue'])}`;
      return { type: 'text', text: traceback || said, isError: true };
    }
    default:
      return drawData(asObject(output['data']), asObject(output['metadata']));
  }
}

const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:";

/** A page of its own for HTML that nobody vouches for: it may not fetch anything, nor lead anywhere. */
export function pageOf(html: string, style: string): string {
  return `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}"><base target="_blank"><style>${style}</style><body>${html}`;
}
