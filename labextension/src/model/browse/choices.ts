/** Filters that several pages have. */
import { runStateLabel, runTypeLabel, taskStateLabel } from '../labels';
import { RUN_STATES, RUN_TYPES, TASK_STATES } from '../wire';
import type { Filter } from './page';

export const RUN_STATE_FILTER: Filter = {
  kind: 'choice',
  name: 'state',
  label: trans => trans.__('State'),
  isMany: true,
  choices: RUN_STATES.map(value => ({ value, label: trans => runStateLabel(value, trans) }))
};

export const TASK_STATE_FILTER: Filter = {
  kind: 'choice',
  name: 'state',
  label: trans => trans.__('State'),
  isMany: true,
  choices: TASK_STATES.map(value => ({ value, label: trans => taskStateLabel(value, trans) }))
};

export const RUN_TYPE_FILTER: Filter = {
  kind: 'choice',
  name: 'run_type',
  label: trans => trans.__('Run Type'),
  isMany: true,
  choices: RUN_TYPES.map(value => ({ value, label: trans => runTypeLabel(value, trans) }))
};
