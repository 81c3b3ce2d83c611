import type { Translate } from '../model/labels';
import type { StatusSummary } from '../model/selectors';
import { coutureIcon } from '../icons';

export interface StatusSummaryViewProps {
  readonly summary: StatusSummary;
  readonly trans: Translate;
  readonly onOpen: () => void;
}

interface Words {
  readonly text: string;
  readonly hint: string;
}

function words(summary: StatusSummary, trans: Translate): Words {
  switch (summary.kind) {
    case 'offline':
      return {
        text: trans.__('offline'),
        hint: trans.__('Couture is disconnected and keeps trying')
      };
    case 'connecting':
      return { text: trans.__('connecting'), hint: trans.__('Couture is connecting') };
    case 'engine-down':
      return {
        text: trans.__('engine down'),
        hint: trans.__('The engine of Couture is not running')
      };
    case 'engine-starting':
      return { text: trans.__('engine starting'), hint: trans.__('The engine of Couture starts') };
    case 'running':
      return {
        text: trans.__('%1 running', summary.running),
        hint: trans.__(
          'Couture: %1 tasks running, %2 queued. Click for the overview',
          summary.running,
          summary.queued
        )
      };
  }
}

export function StatusSummaryView(props: StatusSummaryViewProps): JSX.Element {
  const { summary, trans, onOpen } = props;
  const { text, hint } = words(summary, trans);
  return (
    <button
      type="button"
      className="couture-StatusButton"
      data-couture="status"
      data-kind={summary.kind}
      title={hint}
      aria-label={hint}
      onClick={onOpen}
    >
      <coutureIcon.react tag="span" className="couture-StatusButton-icon" />
      <span className="couture-number">{text}</span>
    </button>
  );
}
