/** Instants as Airflow writes them: UTC, always with microseconds and the offset. */

const PARTS = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?(?:Z|\+00:00)$/;

/** `2026-01-31T12:00:00.000000+00:00`; an en dash when unknown. Other offsets are turned into UTC, to the millisecond. */
export function formatExact(at: string | null): string {
  if (!at) {
    return '–';
  }
  const parts = PARTS.exec(at) ?? PARTS.exec(new Date(at).toISOString());
  return parts ? `${parts[1]}.${(parts[2] ?? '').padEnd(6, '0')}+00:00` : at;
}
