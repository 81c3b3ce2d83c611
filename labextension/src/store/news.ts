import type { StreamEvent } from '../model/wire';

/** What came of the stream: events in their order, or that some were missed, so that all must be fetched again. */
export type News =
  { readonly type: 'events'; readonly events: readonly StreamEvent[] } | { readonly type: 'reset' };
