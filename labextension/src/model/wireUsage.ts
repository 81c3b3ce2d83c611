/** The JSON of what attempts use. */

/** As measured until now; null of what was over at once. */
export interface Spent {
  readonly cpu_seconds: number | null;
  readonly peak_memory_bytes: number | null;
}

/** All processes of an attempt at one moment; `cpu_seconds` add up from its beginning. */
export interface UsageSample {
  readonly seconds: number;
  readonly cpu_seconds: number;
  readonly memory_bytes: number;
  readonly processes: number;
}

export interface Usage {
  readonly began_at: string | null;
  /** None: the attempt was over within a second, or is too young. */
  readonly samples: readonly UsageSample[];
  readonly complete: boolean;
}
