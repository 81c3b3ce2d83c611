import { useCallback, useSyncExternalStore } from 'react';
import type { WidgetModel } from './model';

/** A trait of the Python widget, followed. The value must be plain: text, a number, a truth value or null. */
export function useTrait<T>(model: WidgetModel, name: string): T {
  const subscribe = useCallback(
    (listener: () => void) => {
      model.on(`change:${name}`, listener);
      return () => model.off(`change:${name}`, listener);
    },
    [model, name]
  );
  return useSyncExternalStore(subscribe, () => model.get(name) as T);
}
