/** What a cell of a list holds: enough to draw it, to sort nothing, and to write it into a file. */
import type { DagTab } from '../dagTabs';
import { runStateLabel, taskStateLabel, type Translate } from '../labels';
import { RUN_STATES, type Json, type RunState, type TaskState } from '../wire';
import type { PageId } from './pageIds';

/** A place in a DAG's document. */
export interface Place {
  readonly dagId: string;
  readonly tab?: DagTab;
  readonly runId?: string;
  readonly taskId?: string;
  readonly mapIndex?: number;
}

export interface PlaceLink {
  readonly text: string;
  readonly place: Place;
}

/** How something is that is neither a run nor a task: in its own words, in the colour of `like`. */
export interface Condition {
  readonly type: 'condition';
  /** As the server names it. */
  readonly id: string;
  readonly like: TaskState;
  readonly label: (trans: Translate) => string;
  readonly why: (trans: Translate) => string | null;
}

export interface CopyText {
  readonly label: string;
  readonly text: string;
}

export type Cell =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'number'; readonly value: number | null }
  | { readonly type: 'state'; readonly state: RunState | TaskState; readonly why?: string | null }
  | Condition
  | { readonly type: 'time'; readonly at: string | null; readonly isExact: boolean }
  | { readonly type: 'seconds'; readonly seconds: number | null }
  | { readonly type: 'places'; readonly links: readonly PlaceLink[] }
  | {
      readonly type: 'page';
      readonly text: string;
      readonly page: PageId;
      readonly filters: Readonly<Record<string, string>>;
    }
  | { readonly type: 'json'; readonly value: Json }
  | { readonly type: 'note'; readonly text: string }
  /** Opens what the row is about. */
  | { readonly type: 'opener'; readonly text: string }
  /** `text` null: no key opens it. `warning` is mostly empty. */
  | {
      readonly type: 'value';
      readonly text: string | null;
      readonly isHidden: boolean;
      readonly warning: string;
    }
  /** Texts to take along, each by its name. */
  | { readonly type: 'copy'; readonly texts: readonly CopyText[] };

export const text = (value: string | null): Cell => ({ type: 'text', text: value ?? '' });
export const code = (value: string | null): Cell => ({ type: 'code', text: value ?? '' });
export const number = (value: number | null): Cell => ({ type: 'number', value });
export const time = (at: string | null): Cell => ({ type: 'time', at, isExact: false });
export const exactly = (at: string | null): Cell => ({ type: 'time', at, isExact: true });
export const seconds = (value: number | null): Cell => ({ type: 'seconds', seconds: value });

/** A link into a DAG's document; nothing where there is no text. */
export function place(label: string | null, where: Place | null): Cell {
  if (!label) {
    return text('');
  }
  return where ? { type: 'places', links: [{ text: label, place: where }] } : text(label);
}

/** `2026-01-31T12:00:00.000000+00:00`: a time of the server with all six digits, as run ids have it. */
export function exactTime(at: string): string {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00:00$/.exec(at);
  return parts ? `${parts[1]}.${(parts[2] ?? '').padEnd(6, '0')}+00:00` : at;
}

export function isRunState(state: RunState | TaskState): state is RunState {
  return (RUN_STATES as readonly string[]).includes(state);
}

export function stateLabel(state: RunState | TaskState, trans: Translate): string {
  return isRunState(state) ? runStateLabel(state, trans) : taskStateLabel(state, trans);
}

/** The cell as a file has it: states and times as the server names them, numbers without units. */
export function cellText(cell: Cell | undefined): string {
  if (!cell) {
    return '';
  }
  switch (cell.type) {
    case 'text':
    case 'code':
    case 'page':
    case 'note':
    case 'opener':
      return cell.text;
    case 'value':
      return cell.text ?? '';
    case 'copy':
      return cell.texts.map(each => each.text).join(' ');
    case 'number':
      return cell.value === null ? '' : String(cell.value);
    case 'state':
      return cell.state;
    case 'condition':
      return cell.id;
    case 'time':
      return cell.at === null ? '' : exactTime(cell.at);
    case 'seconds':
      return cell.seconds === null ? '' : String(cell.seconds);
    case 'places':
      return cell.links.map(link => link.text).join(' ');
    case 'json':
      return jsonText(cell.value);
  }
}

/** JSON in one line; an empty object is nothing to tell. */
export function jsonText(value: Json): string {
  const written = JSON.stringify(value);
  return written === '{}' || written === 'null' ? '' : written;
}
