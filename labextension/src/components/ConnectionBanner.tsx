import type { Translate } from '../model/labels';
import type { CoutureState } from '../model/state';

export interface ConnectionBannerProps {
  readonly connection: CoutureState['connection'];
  readonly engine: CoutureState['engine'];
  readonly trans: Translate;
  readonly onRetry: () => void;
}

/** Says when what is shown may be old, or when nothing will run. */
export function ConnectionBanner(props: ConnectionBannerProps): JSX.Element | null {
  const { connection, engine, trans, onRetry } = props;
  if (connection.status === 'disconnected') {
    return (
      <div className="couture-Banner" data-kind="warning" data-couture="disconnected" role="status">
        <span>{trans.__('Disconnected: what you see may be old. Reconnecting…')}</span>
        <button type="button" className="couture-LinkButton" onClick={onRetry}>
          {trans.__('Reconnect now')}
        </button>
      </div>
    );
  }
  if (engine === 'down') {
    return (
      <div className="couture-Banner" data-kind="warning" data-couture="engine-down" role="status">
        <span>
          {trans.__('The engine is not running: runs wait. Jupyter starts it again by itself.')}
        </span>
      </div>
    );
  }
  return null;
}
