import type { CommandRegistry } from '@lumino/commands';
import { useCallback, useSyncExternalStore } from 'react';

/** Whether a plugin has added the command; a plugin that is turned off, or not loaded yet, has not. */
export function useHasCommand(commands: CommandRegistry, id: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      commands.commandChanged.connect(listener);
      return () => {
        commands.commandChanged.disconnect(listener);
      };
    },
    [commands]
  );
  return useSyncExternalStore(subscribe, () => commands.hasCommand(id));
}
