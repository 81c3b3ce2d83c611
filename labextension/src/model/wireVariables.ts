/** Bodies and replies of the routes about variables. */
import type { Json } from './wire';

export interface Variable {
  readonly key: string;
  /** Null: no key of the deployment opens it. */
  readonly value: string | null;
  readonly description: string;
  /** All or part of the value reads `***`. */
  readonly hidden: boolean;
  /** Something to think about; mostly empty. */
  readonly warning: string;
  readonly revision: string;
}

export interface VariableList {
  readonly variables: readonly Variable[];
  readonly total: number;
}

/** What is left out stays as it is. */
export interface VariablePatch {
  readonly value?: string;
  readonly description?: string;
}

export type IfExists = 'overwrite' | 'skip' | 'fail';

export interface ImportReport {
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly skipped: readonly string[];
  readonly failed: readonly { readonly name: string; readonly message: string }[];
}

export type VariableFile = Readonly<Record<string, Json>>;

/** Who changed a variable, and when. */
export interface VariableChange {
  readonly actor: string;
  readonly at: string;
}
