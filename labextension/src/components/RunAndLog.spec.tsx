// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EMPTY_WINDOW, appendChunk } from '../model/logBuffer';
import { english, makeRun } from '../testing/builders';
import { render, type Rendered } from '../testing/render';
import { LogView } from './LogView';
import { RunSelector } from './RunSelector';

let shown: Rendered | null = null;

afterEach(() => {
  shown?.unmount();
  shown = null;
});

describe('the run selector', () => {
  it('offers the latest run, the newest version and every run', () => {
    const run = { ...makeRun({ state: 'success' }), seq: 1 };
    const onChoice = vi.fn();
    shown = render(
      <RunSelector
        runs={[run]}
        shown={run}
        choice={{ kind: 'latest' }}
        now={0}
        trans={english}
        onChoice={onChoice}
      />
    );
    const options = [...shown.host.querySelectorAll('option')].map(option => option.value);
    expect(options).toEqual(['latest', 'version', 'run:run-1']);
    expect(shown.find('[data-couture="run-state"]').dataset['state']).toBe('success');
  });
});

describe('the log', () => {
  it('shows text as text, whatever a task prints', () => {
    const text = '\u001b[31mred\u001b[0m <img src=x onerror=alert(1)>\n';
    const window = appendChunk(EMPTY_WINDOW, {
      text,
      offset: 100,
      next_offset: 100 + text.length,
      size: 100 + text.length,
      complete: true
    });
    const onEarlier = vi.fn();
    shown = render(
      <LogView
        state={{ window, status: 'complete', problem: null, isReadingBack: false }}
        downloadUrl="/log"
        isWrapped={false}
        trans={english}
        onWrap={vi.fn()}
        onEarlier={onEarlier}
        onFollow={vi.fn()}
        onRetry={vi.fn()}
        onCopy={vi.fn()}
      />
    );
    expect(shown.host.querySelector('img')).toBeNull();
    expect(shown.find('.couture-Log-line').textContent).toContain('red <img src=x');
    expect(shown.find('[data-couture="log-download"]').getAttribute('href')).toBe('/log');
    shown.click('[data-couture="log-earlier"]');
    expect(onEarlier).toHaveBeenCalled();
  });
});
