import { refreshIcon, tableRowsIcon } from '@jupyterlab/ui-components';
import { ConnectionBanner } from '../components/ConnectionBanner';
import { IconButton } from '../components/IconButton';
import { coutureIcon } from '../icons';
import { useCouture } from '../store/hooks';
import type { ConnectedDagListProps } from './ConnectedDagList';
import { loadable } from './loadable';
import { SeenWidget } from './SeenWidget';

const ConnectedDagList = loadable(() => import('./ConnectedDagList'));

export interface DagListPanelOptions extends Omit<ConnectedDagListProps, 'isSeen'> {
  /** Opens the same list as a table in the main area; absent there. */
  readonly onWiden?: () => void;
}

/** The list of DAGs as a widget: left side bar or main area. While nobody sees it, it asks the server nothing. */
export class DagListPanel extends SeenWidget {
  private wasSeen = false;

  constructor(readonly options: DagListPanelOptions) {
    super();
    this.addClass('couture-Panel');
    this.title.icon = coutureIcon;
    this.title.caption = options.couture.trans.__('Couture: DAGs');
  }

  protected override draw(): JSX.Element {
    this.wasSeen ||= this.isVisible;
    return <Frame {...this.options} isSeen={this.isVisible} wasSeen={this.wasSeen} />;
  }
}

interface FrameProps extends DagListPanelOptions {
  readonly isSeen: boolean;
  /** Until it is seen for the first time, nothing of the list is loaded. */
  readonly wasSeen: boolean;
}

function Frame({ onWiden, wasSeen, ...list }: FrameProps): JSX.Element {
  const { session, trans } = list.couture;
  const connection = useCouture(session, state => state.connection);
  const engine = useCouture(session, state => state.engine);
  return (
    <>
      <header className="couture-PanelHeader">
        <h2>{trans.__('DAGs')}</h2>
        <IconButton
          icon={refreshIcon}
          label={trans.__('Load the list again')}
          onClick={() => session.retry()}
        />
        {onWiden && (
          <IconButton
            icon={tableRowsIcon}
            label={trans.__('Open as a table')}
            onClick={() => onWiden()}
          />
        )}
      </header>
      <ConnectionBanner
        connection={connection}
        engine={engine}
        trans={trans}
        onRetry={() => session.retry()}
      />
      {wasSeen && <ConnectedDagList {...list} />}
    </>
  );
}
