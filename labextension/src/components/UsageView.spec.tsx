// @vitest-environment jsdom
import { act } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Usage } from '../model/wireUsage';
import { T0, english } from '../testing/builders';
import { render, type Rendered } from '../testing/render';
import { UsageView } from './UsageView';

const MB = 1024 * 1024;

let shown: Rendered | null = null;

afterEach(() => {
  shown?.unmount();
  shown = null;
  vi.restoreAllMocks();
});

const USAGE: Usage = {
  began_at: T0,
  samples: [
    { seconds: 1, cpu_seconds: 0.5, memory_bytes: 10 * MB, processes: 1 },
    { seconds: 2, cpu_seconds: 2.5, memory_bytes: 200 * MB, processes: 3 },
    { seconds: 4, cpu_seconds: 3.5, memory_bytes: 100 * MB, processes: 1 }
  ],
  complete: true
};

function view(usage: Usage | null): HTMLElement {
  shown = render(<UsageView tryNumber={2} usage={usage} trans={english} />);
  return shown.host;
}

describe('what an attempt used', () => {
  it('is drawn, and told to those who do not see it', () => {
    const host = view(USAGE);
    expect(host.textContent).toContain('3.50 s of CPU in 4.00 s, at most 200.0 MB of memory');
    expect(host.textContent).toContain('up to 3 processes');
    expect([...host.querySelectorAll('svg')].map(svg => svg.getAttribute('aria-label'))).toEqual([
      'CPU (100 % is one core): peak 200 % at 2.00 s · average 88 %',
      'Memory: peak 200.0 MB at 2.00 s · average 102.5 MB'
    ]);
    expect(
      [...host.querySelectorAll('.couture-TimeLine-values')].map(
        axis => axis.firstChild?.textContent
      )
    ).toEqual(['200 %', '256.0 MB']);
  });

  it('tells the value under the pointer', () => {
    const memory = view(USAGE).querySelector('[data-kind="memory"]');
    const svg = memory?.querySelector('svg');
    const told = memory?.querySelector('[data-couture="timeline-summary"]');
    vi.spyOn(Element.prototype, 'getBoundingClientRect').mockReturnValue({
      left: 100,
      width: 400
    } as DOMRect);
    act(() => {
      svg?.dispatchEvent(new MouseEvent('pointermove', { clientX: 310, bubbles: true }));
    });
    expect(told?.textContent).toBe('200.0 MB at 2.00 s');
    act(() => {
      svg?.dispatchEvent(new MouseEvent('pointerout', { clientX: 0, bubbles: true }));
    });
    expect(told?.textContent).toContain('peak 200.0 MB');
  });

  it('says why there is nothing to draw', () => {
    const nothing: Usage = { began_at: null, samples: [], complete: true };
    expect(view(nothing).textContent).toContain('ends within a second');
    shown?.unmount();
    expect(view({ ...nothing, complete: false }).textContent).toContain('Nothing measured yet');
    shown?.unmount();
    expect(view(null).textContent).toContain('Loading');
  });
});
