import { useEffect, useState } from 'react';
import { previewAct } from '../../api/task';
import { TaskActForm } from '../../components/TaskActForm';
import {
  hasPreview,
  previewQuery,
  withFlag,
  type TaskAct,
  type TaskRef
} from '../../model/taskAct';
import { useFetched } from '../../store/hooks';
import type { Live } from '../tabs/types';

/** An action as the user has agreed to it. */
export interface AgreedAct {
  readonly act: TaskAct;
  /** Of the preview that was shown; null where there is none. */
  readonly token: string | null;
}

/** One that the user can agree to, and how many task instances it is about. */
export interface ReadyAct extends AgreedAct {
  readonly total: number;
}

export interface ConnectedActFormProps {
  readonly couture: Live;
  readonly reference: TaskRef;
  readonly act: TaskAct;
  readonly notice: string | null;
  /** Null while what is shown is not what is chosen. */
  readonly onReady: (ready: ReadyAct | null) => void;
}

/** How far an action reaches, as the user chooses, and what it would touch meanwhile. */
export function ConnectedActForm(props: ConnectedActFormProps): JSX.Element {
  const { couture, reference, notice, onReady } = props;
  const [act, setAct] = useState(props.act);
  const isLooked = hasPreview(act.kind);
  const key = JSON.stringify(previewQuery(act, reference));
  const looked = useFetched(
    isLooked ? key : null,
    async () => {
      const preview = await previewAct(couture.session.api, reference, act);
      return { key, preview };
    },
    'preview'
  );
  // The old list stays in sight while the new one is fetched, but nobody can agree to it.
  const isFresh = looked.value?.key === key && looked.load.status === 'ready';
  const preview = looked.value?.preview ?? null;
  useEffect(() => {
    if (!isLooked) {
      onReady({ act, token: null, total: 1 });
    } else if (isFresh && preview) {
      onReady({ act, token: preview.token, total: preview.total });
    } else {
      onReady(null);
    }
  }, [act, isLooked, isFresh, preview, onReady]);
  return (
    <TaskActForm
      reference={reference}
      act={act}
      preview={preview}
      load={isFresh || looked.load.status === 'failed' ? looked.load : { status: 'loading' }}
      notice={notice}
      trans={couture.trans}
      onFlag={(flag, isOn) => setAct(withFlag(act, flag, isOn))}
      onRetry={looked.retry}
    />
  );
}
