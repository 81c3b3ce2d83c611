import { ReactWidget } from '@jupyterlab/ui-components';
import type { DagActions } from '../components/actions';
import { ConnectionBanner } from '../components/ConnectionBanner';
import { coutureIcon } from '../icons';
import { pageName, readLink, type PageId } from '../model/browse/pageIds';
import { useCouture } from '../store/hooks';
import type { Store } from '../store/store';
import type { ICouture } from '../tokens';
import { loadable } from './loadable';

const ConnectedBrowse = loadable(() => import('./browse/ConnectedBrowse'));

export interface BrowsePanelOptions {
  readonly couture: ICouture;
  readonly actions: Pick<DagActions, 'open'>;
  readonly link: Store<string, string>;
  readonly onLink: (link: string) => void;
}

/** A page of the Browse menu in the main area. */
export class BrowsePanel extends ReactWidget {
  constructor(readonly options: BrowsePanelOptions) {
    super();
    this.addClass('couture-Panel');
    this.title.icon = coutureIcon;
    this.title.label = pageName(this.page, options.couture.trans);
    this.title.caption = this.title.label;
  }

  get page(): PageId {
    return readLink(this.options.link.getState())?.page ?? 'runs';
  }

  get link(): Store<string, string> {
    return this.options.link;
  }

  protected override render(): JSX.Element {
    return <BrowseShell {...this.options} />;
  }
}

function BrowseShell(props: BrowsePanelOptions): JSX.Element {
  const { session, trans } = props.couture;
  const connection = useCouture(session, state => state.connection);
  const engine = useCouture(session, state => state.engine);
  return (
    <>
      <ConnectionBanner
        connection={connection}
        engine={engine}
        trans={trans}
        onRetry={() => session.retry()}
      />
      <ConnectedBrowse {...props} />
    </>
  );
}
