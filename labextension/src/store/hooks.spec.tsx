// @vitest-environment jsdom
import { act } from 'react';
import { describe, expect, it, vi } from 'vitest';
import type { CoutureApi } from '../api/rest';
import { render } from '../testing/render';
import { useFetched, useLog } from './hooks';
import { Seen } from './seen';

/** A server that answers when it is told to. */
class SlowServer {
  private readonly waiting: ((answer: string) => void)[] = [];
  asked = 0;

  readonly fetch = (): Promise<string> => {
    this.asked += 1;
    return new Promise(resolve => this.waiting.push(resolve));
  };

  answer(text: string): Promise<void> {
    return act(async () => {
      this.waiting.shift()?.(text);
      await new Promise(resolve => window.setTimeout(resolve, 1));
    });
  }
}

interface ShowProps {
  readonly server: SlowServer;
  readonly about: string;
  readonly moment: string;
}

function Show({ server, about, moment }: ShowProps): JSX.Element {
  const { load, value } = useFetched(about, server.fetch, about, moment);
  return (
    <p>
      {load.status} {value}
    </p>
  );
}

describe('a fetched value', () => {
  it('is shown however often there is something newer meanwhile, and fetched once more then', async () => {
    const server = new SlowServer();
    const shown = render(<Show server={server} about="a" moment="1" />);
    shown.rerender(<Show server={server} about="a" moment="2" />);
    shown.rerender(<Show server={server} about="a" moment="3" />);
    expect(server.asked).toBe(1);
    await server.answer('first');
    expect(shown.host.textContent).toBe('ready first');
    await act(() => vi.waitFor(() => expect(server.asked).toBe(2)));
    await server.answer('second');
    expect(shown.host.textContent).toBe('ready second');
    expect(server.asked).toBe(2);
  });

  it('of something else is asked for at once, and the late answer dropped', async () => {
    const server = new SlowServer();
    const shown = render(<Show server={server} about="a" moment="" />);
    shown.rerender(<Show server={server} about="b" moment="" />);
    expect(server.asked).toBe(2);
    await server.answer('of a');
    expect(shown.host.textContent).toBe('loading ');
    await server.answer('of b');
    expect(shown.host.textContent).toBe('ready of b');
  });
});

describe('a followed log', () => {
  const ref = { dagId: 'etl', runId: 'run-1', taskId: 'load', mapIndex: -1, tryNumber: 1 };
  const open = new Set<AbortSignal>();
  const log: CoutureApi['log'] = (_ref, _query, signal) => {
    open.add(signal);
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        open.delete(signal);
        reject(new DOMException('', 'AbortError'));
      });
    });
  };
  const api = { log };

  function Log(): null {
    useLog(api, 'load', ref);
    return null;
  }

  function view(isSeen: boolean): JSX.Element {
    return (
      <Seen.Provider value={isSeen}>
        <Log />
      </Seen.Provider>
    );
  }

  it('holds a connection only while it is seen', () => {
    const shown = render(view(true));
    expect(open.size).toBe(1);
    shown.rerender(view(false));
    expect(open.size).toBe(0);
    shown.rerender(view(true));
    expect(open.size).toBe(1);
    shown.unmount();
    expect(open.size).toBe(0);
  });
});
