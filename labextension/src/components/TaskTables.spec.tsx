// @vitest-environment jsdom
import { act } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EMPTY_WINDOW, appendChunk } from '../model/logBuffer';
import type { Attempt } from '../model/wire';
import type { XCom } from '../model/wireTask';
import { T0, T1, english } from '../testing/builders';
import { render, type Rendered } from '../testing/render';
import { LogView } from './LogView';
import { TaskAttempts } from './TaskAttempts';
import { TaskXComs } from './TaskXComs';

let shown: Rendered | null = null;

afterEach(() => {
  shown?.unmount();
  shown = null;
});

describe('the tables of the panel', () => {
  const attempt: Attempt = {
    attempt_id: 'a1',
    try_number: 1,
    state: 'failed',
    dispatched_at: T0,
    started_at: T1,
    ended_at: T1,
    duration_seconds: 0,
    host: 'node-3',
    pid: 77,
    exit_code: 1,
    error: { type: 'ValueError', message: 'no', traceback: '', hint: '' },
    log_size: 2048,
    cpu_seconds: 12.5,
    peak_memory_bytes: 3 * 1024 * 1024
  };
  const xcom: XCom = {
    dag_id: 'etl',
    run_id: 'run-1',
    task_id: 'extract',
    map_index: -1,
    key: 'where',
    form: 'json',
    type: 'dict',
    size_bytes: 12,
    is_file: false,
    preview: { city: 'Basel' },
    pushed_at: T0
  };

  it('say how long an attempt waited, where it ran and how it ended', () => {
    const onLog = vi.fn();
    shown = render(
      <TaskAttempts
        attempts={[attempt]}
        shownTry={1}
        now={0}
        trans={english}
        mayReadLogs={true}
        downloadUrl={number => `/log/${number}`}
        usage={null}
        onLog={onLog}
        onTry={vi.fn()}
      />
    );
    for (const text of ['5.00 s', 'node-3', 'process 77', 'ValueError', 'exit code 1']) {
      expect(shown.find('tbody').textContent).toContain(text);
    }
    for (const text of ['12.5 s', '3.0 MB']) {
      expect(shown.find('tbody').textContent).toContain(text);
    }
    expect(shown.find('a').getAttribute('href')).toBe('/log/1');
    shown.click('[data-couture="attempt-log"]');
    expect(onLog).toHaveBeenCalledWith(1);
  });

  it('let values be deleted only by those who may', () => {
    const onRemove = vi.fn();
    const onOffset = vi.fn();
    const table = (mayRemove: boolean): JSX.Element => (
      <TaskXComs
        xcoms={[xcom]}
        total={201}
        offset={200}
        pageSize={100}
        mayRemove={mayRemove}
        trans={english}
        onRemove={onRemove}
        onOffset={onOffset}
      />
    );
    shown = render(table(false));
    expect(shown.find('tbody').textContent).toContain('"city": "Basel"');
    expect(shown.host.querySelector('[data-couture="xcom-remove"]')).toBeNull();
    expect(shown.find('[data-couture="showing"]').textContent).toContain('201 to 201 of 201');
    shown.click('[aria-label="First page"]');
    expect(onOffset).toHaveBeenCalledWith(0);
    shown.rerender(table(true));
    shown.click('[data-couture="xcom-remove"]');
    expect(onRemove).toHaveBeenCalledWith('where');
  });
});

describe('the log view', () => {
  const text = 'one\nWARNING: two\nERROR: three\nfour\n';
  const window = appendChunk(EMPTY_WINDOW, {
    text,
    offset: 0,
    next_offset: text.length,
    size: text.length,
    complete: true
  });

  function logOf(onCopy = vi.fn()): JSX.Element {
    return (
      <LogView
        state={{ window, status: 'complete', problem: null, isReadingBack: false }}
        downloadUrl=""
        isWrapped={false}
        trans={english}
        onWrap={vi.fn()}
        onEarlier={vi.fn()}
        onFollow={vi.fn()}
        onRetry={vi.fn()}
        onCopy={onCopy}
      />
    );
  }

  it('shows lines from a level on, and copies what it shows', () => {
    Element.prototype.scrollIntoView = vi.fn();
    const onCopy = vi.fn();
    shown = render(logOf(onCopy));
    expect(shown.host.querySelectorAll('.couture-Log-line')).toHaveLength(4);
    const select = shown.find('select') as HTMLSelectElement;
    act(() => {
      select.value = 'warning';
      select.dispatchEvent(new Event('change', { bubbles: true }));
    });
    expect(shown.host.querySelectorAll('.couture-Log-line')).toHaveLength(2);
    shown.click('[data-couture="log-copy"]');
    expect(onCopy).toHaveBeenCalledWith('WARNING: two\nERROR: three');
    shown.click('[data-couture="log-first-error"]');
    expect(shown.find('[data-current]').textContent).toContain('ERROR: three');
  });
});
