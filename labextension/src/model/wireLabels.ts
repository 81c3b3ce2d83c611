/** A tag or an owner, and how many DAGs have it. */
export interface DagLabel {
  readonly name: string;
  readonly dags: number;
}

/** The reply of `GET dag-labels`. */
export interface DagLabels {
  readonly tags: readonly DagLabel[];
  readonly owners: readonly DagLabel[];
}
