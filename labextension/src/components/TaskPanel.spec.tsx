// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { newAct } from '../model/taskAct';
import type { Question } from '../model/wireTask';
import { english, makeKnownTask } from '../testing/builders';
import { render, type Rendered } from '../testing/render';
import { TaskActForm } from './TaskActForm';
import { TaskPanel, type TaskPanelProps } from './TaskPanel';
import { TaskQuestion, type TaskQuestionProps } from './TaskQuestion';
import { Waiting } from './Waiting';

let shown: Rendered | null = null;

afterEach(() => {
  shown?.unmount();
  shown = null;
});

function panelProps(part: Partial<TaskPanelProps> = {}): TaskPanelProps {
  return {
    taskId: 'extract',
    node: undefined,
    task: makeKnownTask({ state: 'failed', try_number: 1 }),
    instances: [],
    detail: null,
    load: { status: 'ready' },
    tryNumber: 1,
    now: 0,
    acts: [],
    parts: [
      { id: 'log', label: 'Log', title: 'View Log', body: 'lines' },
      { id: 'xcom', label: 'XCom', title: 'XCom', body: 'values' }
    ],
    tab: 'log',
    waiting: null,
    question: null,
    trans: english,
    onTab: vi.fn(),
    onInstance: vi.fn(),
    onTry: vi.fn(),
    onAct: vi.fn(),
    onOpenNotebook: vi.fn(),
    onClose: vi.fn(),
    onRetry: vi.fn(),
    ...part
  };
}

describe('the task panel', () => {
  it('offers only what the user may do, and nothing without a run', () => {
    shown = render(<TaskPanel {...panelProps()} />);
    expect(shown.host.querySelector('[role="toolbar"]')).toBeNull();
    const onAct = vi.fn();
    shown.rerender(<TaskPanel {...panelProps({ acts: ['clear'], onAct })} />);
    shown.click('[data-couture="act-clear"]');
    expect(onAct).toHaveBeenCalledWith('clear');
    shown.rerender(<TaskPanel {...panelProps({ acts: ['clear'], task: undefined })} />);
    expect(shown.host.querySelector('[data-couture="act-clear"]')).toBeNull();
  });

  it('closes by its button and by Escape', () => {
    const onClose = vi.fn();
    shown = render(<TaskPanel {...panelProps({ onClose })} />);
    shown.click('[data-couture="close-task"]');
    shown.press('[role="tablist"]', 'Escape');
    expect(onClose).toHaveBeenCalledTimes(2);
  });

  it('shows its first part where the chosen one is not to be seen', () => {
    shown = render(<TaskPanel {...panelProps({ tab: 'notebook' })} />);
    expect(shown.find('[role="tabpanel"]').textContent).toBe('lines');
    expect(shown.find('[data-tab="log"]').getAttribute('aria-selected')).toBe('true');
  });
});

describe('the form of an action', () => {
  const reference = { dagId: 'etl', runId: 'run-1', taskId: 'extract', mapIndex: -1 };
  const touched = { dag_id: 'etl', run_id: 'run-1', task_id: 'extract', map_index: 2 } as const;

  it('lists what will be touched by run, and says what is not listed', () => {
    const onFlag = vi.fn();
    shown = render(
      <TaskActForm
        reference={reference}
        act={newAct('clear')}
        preview={{ touched: [{ ...touched, state: 'failed' }], total: 7, token: 'abc' }}
        load={{ status: 'ready' }}
        notice={null}
        trans={english}
        onFlag={onFlag}
        onRetry={vi.fn()}
      />
    );
    expect(shown.find('h4').textContent).toBe('etl · run-1');
    expect(shown.find('li').textContent).toContain('extract[2]');
    expect(shown.host.textContent).toContain('… and 6 more');
    shown.click('[data-flag="past"]');
    expect(onFlag).toHaveBeenCalledWith('past', true);
    shown.click('[data-flag="downstream"]');
    expect(onFlag).toHaveBeenLastCalledWith('downstream', false);
  });

  it('says that nothing fits', () => {
    shown = render(
      <TaskActForm
        reference={reference}
        act={newAct('success')}
        preview={{ touched: [], total: 0, token: 'abc' }}
        load={{ status: 'ready' }}
        notice="Look again"
        trans={english}
        onFlag={vi.fn()}
        onRetry={vi.fn()}
      />
    );
    expect(shown.host.textContent).toContain('nothing to do');
    expect(shown.find('[role="alert"]').textContent).toBe('Look again');
  });
});

describe('a question', () => {
  const asked: Question = {
    subject: 'Ship?',
    body: '',
    options: ['Approve', 'Reject'],
    multiple: false,
    defaults: [],
    assignees: [],
    params: { copies: 3 },
    until: null
  };

  function questionProps(part: Partial<TaskQuestionProps> = {}): TaskQuestionProps {
    return {
      asked,
      user: 'ada',
      mayAnswer: true,
      isBusy: false,
      problem: null,
      trans: english,
      onAnswer: vi.fn(),
      ...part
    };
  }

  it('is answered with one click', () => {
    const onAnswer = vi.fn();
    shown = render(<TaskQuestion {...questionProps({ onAnswer })} />);
    shown.click('[data-option="Reject"]');
    expect(onAnswer).toHaveBeenCalledWith(['Reject'], { copies: 3 });
  });

  it('with several answers takes those that are ticked', () => {
    const onAnswer = vi.fn();
    const several = { ...asked, multiple: true, defaults: ['Approve'] };
    shown = render(<TaskQuestion {...questionProps({ asked: several, onAnswer })} />);
    shown.click('fieldset label:last-of-type input');
    shown.click('[data-couture="answer"]');
    expect(onAnswer).toHaveBeenCalledWith(['Approve', 'Reject'], { copies: 3 });
  });

  it('shows no button to those who may not answer', () => {
    const others = { ...asked, assignees: ['grace'] };
    shown = render(<TaskQuestion {...questionProps({ asked: others })} />);
    expect(shown.host.querySelector('button')).toBeNull();
    expect(shown.host.textContent).toContain('not among those it asks');
    shown.rerender(<TaskQuestion {...questionProps({ mayAnswer: false })} />);
    expect(shown.host.querySelector('button')).toBeNull();
  });
});

describe('reasons', () => {
  it('come with the remedies that are open to the user', () => {
    const onRemedy = vi.fn();
    const reasons = [
      { kind: 'dag_paused', sentence: 'The DAG is paused.' },
      { kind: 'upstream_unfinished', sentence: 'It waits for a.', facts: { tasks: ['a'] } }
    ];
    shown = render(
      <Waiting
        reasons={reasons}
        isOver={false}
        trans={english}
        can={remedy => remedy.type !== 'turn-on'}
        onRemedy={onRemedy}
      />
    );
    expect(shown.host.querySelectorAll('button')).toHaveLength(1);
    shown.click('button');
    expect(onRemedy).toHaveBeenCalledWith({ type: 'open-task', taskId: 'a' });
  });
});
