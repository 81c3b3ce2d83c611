// @vitest-environment jsdom
import { nullTranslator } from '@jupyterlab/translation';
import { act, type ComponentType } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { render } from '../testing/render';
import type { ICouture } from '../tokens';
import { loadable } from './loadable';

interface ViewProps {
  readonly couture: ICouture;
}

const couture = { trans: nullTranslator.load('') } as unknown as ICouture;
const settle = (): Promise<void> => act(async () => Promise.resolve());

describe('a view that is loaded late', () => {
  it('offers another try where its code does not come', async () => {
    const View: ComponentType<ViewProps> = () => <p>here</p>;
    let isAway = true;
    const Late = loadable<ViewProps>(() =>
      isAway ? Promise.reject(new Error('no chunk')) : Promise.resolve({ default: View })
    );
    const shown = render(<Late couture={couture} />);
    await settle();
    expect(shown.find('[role="alert"]').textContent).toContain('does not answer');
    isAway = false;
    shown.click('button');
    await settle();
    expect(shown.host.textContent).toBe('here');
  });

  it('tells a fault in its place and leaves what is around it', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    let isBroken = true;
    const View: ComponentType<ViewProps> = () => {
      if (isBroken) {
        throw new Error('this view is broken');
      }
      return <p>drawn</p>;
    };
    const Late = loadable<ViewProps>(() => Promise.resolve({ default: View }));
    const shown = render(
      <main>
        <h1>Around</h1>
        <Late couture={couture} />
      </main>
    );
    await settle();
    expect(shown.find('h1').textContent).toBe('Around');
    expect(shown.find('[role="alert"]').textContent).toContain('this view is broken');
    isBroken = false;
    shown.click('button');
    expect(shown.find('p').textContent).toBe('drawn');
  });
});
