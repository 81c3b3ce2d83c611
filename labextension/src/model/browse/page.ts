/** What a page of the Browse menu is made of: columns, filters, and how its rows are read. All of it is data. */
import type { Translate } from '../labels';
import type { Cell } from './cells';
import type { PageId } from './pageIds';

export type Label = (trans: Translate) => string;

export interface Column {
  readonly id: string;
  readonly label: Label;
  /** The server's word to order by it; with `-` before it from the end. */
  readonly sort?: string;
  /** Not shown until the reader asks for it. */
  readonly isExtra?: boolean;
  /** It only leads somewhere, so that it is nothing for a file. */
  readonly isWay?: boolean;
}

export interface Choice {
  readonly value: string;
  readonly label: Label;
}

interface FilterBase {
  /** The option of the server's route. */
  readonly name: string;
  readonly label: Label;
}

export type Filter =
  | (FilterBase & { readonly kind: 'text' })
  | (FilterBase & { readonly kind: 'time' })
  /** `isMany`: several values, with commas. */
  | (FilterBase & {
      readonly kind: 'choice';
      readonly choices: readonly Choice[];
      readonly isMany: boolean;
    });

/** What a row is about, for actions on it. */
export type Subject =
  | { readonly type: 'run'; readonly dagId: string; readonly runId: string }
  | {
      readonly type: 'task';
      readonly dagId: string;
      readonly runId: string;
      readonly taskId: string;
      readonly mapIndex: number;
    }
  | { readonly type: 'miss'; readonly number: number }
  | { readonly type: 'variable'; readonly key: string; readonly revision: string };

export interface Row {
  readonly key: string;
  readonly cells: Readonly<Record<string, Cell>>;
  readonly subject: Subject | null;
}

export interface Found {
  readonly rows: readonly Row[];
  readonly total: number;
  /** There are more than `total`: the server stops counting at some point. */
  readonly hasMore: boolean;
}

export interface BrowsePage {
  readonly id: PageId;
  /** What stands where rows would be if there are none at all. */
  readonly empty: Label;
  readonly route: string;
  readonly columns: readonly Column[];
  readonly filters: readonly Filter[];
  readonly order: string;
  readonly read: (reply: unknown) => Found;
}

/** A page whose server replies with `Reply`. */
export function definePage<Reply extends { readonly total: number; readonly has_more?: boolean }>(
  page: Omit<BrowsePage, 'read'> & { readonly rows: (reply: Reply) => readonly Row[] }
): BrowsePage {
  const { rows, ...rest } = page;
  return {
    ...rest,
    read: reply => {
      const answer = reply as Reply;
      return { rows: rows(answer), total: answer.total, hasMore: answer.has_more ?? false };
    }
  };
}

export const textFilter = (name: string, label: Label): Filter => ({ kind: 'text', name, label });
export const timeFilter = (name: string, label: Label): Filter => ({ kind: 'time', name, label });
