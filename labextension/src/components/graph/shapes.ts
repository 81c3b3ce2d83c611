/** Making SVG elements, and what the whole scene refers to: arrow heads and hatching. */
const SVG = 'http://www.w3.org/2000/svg';

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly (SVGElement | string)[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

export function shorten(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, Math.max(1, characters - 1))}…`;
}

/** The definitions of a scene, with ids that begin with its own. */
export function definitions(id: string): SVGDefsElement {
  const marker = svg(
    'marker',
    {
      id: `${id}-arrow`,
      class: 'couture-arrow',
      viewBox: '0 0 8 8',
      refX: 7,
      refY: 4,
      markerWidth: 10,
      markerHeight: 10,
      markerUnits: 'userSpaceOnUse',
      orient: 'auto'
    },
    svg('path', { d: 'M0.5,0.5L7.5,4L0.5,7.5Z' })
  );
  const hatch = svg(
    'pattern',
    {
      id: `${id}-hatch`,
      class: 'couture-hatch',
      width: 7,
      height: 7,
      patternUnits: 'userSpaceOnUse',
      patternTransform: 'rotate(45)'
    },
    svg('path', { d: 'M0,0V7' })
  );
  return svg('defs', {}, marker, hatch);
}
