/** Frames around open groups. Their titles fold them. */
import type { GroupBox } from '../../model/layout';
import type { GraphGroup } from '../../model/wire';
import { shorten, svg } from './shapes';

const TITLE_HEIGHT = 20;
const CHARACTER_WIDTH = 6.6;
const SIGN_ROOM = 24;

function frame(box: GroupBox, group: GraphGroup, title: string): SVGGElement {
  const { x, y, width, height } = box;
  const label = shorten(group.label, Math.floor((width - SIGN_ROOM) / CHARACTER_WIDTH));
  return svg(
    'g',
    {
      class: 'couture-Frame',
      'data-group-id': group.id,
      transform: `translate(${x},${y})`
    },
    svg('rect', { class: 'couture-Frame-box', width, height, rx: 8 }),
    svg(
      'g',
      { class: 'couture-Frame-title' },
      svg('rect', { class: 'couture-Frame-grip', width, height: TITLE_HEIGHT, rx: 8 }),
      svg('path', { class: 'couture-Frame-sign', d: 'M7,8l4,4l4,-4' }),
      svg('text', { class: 'couture-Frame-label', x: 20, y: 14 }, label),
      svg('title', {}, [title, group.tooltip].filter(Boolean).join('\n'))
    )
  );
}

export class FrameLayer {
  /** The keyboard folds from the tasks and from the list; the titles are for the pointer. */
  readonly element = svg('g', { class: 'couture-Scene-frames', 'aria-hidden': 'true' });

  setGroups(
    boxes: readonly GroupBox[],
    groups: readonly GraphGroup[],
    describe: (group: GraphGroup) => string
  ): void {
    const known = new Map(groups.map(group => [group.id, group]));
    this.element.replaceChildren(
      ...boxes.flatMap(box => {
        const group = known.get(box.id);
        return group ? frame(box, group, describe(group)) : [];
      })
    );
  }

  /** The group whose title was hit. */
  static groupAt(target: EventTarget | null): string | null {
    const title = target instanceof Element ? target.closest('.couture-Frame-title') : null;
    return title?.parentElement?.getAttribute('data-group-id') ?? null;
  }
}
