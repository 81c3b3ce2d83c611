import { ReactWidget } from '@jupyterlab/ui-components';
import { useState } from 'react';
import { StatusSummaryView } from '../components/StatusSummaryView';
import { statusSummary, type StatusSummary } from '../model/selectors';
import type { CoutureState } from '../model/state';
import { useCouture } from '../store/hooks';
import type { ICouture } from '../tokens';

/** How many tasks run, in the status bar. */
export class StatusItem extends ReactWidget {
  constructor(
    private readonly couture: ICouture,
    private readonly onOpen: () => void
  ) {
    super();
    this.addClass('couture-Status');
  }

  protected override render(): JSX.Element {
    return <ConnectedStatus couture={this.couture} onOpen={this.onOpen} />;
  }
}

function same(left: StatusSummary, right: StatusSummary): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** The summary; the same object as long as it says the same. */
function summarySelector(): (state: CoutureState) => StatusSummary {
  let last: StatusSummary = { kind: 'connecting' };
  return state => {
    const next = statusSummary(state);
    if (!same(last, next)) {
      last = next;
    }
    return last;
  };
}

function ConnectedStatus(props: {
  readonly couture: ICouture;
  readonly onOpen: () => void;
}): JSX.Element {
  const { session, trans } = props.couture;
  const [select] = useState(summarySelector);
  const summary = useCouture(session, select);
  return <StatusSummaryView summary={summary} trans={trans} onOpen={props.onOpen} />;
}
