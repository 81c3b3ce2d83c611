/** The lines of the scene, and which of them stand out. */
import type { EdgePath } from '../../model/layout';
import type { Reach } from '../../model/reach';
import { svg } from './shapes';

const ARROWS_UP_TO = 1500;

interface Line {
  readonly from: string;
  readonly to: string;
  readonly element: SVGPathElement;
}

export class EdgeLayer {
  readonly element = svg('g', { class: 'couture-Scene-edges', 'aria-hidden': 'true' });
  private lines: readonly Line[] = [];
  private lit: readonly SVGPathElement[] = [];
  private critical: readonly SVGPathElement[] = [];

  setEdges(edges: readonly EdgePath[], arrowId: string): void {
    this.lines = edges.map(({ from, to, path }) => ({
      from,
      to,
      element: svg('path', { class: 'couture-Edge', d: path })
    }));
    this.lit = [];
    this.critical = [];
    const hasArrows = edges.length <= ARROWS_UP_TO;
    this.element.setAttribute('marker-end', hasArrows ? `url(#${arrowId})` : 'none');
    this.element.replaceChildren(...this.lines.map(line => line.element));
  }

  /** Lights the lines on the ways to and from a task; none for null. */
  light(id: string | null, around: Reach): void {
    this.lit.forEach(line => {
      line.classList.remove('is-lit');
      delete line.dataset['way'];
    });
    const found: SVGPathElement[] = [];
    const show = (line: SVGPathElement, way: 'up' | 'down'): void => {
      line.classList.add('is-lit');
      line.dataset['way'] = way;
      found.push(line);
    };
    if (id !== null) {
      for (const { from, to, element } of this.lines) {
        if (around.up.has(from) && (to === id || around.up.has(to))) {
          show(element, 'up');
        } else if (around.down.has(to) && (from === id || around.down.has(from))) {
          show(element, 'down');
        }
      }
    }
    this.lit = found;
  }

  /** Marks the lines of a chain. */
  setChain(links: ReadonlySet<string>): void {
    this.critical.forEach(line => line.classList.remove('is-critical'));
    this.critical = this.lines
      .filter(({ from, to }) => links.has(linkKey(from, to)))
      .map(({ element }) => element);
    this.critical.forEach(line => line.classList.add('is-critical'));
  }
}

export function linkKey(from: string, to: string): string {
  return JSON.stringify([from, to]);
}
