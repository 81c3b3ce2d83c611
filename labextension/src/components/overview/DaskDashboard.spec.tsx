// @vitest-environment jsdom
import { afterEach, describe, expect, it } from 'vitest';
import type { Dashboard } from '../../model/wireActivity';
import { english } from '../../testing/builders';
import { render, type Rendered } from '../../testing/render';
import { DaskDashboard } from './DaskDashboard';

let shown: Rendered | null = null;

afterEach(() => {
  shown?.unmount();
  shown = null;
});

function show(state: Dashboard['state'], message = ''): Rendered {
  const dashboard = { state, path: state === 'ready' ? 'couture/dask' : null, message };
  shown = render(<DaskDashboard dashboard={dashboard} url="/a/couture/dask" trans={english} />);
  return shown;
}

describe('the way to the Dask dashboard', () => {
  it('is a link to a tab that knows nothing of this one', () => {
    const link = show('ready').find('a');
    expect(link.getAttribute('href')).toBe('/a/couture/dask');
    expect(link.getAttribute('target')).toBe('_blank');
    expect(link.getAttribute('rel')).toContain('noopener');
  });

  it('says why it leads nowhere for now', () => {
    const { host } = show('down', 'it may be starting');
    expect(host.textContent).toContain('it may be starting');
    expect(host.querySelector('a')).toBeNull();
  });

  it('is not there while the dashboard is off', () => {
    expect(show('off', 'how to turn it on').host.textContent).toBe('');
  });
});
