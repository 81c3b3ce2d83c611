import type { ReactNode } from 'react';
import type { Translate } from '../model/labels';
import type { Problem } from '../model/state';

export interface NoticeProps {
  readonly title: string;
  readonly children?: ReactNode;
  readonly kind?: 'empty' | 'error' | 'loading';
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** Stands where content would be: says what is the matter and what to do. */
export function Notice({ title, children, kind = 'empty', action }: NoticeProps): JSX.Element {
  return (
    <div
      className="couture-Notice"
      data-kind={kind}
      data-couture={`notice-${kind}`}
      role={kind === 'error' ? 'alert' : 'status'}
    >
      <p className="couture-Notice-title">{title}</p>
      {children && <div className="couture-Notice-text">{children}</div>}
      {action && (
        <button type="button" className="couture-LinkButton" onClick={action.run}>
          {action.label}
        </button>
      )}
    </div>
  );
}

export interface ProblemNoticeProps {
  readonly problem: Problem;
  readonly trans: Translate;
  readonly onRetry: () => void;
}

export function ProblemNotice({ problem, trans, onRetry }: ProblemNoticeProps): JSX.Element {
  return (
    <Notice
      kind="error"
      title={problem.message}
      action={{ label: trans.__('Retry'), run: onRetry }}
    >
      {problem.hint}
    </Notice>
  );
}
