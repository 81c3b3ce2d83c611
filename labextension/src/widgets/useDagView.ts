import { useEffect, useState } from 'react';
import { createDagView, type DagView } from '../store/dagView';
import { textOf, type WidgetModel } from './model';
import { choiceOf, syncView } from './syncView';

/** What a widget of one DAG shows, in step with the traits `selected` and `run_id`. */
export function useDagView(model: WidgetModel): DagView {
  const [view] = useState(() => {
    const made = createDagView({}, 'LR');
    made.dispatch({
      taskId: textOf(model, 'selected'),
      choice: choiceOf(textOf(model, 'run_id'))
    });
    return made;
  });
  useEffect(() => syncView(view, model), [view, model]);
  return view;
}
