import { describe, expect, it } from 'vitest';
import { drawOutput, pageOf } from './outputs';

describe('drawOutput', () => {
  it('takes the richest form of what was shown', () => {
    const data = { 'text/plain': '<Figure>', 'image/png': 'aGk=\n', 'text/html': '' };
    expect(
      drawOutput({ output_type: 'display_data', data, metadata: { 'image/png': { width: 40 } } })
    ).toEqual({ type: 'image', source: 'data:image/png;base64,aGk=', width: 40 });
    expect(
      drawOutput({ output_type: 'display_data', data: { ...data, 'text/html': '<b>1</b>' } })
    ).toEqual({ type: 'html', html: '<b>1</b>' });
  });

  it('draws SVG as a picture, in which no script runs', () => {
    const svg = '<svg onload="alert(1)"/>';
    expect(drawOutput({ output_type: 'display_data', data: { 'image/svg+xml': svg } })).toEqual({
      type: 'image',
      source: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`,
      width: null
    });
  });

  it('shows streams, errors and JSON as text', () => {
    expect(drawOutput({ output_type: 'stream', name: 'stderr', text: 'oh' })).toEqual({
      type: 'text',
      text: 'oh',
      isError: true
    });
    expect(
      drawOutput({ output_type: 'error', ename: 'E', evalue: 'v', traceback: ['a', 'b'] })
    ).toEqual({ type: 'text', text: 'a\nb', isError: true });
    expect(
      drawOutput({ output_type: 'error', ename: 'E', evalue: 'v', traceback: [] })
    ).toMatchObject({ text: 'E: v' });
    expect(
      drawOutput({
        output_type: 'display_data',
        data: { 'application/json': { a: 1 }, 'text/plain': '<JSON>' }
      })
    ).toMatchObject({ text: '{\n  "a": 1\n}' });
  });

  it('names what it cannot draw, whatever the file holds', () => {
    const data = { 'application/vnd.jupyter.widget-view+json': {} };
    expect(drawOutput({ output_type: 'display_data', data })).toEqual({
      type: 'other',
      mimeTypes: ['application/vnd.jupyter.widget-view+json']
    });
    expect(drawOutput({ output_type: 'display_data', data: 3 })).toMatchObject({ text: '' });
    expect(drawOutput({ output_type: 'error', traceback: 3 })).toMatchObject({ text: ': ' });
  });
});

describe('pageOf', () => {
  it('lets HTML fetch nothing', () => {
    const page = pageOf('<img src="https://elsewhere/x.png">', '');
    expect(page.indexOf("default-src 'none'")).toBeLessThan(page.indexOf('<img'));
  });
});
