/** A new DAG file in the lab's editor, and the way to the folder of the DAG files. */
import { InputDialog } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { ServerConnection, type Contents } from '@jupyterlab/services';
import type { CommandRegistry } from '@lumino/commands';
import type { Translate } from '../model/labels';
import { DAG_NAME, newDagSource } from '../model/newDag';
import { pathInLab } from '../model/paths';
import { tell } from './tell';

/** The folder of the DAG files as the lab's file browser names it; null, and a word on it, if it cannot be seen. */
function folderInLab(trans: Translate): string | null {
  const folder = PageConfig.getOption('coutureDagsFolder');
  const path = pathInLab(folder, PageConfig.getOption('serverRoot'));
  if (path === null) {
    tell(
      'warning',
      trans.__(
        'DAG files belong into %1, which lies outside of the folder that the lab shows.',
        folder
      ),
      trans
    );
  }
  return path;
}

async function isThere(contents: Contents.IManager, path: string): Promise<boolean> {
  try {
    await contents.get(path, { content: false });
    return true;
  } catch (error) {
    if (error instanceof ServerConnection.ResponseError && error.response.status === 404) {
      return false;
    }
    throw error;
  }
}

/** Asks for a name and opens a file with a DAG of that name; one that is there already is opened as it is. */
export async function newDag(
  commands: CommandRegistry,
  contents: Contents.IManager,
  trans: Translate
): Promise<void> {
  const folder = folderInLab(trans);
  if (folder === null) {
    return;
  }
  const { button, value } = await InputDialog.getText({
    title: trans.__('New DAG'),
    label: trans.__('Name: letters, digits, and _ . -'),
    okLabel: trans.__('Create'),
    pattern: DAG_NAME.source,
    required: true
  });
  const name = value?.trim() ?? '';
  if (!button.accept || !DAG_NAME.test(name)) {
    return;
  }
  const path = `${folder}/${name}.py`;
  if (await isThere(contents, path)) {
    tell('info', trans.__('There is a file %1.py already; nothing was changed.', name), trans);
  } else {
    const content = newDagSource(name, new Date().toISOString().slice(0, 10));
    await contents.save(path, { type: 'file', format: 'text', content });
  }
  await commands.execute('docmanager:open', { path });
}

/** Shows the folder in the lab's file browser. */
export async function openDagFolder(commands: CommandRegistry, trans: Translate): Promise<void> {
  const path = folderInLab(trans);
  if (path !== null) {
    await commands.execute('filebrowser:open-path', { path });
    await commands.execute('filebrowser:activate');
  }
}
