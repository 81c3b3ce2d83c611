/**
 * A small drawing for every state, so that colour is never the only sign.
 *
 * Paths are drawn in a 12 x 12 box with a stroke of 1.6 and no fill.
 */
import type { RunState, TaskState } from '../model/wire';

export const MARK_SIZE = 12;

const CHECK = 'M2.5 6.4l2.6 2.6L9.6 3.6';
const CROSS = 'M3 3l6 6M9 3l-6 6';
const RING = 'M6 1.8a4.2 4.2 0 1 0 4.2 4.2';
const CLOCK = 'M6 1.6a4.4 4.4 0 1 0 .01 0M6 3.6v2.6l1.8 1';

export const STATE_MARKS: Readonly<Record<TaskState | RunState, string>> = {
  none: 'M3.5 6h5',
  scheduled: CLOCK,
  queued: 'M2.2 3.2h7.6M2.2 6h7.6M2.2 8.8h7.6',
  running: RING,
  success: CHECK,
  failed: CROSS,
  up_for_retry: 'M9.8 6a3.8 3.8 0 1 1-1.3-2.9M9 1.4v2h-2',
  up_for_reschedule: 'M9.8 6a3.8 3.8 0 1 1-1.3-2.9M9 1.4v2h-2M6 4.2v2l1.2.8',
  deferred: 'M4 2.6v6.8M8 2.6v6.8',
  skipped: 'M2.6 3l3 3-3 3M6.4 3l3 3-3 3',
  upstream_failed: 'M6 9.8V2.6M3 5.4l3-3 3 3',
  removed: 'M2.6 6h6.8M6 1.6a4.4 4.4 0 1 0 .01 0',
  restarting: 'M2.2 6a3.8 3.8 0 1 0 1.3-2.9M3 1.4v2h2',
  awaiting_input: 'M3.6 4.2a2.4 2.4 0 1 1 3.4 2.2q-1 .5-1 1.6M6 10.2v.1'
};

/** A warning sign: the task cannot run here. */
export const MISSING_MARK = 'M6 1.6L10.9 10.2H1.1zM6 4.9v2.3M6 8.7v.1';
