/** Numbers and times as people read them. `now` is always an argument, in milliseconds. */
import type { Translate } from './labels';

/** `0.4 s`, `12.3 s`, `4 min 05 s`, `2 h 05 min`; an en dash when unknown. */
export function formatDuration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) {
    return '–';
  }
  const value = Math.max(0, seconds);
  if (value < 60) {
    return `${value.toFixed(value < 10 ? 2 : 1)} s`;
  }
  const whole = Math.round(value);
  const pad = (part: number): string => String(part).padStart(2, '0');
  if (whole < 3600) {
    return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  }
  return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
}

/** Seconds between two instants; an unfinished span ends now. */
export function elapsedSeconds(
  started: string | null,
  ended: string | null,
  now: number
): number | null {
  if (!started) {
    return null;
  }
  return Math.max(0, ((ended ? Date.parse(ended) : now) - Date.parse(started)) / 1000);
}

/** `just now`, `5 min ago`, `in 2 h`; days beyond that. */
export function relativeTime(at: string | null, now: number, trans: Translate): string {
  if (!at) {
    return '–';
  }
  const seconds = Math.round((now - Date.parse(at)) / 1000);
  const size = Math.abs(seconds);
  if (size < 10) {
    return trans.__('just now');
  }
  const [amount, unit] =
    size < 60
      ? [size, 's']
      : size < 3600
        ? [Math.round(size / 60), 'min']
        : size < 86400
          ? [Math.round(size / 3600), 'h']
          : [Math.round(size / 86400), 'd'];
  return seconds >= 0 ? trans.__('%1 %2 ago', amount, unit) : trans.__('in %1 %2', amount, unit);
}

/** As `relativeTime`, of what has begun: a clock that goes by steps may not have got there yet. */
export function pastTime(at: string | null, now: number, trans: Translate): string {
  return relativeTime(at, at ? Math.max(now, Date.parse(at)) : now, trans);
}

/** `2026-01-31 12:00:00 UTC`. */
export function formatUtc(at: string | null): string {
  return at ? `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC` : '–';
}

/** `2026-01-31, 12:00:00` in UTC, for places where the zone is said once. */
export function formatUtcShort(at: string | null): string {
  return at ? new Date(at).toISOString().slice(0, 19).replace('T', ', ') : '–';
}

/** `812 B`, `4.2 KB`, `1.0 GB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'] as const;
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** `7`, `99`, `1.2k`, `34k`: at most four characters, for small round counters. */
export function formatCount(count: number): string {
  if (count < 1000) {
    return String(count);
  }
  const thousands = count / 1000;
  return `${thousands < 10 ? thousands.toFixed(1) : Math.round(thousands)}k`;
}
