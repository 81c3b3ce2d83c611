import type { CoutureState } from './state';

/** The rights that the interface asks about, as the server names them. */
export type Permission =
  | 'audit.read'
  | 'assets.edit'
  | 'assets.read'
  | 'cluster.read'
  | 'code.read'
  | 'dags.delete'
  | 'dags.edit'
  | 'dags.read'
  | 'jobs.read'
  | 'logs.read'
  | 'outputs.read'
  | 'pools.edit'
  | 'pools.read'
  | 'rendered.read'
  | 'runs.delete'
  | 'runs.read'
  | 'runs.trigger'
  | 'sla.edit'
  | 'sla.read'
  | 'tasks.edit'
  | 'tasks.read'
  | 'variables.edit'
  | 'variables.export'
  | 'variables.import'
  | 'variables.read'
  | 'xcoms.edit'
  | 'xcoms.read';

export type May = (permission: Permission) => boolean;

/** Whether the user may do something; nothing, until the server has said what. */
export function isAllowed(state: CoutureState, permission: Permission): boolean {
  return state.me?.permissions.includes(permission) ?? false;
}
