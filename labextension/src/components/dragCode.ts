import type { DragEvent } from 'react';
import { notebookCode, type Subject } from '../model/notebookCode';

/** Makes an element something to drag into a cell of a notebook, where it becomes code that shows the subject. */
export function dragCode(subject: Subject): {
  readonly draggable: true;
  readonly onDragStart: (event: DragEvent) => void;
} {
  return {
    draggable: true,
    onDragStart: event => {
      event.stopPropagation();
      event.dataTransfer.setData('text/plain', notebookCode(subject));
      event.dataTransfer.effectAllowed = 'copy';
    }
  };
}
