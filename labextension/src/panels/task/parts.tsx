/** Parts of the task panel that are fetched only while their tab is open. */
import { Dialog, showDialog, showErrorMessage } from '@jupyterlab/apputils';
import { useState } from 'react';
import { problemOf } from '../../api/errors';
import { instancesOf, removeXCom, xcomsOf } from '../../api/task';
import { Notice, ProblemNotice } from '../../components/Notice';
import { RenderedFields } from '../../components/TaskFacts';
import { TaskHistory } from '../../components/TaskHistory';
import { TaskXComs } from '../../components/TaskXComs';
import type { KnownTask } from '../../model/state';
import { refOf, type TaskRef } from '../../model/taskAct';
import type { FoundTask } from '../../model/wireTask';
import { useFetched, useMay, type Fetched } from '../../store/hooks';
import type { ICouture } from '../../tokens';

const PAGE_SIZE = 25;
const XCOMS_PAGE = 100;

export interface TaskPartProps {
  readonly task: KnownTask | undefined;
  readonly couture: ICouture;
}

/** A value about a task instance, fetched anew whenever the instance changes state. */
function useOfTask<T>(
  task: KnownTask | undefined,
  fetch: (ref: TaskRef) => Promise<T>,
  page = 0
): Fetched<T> {
  const group = task ? JSON.stringify([refOf(task), page]) : null;
  return useFetched(
    task ? JSON.stringify([group, task.state, task.try_number]) : null,
    () => (task ? fetch(refOf(task)) : Promise.reject(new TypeError('No task is shown.'))),
    group
  );
}

function problemIn(
  { load, value, retry }: Fetched<unknown>,
  { trans }: ICouture
): JSX.Element | null {
  return load.status === 'failed' && value === null ? (
    <ProblemNotice problem={load.problem} trans={trans} onRetry={retry} />
  ) : null;
}

function NoRun({ couture: { trans } }: { readonly couture: ICouture }): JSX.Element {
  return (
    <Notice title={trans.__('No run is shown')}>
      {trans.__('Trigger the DAG, or choose a run, to see what this task does.')}
    </Notice>
  );
}

export function RenderedPart({ task, couture }: TaskPartProps): JSX.Element {
  const { session, trans } = couture;
  const fetched = useOfTask(task, ref =>
    session.api.rendered(ref.dagId, ref.runId, ref.taskId, ref.mapIndex)
  );
  return problemIn(fetched, couture) ?? <RenderedFields rendered={fetched.value} trans={trans} />;
}

export function XComPart({ task, couture }: TaskPartProps): JSX.Element {
  const { session, trans } = couture;
  const may = useMay(session);
  const name = task ? JSON.stringify(refOf(task)) : '';
  const [page, setPage] = useState({ name, offset: 0 });
  const offset = page.name === name ? page.offset : 0;
  const fetched = useOfTask(task, ref => xcomsOf(session.api, ref, XCOMS_PAGE, offset), offset);
  if (!task) {
    return <NoRun couture={couture} />;
  }
  const remove = async (key: string): Promise<void> => {
    const asked = await showDialog({
      title: trans.__('Delete %1?', key),
      body: trans.__('Tasks that pull this value from now on do not find it.'),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.warnButton({ label: trans.__('Delete') })
      ],
      defaultButton: 0
    });
    if (asked.button.accept) {
      try {
        await removeXCom(session.api, refOf(task), key);
      } catch (error) {
        void showErrorMessage(trans.__('%1 was not deleted', key), problemOf(error).message);
      }
      if (fetched.value?.xcoms.length === 1) {
        setPage({ name, offset: Math.max(0, offset - XCOMS_PAGE) }); // it was the last one of its page
      }
      fetched.retry();
    }
  };
  return (
    problemIn(fetched, couture) ?? (
      <TaskXComs
        xcoms={fetched.value?.xcoms ?? null}
        total={fetched.value?.total ?? 0}
        offset={offset}
        pageSize={XCOMS_PAGE}
        mayRemove={may('xcoms.edit')}
        trans={trans}
        onRemove={key => void remove(key)}
        onOffset={next => setPage({ name, offset: next })}
      />
    )
  );
}

export interface InstancesPartProps extends TaskPartProps {
  readonly dagId: string;
  readonly taskId: string;
  readonly now: number;
  readonly onOpen: (task: FoundTask) => void;
}

/** The task over all runs; fetched anew when the shown instance changes state. */
export function InstancesPart(props: InstancesPartProps): JSX.Element {
  const { task, dagId, taskId, couture, now, onOpen } = props;
  const { session, trans } = couture;
  const [page, setPage] = useState({ taskId, offset: 0 });
  const offset = page.taskId === taskId ? page.offset : 0;
  const group = JSON.stringify([dagId, taskId, offset]);
  const fetched = useFetched(
    JSON.stringify([group, task?.run_id, task?.state]),
    () => instancesOf(session.api, dagId, taskId, PAGE_SIZE, offset),
    group
  );
  return (
    problemIn(fetched, couture) ?? (
      <TaskHistory
        found={fetched.value}
        offset={offset}
        pageSize={PAGE_SIZE}
        shownRun={task?.run_id ?? null}
        now={now}
        trans={trans}
        onOffset={next => setPage({ taskId, offset: next })}
        onOpen={onOpen}
      />
    )
  );
}
