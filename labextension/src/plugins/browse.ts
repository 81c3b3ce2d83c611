/** The pages of the menus Browse and Admin: a command, a tab each, and links that open them when the lab starts. */
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { CommandIDs } from '../commands';
import { coutureIcon } from '../icons';
import {
  ADMIN_PAGES,
  isPageId,
  linkTo,
  MENU_PAGES,
  PAGE_PERMISSION,
  pageName,
  readLink,
  type PageId
} from '../model/browse/pageIds';
import { isAllowed } from '../model/permissions';
import { BrowsePanel } from '../panels/BrowsePanel';
import { createDagActions } from '../panels/dagActions';
import { createLink } from '../store/link';
import { ICouture } from '../tokens';
import { showInMain } from './place';
import { startLink } from './startLink';

type BrowseWidget = MainAreaWidget<BrowsePanel>;

/** The link that the arguments of the command name; null: only the page. */
function linkOf(args: ReadonlyPartialJSONObject): { page: PageId; link: string | null } {
  const { link, page, filters } = args;
  if (typeof link === 'string') {
    const read = readLink(link);
    if (!read) {
      throw new TypeError(`There is no such page: ${link}`);
    }
    return { page: read.page, link };
  }
  if (!isPageId(page)) {
    throw new TypeError('The command needs "page" or "link".');
  }
  const values = typeof filters === 'object' && filters !== null ? Object.entries(filters) : null;
  return {
    page,
    link:
      values &&
      linkTo(page, Object.fromEntries(values.map(([name, value]) => [name, String(value)])))
  };
}

export const browsePlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyter-couture/labextension:browse',
  description:
    'Lists of all runs, jobs, task instances, assets, missed deadlines, variables and of the audit log.',
  autoStart: true,
  requires: [ICouture],
  optional: [ILayoutRestorer, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    couture: ICouture,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ): void => {
    const { commands } = app;
    const { session, trans } = couture;
    const actions = createDagActions(commands, session);
    const tracker = new WidgetTracker<BrowseWidget>({ namespace: 'couture-browse' });
    const open = (link: string): void => void commands.execute(CommandIDs.browse, { link });

    const create = (link: string): BrowseWidget => {
      const content = new BrowsePanel({ couture, actions, link: createLink(link), onLink: open });
      const widget = new MainAreaWidget({ content });
      widget.id = `couture-browse-${content.page}`;
      widget.toolbar.hide();
      widget.disposed.connect(content.link.subscribe(() => void tracker.save(widget)));
      return widget;
    };

    const mayOpen = (page: unknown): boolean =>
      !isPageId(page) || isAllowed(session.store.getState(), PAGE_PERMISSION[page]);

    commands.addCommand(CommandIDs.browse, {
      label: args => (isPageId(args['page']) ? pageName(args['page'], trans) : trans.__('Browse')),
      icon: args => (args['isPalette'] ? undefined : coutureIcon),
      isVisible: args => mayOpen(args['page']),
      execute: async args => {
        const { page, link } = linkOf(args);
        let widget = tracker.find(known => known.content.page === page);
        if (!widget) {
          widget = create(link ?? linkTo(page));
          await tracker.add(widget);
        } else if (link !== null) {
          widget.content.link.dispatch(link);
        }
        showInMain(app, widget);
        return widget;
      }
    });
    let me = session.store.getState().me;
    session.store.subscribe(() => {
      if (session.store.getState().me !== me) {
        me = session.store.getState().me;
        commands.notifyCommandChanged(CommandIDs.browse);
      }
    });

    const menus = [
      { pages: MENU_PAGES, category: trans.__('Couture Browse') },
      { pages: ADMIN_PAGES, category: trans.__('Couture Admin') }
    ];
    for (const { pages, category } of menus) {
      for (const page of pages) {
        const args = { page, isPalette: true };
        palette?.addItem({ command: CommandIDs.browse, category, args });
      }
    }
    const restored = restorer?.restore(tracker, {
      command: CommandIDs.browse,
      args: widget => ({ link: widget.content.link.getState() }),
      name: widget => widget.content.page
    });

    const link = startLink();
    if (link !== null && readLink(link)) {
      // What the layout brings back must not end up in front of what was asked for.
      void Promise.all([app.restored, restored]).then(() => open(link));
    }
  }
};
