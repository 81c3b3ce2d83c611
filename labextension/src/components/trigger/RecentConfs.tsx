import { HTMLSelect } from '@jupyterlab/ui-components';
import { formatUtcShort } from '../../model/format';
import type { Translate } from '../../model/labels';
import type { RecentConf } from '../../model/triggerDraft';

export interface RecentConfsProps {
  readonly recent: readonly RecentConf[];
  readonly trans: Translate;
  readonly onPick: (conf: RecentConf) => void;
}

const MOST_SIGNS = 60;

function shortText({ run }: RecentConf): string {
  const text = JSON.stringify(run.conf);
  return text.length > MOST_SIGNS ? `${text.slice(0, MOST_SIGNS)}…` : text;
}

/** The configurations of recent runs, to fill the form with. */
export function RecentConfs({ recent, trans, onPick }: RecentConfsProps): JSX.Element | null {
  if (recent.length === 0) {
    return null;
  }
  return (
    <HTMLSelect
      className="couture-Select"
      value=""
      data-couture="recent-confs"
      aria-label={trans.__('Recent configurations')}
      onChange={event => {
        const picked = recent[Number(event.target.value)];
        if (event.target.value !== '' && picked) {
          onPick(picked);
        }
      }}
    >
      <option value="">{trans.__('Recent configurations…')}</option>
      {recent.map((conf, index) => (
        <option key={conf.run.run_id} value={index}>
          {`${formatUtcShort(conf.run.queued_at)} · ${shortText(conf)}`}
        </option>
      ))}
    </HTMLSelect>
  );
}
