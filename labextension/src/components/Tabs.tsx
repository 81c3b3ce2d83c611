import type { KeyboardEvent } from 'react';

export interface TabsProps<T extends string> {
  /** A `title` says in full what a short label means. */
  readonly tabs: readonly { readonly id: T; readonly label: string; readonly title?: string }[];
  readonly current: T;
  readonly label: string;
  readonly onChange: (tab: T) => void;
}

/** A row of tabs; arrow keys move between them. */
export function Tabs<T extends string>(props: TabsProps<T>): JSX.Element {
  const { tabs, current, label, onChange } = props;
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const at = tabs.findIndex(tab => tab.id === current);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (step !== 0 && next) {
      event.preventDefault();
      onChange(next.id);
      event.currentTarget.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus();
    }
  };
  return (
    <div className="couture-Tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map(tab => (
        <button
          key={tab.id}
          type="button"
          role="tab"
          className="couture-Tab"
          data-tab={tab.id}
          title={tab.title}
          aria-label={tab.title}
          aria-selected={tab.id === current}
          tabIndex={tab.id === current ? 0 : -1}
          onClick={() => onChange(tab.id)}
        >
          {tab.label}
        </button>
      ))}
    </div>
  );
}
