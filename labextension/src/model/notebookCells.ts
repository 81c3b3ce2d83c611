/** An executed notebook as it is put together from what the server tells of its changes. */
import type { NotebookCell, NotebookPart } from './wireNotebook';

/** The whole of it; a cell that has not changed keeps its identity. */
export interface ShownNotebook extends Omit<NotebookPart, 'complete'> {
  readonly cells: readonly NotebookCell[];
}

export const NO_NOTEBOOK: ShownNotebook = {
  path: null,
  revision: 0,
  total: 0,
  cells: [],
  size_bytes: 0,
  is_too_large: false
};

export function withPart(
  known: ShownNotebook,
  { complete: _, ...part }: NotebookPart
): ShownNotebook {
  if (part.revision === known.revision) {
    return known;
  }
  const cells = new Map(known.cells.map(cell => [cell.number, cell]));
  part.cells.forEach(cell => cells.set(cell.number, cell));
  const whole = [...cells.values()]
    .filter(cell => cell.number <= part.total)
    .sort((one, other) => one.number - other.number);
  return { ...part, cells: whole };
}
