// @vitest-environment jsdom
import { LauncherModel } from '@jupyterlab/launcher';
import { ServerConnection } from '@jupyterlab/services';
import { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CommandIDs } from '../commands';
import plugins from '../index';
import { ICouture } from '../tokens';
import { launcherPlugin } from './launcher';

class NoSocket {
  close(): void {}
}

interface FakeApp {
  readonly app: JupyterFrontEnd;
  readonly added: { readonly widget: Widget; readonly area: string | undefined }[];
}

/** The parts of an application that our plugins use; the server answers nothing. */
function fakeApp(): FakeApp {
  const added: FakeApp['added'] = [];
  const serverSettings = ServerConnection.makeSettings({
    fetch: () => new Promise<Response>(() => undefined),
    WebSocket: NoSocket as unknown as typeof WebSocket
  });
  const app = {
    commands: new CommandRegistry(),
    serviceManager: { serverSettings, contents: { addDrive: vi.fn() } },
    shell: {
      add: (widget: Widget, area?: string) => {
        added.push({ widget, area });
        Widget.attach(widget, document.body);
      },
      activateById: vi.fn()
    }
  };
  return { app: app as unknown as JupyterFrontEnd, added };
}

/** Activates every plugin with nothing but what it requires. */
function activateAll(app: JupyterFrontEnd): ICouture {
  let couture: ICouture | null = null;
  for (const plugin of plugins as readonly JupyterFrontEndPlugin<unknown>[]) {
    const required = (plugin.requires ?? []).map(token => {
      expect(token).toBe(ICouture);
      return couture;
    });
    const optional = (plugin.optional ?? []).map(() => null);
    const provided = plugin.activate(app, ...required, ...optional);
    if (plugin.provides === ICouture) {
      couture = provided as ICouture;
    }
  }
  if (!couture) {
    throw new Error('no plugin provides ICouture');
  }
  return couture;
}

describe('the plugins', () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  it('start when every optional service is missing', () => {
    const { app, added } = fakeApp();
    const couture = activateAll(app);
    expect(added.map(({ widget, area }) => [widget.id, area])).toEqual([
      ['couture-dags-panel', 'left']
    ]);
    for (const id of Object.values(CommandIDs)) {
      expect(app.commands.hasCommand(id)).toBe(true);
    }
    couture.dispose();
    expect(couture.isDisposed).toBe(true);
    added.forEach(({ widget }) => widget.dispose());
  });

  it('open a DAG once, and bring it back to the front with what is asked', async () => {
    const { app, added } = fakeApp();
    const couture = activateAll(app);
    const open = (args: Record<string, string>) =>
      app.commands.execute(CommandIDs.openDag, { dagId: 'etl', ...args });
    const first = await open({ tab: 'code' });
    const second = await open({ tab: 'graph', runId: 'run-7', taskId: 'load' });
    expect(second).toBe(first);
    expect(first.content.view.getState()).toMatchObject({
      tab: 'graph',
      choice: { kind: 'run', runId: 'run-7' },
      taskId: 'load'
    });
    expect(added.filter(({ area }) => area === 'main')).toHaveLength(1);
    couture.dispose();
    added.forEach(({ widget }) => widget.dispose());
  });

  it('offer a new DAG in the launcher only to those who may write one', () => {
    const { app, added } = fakeApp();
    const couture = activateAll(app);
    const cards = new LauncherModel();
    void launcherPlugin.activate(app, couture, cards);
    const commands = (): readonly string[] => [...cards.items()].map(({ command }) => command);
    const allow = (...permissions: readonly string[]): void =>
      couture.session.store.dispatch({ type: 'me', me: { user: 'ann', permissions } as never });
    expect(commands()).toContain(CommandIDs.openDags);
    expect(commands()).not.toContain(CommandIDs.newDag);
    allow('dags.read', 'dags.edit');
    allow('dags.edit');
    expect(commands().filter(id => id === CommandIDs.newDag)).toHaveLength(1);
    allow('dags.read');
    expect(commands()).not.toContain(CommandIDs.newDag);
    couture.dispose();
    added.forEach(({ widget }) => widget.dispose());
  });

  it('each have an id of this package and say what they do', () => {
    const ids = plugins.map(plugin => plugin.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const plugin of plugins) {
      expect(plugin.id).toMatch(/^@jupyter-couture\/labextension:[a-z-]+$/);
      expect(plugin.description).toBeTruthy();
    }
  });
});
