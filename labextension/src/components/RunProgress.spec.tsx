// @vitest-environment jsdom
import { afterEach, describe, expect, it } from 'vitest';
import { english, makeRun } from '../testing/builders';
import { render, type Rendered } from '../testing/render';
import { RunProgress } from './RunProgress';

let shown: Rendered | null = null;

afterEach(() => {
  shown?.unmount();
  shown = null;
});

describe('RunProgress', () => {
  it('shows what is over, what is under way and what is to come, without tasks that are gone', () => {
    const run = makeRun({ state: 'running', ended_at: null });
    shown = render(
      <RunProgress
        run={run}
        counts={{ none: 3, running: 1, failed: 1, success: 2, removed: 4 }}
        now={0}
        trans={english}
      />
    );
    const bar = shown.find('[role="progressbar"]');
    expect(bar.getAttribute('aria-valuetext')).toBe('3 of 7 tasks');
    expect([bar.getAttribute('aria-valuenow'), bar.getAttribute('aria-valuemax')]).toEqual([
      '3',
      '7'
    ]);
    expect([...bar.children].map(part => part.getAttribute('data-state'))).toEqual([
      'success',
      'failed',
      'running',
      'none'
    ]);
    expect(shown.host.querySelector('[data-couture="run-outcome"]')).toBeNull();
  });

  it('ends with the outcome, and says why', () => {
    const run = makeRun({
      state: 'failed',
      started_at: '2026-01-01T00:00:00Z',
      ended_at: '2026-01-01T00:01:05Z',
      reason: 'A task failed.'
    });
    shown = render(<RunProgress run={run} counts={{ failed: 1 }} now={0} trans={english} />);
    const outcome = shown.find('[data-couture="run-outcome"]');
    expect(outcome.textContent).toBe('The run failed after 1 min 05 s. A task failed.');
    expect(outcome.getAttribute('role')).toBe('status');
  });
});
