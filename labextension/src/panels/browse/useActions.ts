/** Selection and what is done with it. */
import { useRef, useState } from 'react';
import { noteMiss } from '../../api/browse';
import type { ActingProps } from '../../components/browse/BrowseView';
import { actionLabel, type BrowseAction } from '../../model/browse/actions';
import type { Row } from '../../model/browse/page';
import { act, lookAt, type Progress } from '../../store/browseActions';
import type { ICouture } from '../../tokens';
import { complain } from '../tell';
import { confirmAction } from './confirmAction';

const NOTHING: ReadonlySet<string> = new Set();

export function useActions(
  couture: ICouture,
  rows: readonly Row[],
  refresh: () => void
): ActingProps {
  const { session, trans } = couture;
  const [marked, setMarked] = useState(NOTHING);
  const [progress, setProgress] = useState<Progress | null>(null);
  const [outcomes, setOutcomes] = useState<ActingProps['outcomes']>(null);
  const running = useRef<AbortController | null>(null);
  const chosen = rows.filter(row => marked.has(row.key));
  const selected = new Set(chosen.map(row => row.key));
  const run = async (action: BrowseAction): Promise<void> => {
    const subjects = chosen.flatMap(row => row.subject ?? []);
    if (running.current) {
      return;
    }
    const control = new AbortController();
    running.current = control;
    try {
      const look = await lookAt(session.api, action, subjects);
      if (!(await confirmAction(action, subjects, look, trans))) {
        return;
      }
      setProgress({ done: 0, total: subjects.length });
      const list = await act(session.api, action, subjects, look, {
        trans,
        signal: control.signal,
        onProgress: setProgress
      });
      setOutcomes({ action: actionLabel(action, trans), list });
      setMarked(NOTHING);
    } catch (error) {
      complain(error, trans);
    } finally {
      running.current = null;
      setProgress(null);
      refresh();
    }
  };
  return {
    selected,
    progress,
    outcomes,
    select: (keys, isSelected) =>
      setMarked(before => {
        const after = new Set(before);
        keys.forEach(key => (isSelected ? after.add(key) : after.delete(key)));
        return after;
      }),
    selectNothing: () => setMarked(NOTHING),
    run,
    stop: () => running.current?.abort(),
    closeOutcomes: () => setOutcomes(null),
    note: async (row, text) => {
      if (row.subject?.type !== 'miss') {
        return false;
      }
      try {
        await noteMiss(session.api, row.subject.number, text);
        refresh();
        return true;
      } catch (error) {
        complain(error, trans);
        return false;
      }
    }
  };
}
