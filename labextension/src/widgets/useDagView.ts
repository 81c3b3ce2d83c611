import { useEffect, useState } from 'react';
import { createDagView, type DagView } from '../store/dagView';
import type { WidgetModel } from './model';
import { syncView, wishOf } from './syncView';

/** What a widget of one DAG shows, in step with the traits that say so. */
export function useDagView(model: WidgetModel): DagView {
  const [view] = useState(() => {
    const made = createDagView({}, 'LR');
    made.dispatch(wishOf(model, made.getState()));
    return made;
  });
  useEffect(() => syncView(view, model), [view, model]);
  return view;
}
