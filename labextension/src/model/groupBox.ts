/** How the boxes of folded groups are called among those of tasks. */

const PREFIX = 'group:';

/** The id of the box of a folded group; no task has such an id. */
export function groupBox(groupId: string): string {
  return PREFIX + groupId;
}

/** The group that a box stands for; null for the box of a task. */
export function groupOfBox(boxId: string): string | null {
  return boxId.startsWith(PREFIX) ? boxId.slice(PREFIX.length) : null;
}
