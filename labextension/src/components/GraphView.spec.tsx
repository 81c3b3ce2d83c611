// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { computeLayout } from '../model/computeLayout';
import { foldGraph } from '../model/folding';
import { layoutRequest } from '../model/layout';
import { T1, english, makeGraph, makeKnownTask } from '../testing/builders';
import { render, type Rendered } from '../testing/render';
import { SceneNode } from './graph/node';
import { plainColour } from './graph/picture';
import { GraphView, type GraphViewProps } from './GraphView';

let shown: Rendered | null = null;

afterEach(() => {
  shown?.unmount();
  shown = null;
});

describe('the graph', () => {
  const graph = makeGraph();
  const layout = computeLayout(layoutRequest(foldGraph(graph, new Set()), 'LR'));

  function graphProps(part: Partial<GraphViewProps> = {}): GraphViewProps {
    return {
      graph,
      drawn: foldGraph(graph, new Set()),
      layout,
      folded: new Set(),
      tasks: new Map(),
      critical: null,
      isCritical: false,
      selected: null,
      highlight: null,
      isList: false,
      trans: english,
      onSelect: vi.fn(),
      onMenu: vi.fn(),
      onHighlight: vi.fn(),
      onList: vi.fn(),
      onDirection: vi.fn(),
      onItems: vi.fn(),
      onFolded: vi.fn(),
      onCritical: vi.fn(),
      ...part
    };
  }

  it('draws every task and edge, and colours tasks by state (S086)', () => {
    const extract = makeKnownTask({ state: 'running', changed_at: T1, seq: 3 });
    shown = render(<GraphView {...graphProps({ tasks: new Map([['extract', extract]]) })} />);
    expect(shown.host.querySelectorAll('.couture-Node')).toHaveLength(4);
    expect(shown.host.querySelectorAll('.couture-Edge')).toHaveLength(4);
    const node = shown.find('[data-task-id="extract"]');
    expect(node.dataset).toMatchObject({ state: 'running', seqAt: T1 });
    expect(node.getAttribute('aria-label')).toBe('extract, running, PythonOperator');
    expect(shown.find('[data-task-id="load"]').dataset['state']).toBe('none');
    const item = shown.find('[data-couture="legend"] [data-state="running"]');
    expect(item.dataset['count']).toBe('1');
  });

  it('marks a task that cannot run, to the eye and to a screen reader, in the graph and in words', () => {
    const sentence =
      'PodOperator belongs to a provider that does not run here; instead use another.';
    const missing = { provider: 'apache-airflow-providers-pods', sentence };
    const nodes = graph.nodes.map(node => (node.id === 'load' ? { ...node, missing } : node));
    const marked = { ...graph, nodes };
    shown = render(
      <GraphView {...graphProps({ graph: marked, drawn: foldGraph(marked, new Set()) })} />
    );
    const node = shown.find('[data-task-id="load"]');
    expect(node.dataset['missing']).toBe('apache-airflow-providers-pods');
    expect(node.getAttribute('aria-label')).toContain(`cannot run: ${sentence}`);
    expect(shown.host.querySelectorAll('[data-missing]')).toHaveLength(1);
    shown.rerender(<GraphView {...graphProps({ graph: marked, isList: true })} />);
    const row = shown.find('[data-couture="task-table"] [data-task-id="load"]');
    expect(row.textContent).toContain(sentence);
  });

  it('hatches a task that cannot run and says why when pointed at', () => {
    const [box] = layout.nodes;
    const [node] = graph.nodes;
    if (!box || !node) {
      throw new Error('the graph has no task');
    }
    const missing = { provider: 'pods', sentence: 'It does not run here.' };
    const texts = { describe: () => '', caption: () => '' };
    const made = new SceneNode(box, { ...node, missing }, texts, 'n', 'hatch');
    made.dress();
    const hatch = made.element.querySelector('.couture-Node-hatch');
    expect(hatch?.getAttribute('fill')).toBe('url(#hatch)');
    expect(made.element.querySelector('.couture-Node-warning')).not.toBeNull();
    expect(made.element.querySelector('title')?.textContent).toContain('It does not run here.');
    const plain = new SceneNode(box, node, texts, 'n', 'hatch');
    plain.dress();
    expect(plain.element.querySelector('.couture-Node-hatch')).toBeNull();
  });

  it('touches only the task that changed', () => {
    const clean = makeKnownTask({ task_id: 'clean', state: 'queued' });
    const before = new Map([
      ['extract', makeKnownTask({ state: 'running' })],
      ['clean', clean]
    ]);
    const props = graphProps({ tasks: before });
    shown = render(<GraphView {...props} />);
    const observer = new MutationObserver(() => undefined);
    observer.observe(shown.find('svg.couture-Scene'), {
      attributes: true,
      childList: true,
      subtree: true
    });
    const after = new Map(before).set('extract', makeKnownTask({ state: 'success', seq: 2 }));
    shown.rerender(<GraphView {...props} tasks={after} />);
    const touched = observer.takeRecords().map(({ target }) => {
      const element = target instanceof Element ? target : target.parentElement;
      return element?.closest('.couture-Node')?.getAttribute('data-task-id') ?? 'something else';
    });
    observer.disconnect();
    expect(new Set(touched)).toEqual(new Set(['extract']));
  });

  it('moves along the edges with the arrow keys and opens with Enter', () => {
    const props = graphProps();
    shown = render(<GraphView {...props} />);
    shown.press('svg.couture-Scene', 'ArrowRight');
    expect(shown.find('.is-cursor').dataset['taskId']).toBe('extract');
    expect(shown.find('svg.couture-Scene').getAttribute('aria-activedescendant')).toBe(
      shown.find('.is-cursor').id
    );
    shown.press('svg.couture-Scene', 'ArrowRight');
    shown.press('svg.couture-Scene', 'ArrowRight');
    expect(shown.find('.is-cursor').dataset['taskId']).toBe('load');
    shown.press('svg.couture-Scene', 'Enter');
    expect(props.onSelect).toHaveBeenLastCalledWith('load');
  });

  it('lights the edges of the selected task and dims states that are not asked for', () => {
    shown = render(<GraphView {...graphProps({ selected: 'load' })} />);
    expect(shown.host.querySelectorAll('.couture-Edge.is-lit')).toHaveLength(4);
    const tasks = new Map([['load', makeKnownTask({ task_id: 'load', state: 'failed' })]]);
    shown.rerender(<GraphView {...graphProps({ highlight: 'failed', tasks })} />);
    expect(shown.host.querySelectorAll('.couture-Edge.is-lit')).toHaveLength(0);
    expect(shown.host.querySelectorAll('.couture-Node.is-dimmed')).toHaveLength(3);
  });

  it('folds a group into a box that tells the states inside, and opens it with Enter', () => {
    const nodes = graph.nodes.map(node =>
      node.id === 'clean' || node.id === 'check' ? { ...node, group: 'middle' } : node
    );
    const groups = [{ id: 'middle', label: 'middle', parent: null, tooltip: '' }];
    const whole = { ...graph, nodes, groups };
    const drawn = foldGraph(whole, new Set(['middle']));
    const tasks = new Map([
      ['clean', makeKnownTask({ task_id: 'clean', state: 'success' })],
      ['check', makeKnownTask({ task_id: 'check', state: 'failed' })]
    ]);
    const props = graphProps({
      graph: whole,
      drawn,
      layout: computeLayout(layoutRequest(drawn, 'LR')),
      folded: new Set(['middle']),
      tasks,
      selected: 'clean'
    });
    shown = render(<GraphView {...props} />);
    const box = shown.find('.couture-Node[data-group-id="middle"]');
    expect(box.dataset['state']).toBe('failed');
    expect(box.getAttribute('aria-selected')).toBe('true');
    expect(box.getAttribute('aria-label')).toBe(
      'group middle, folded, failed, 1 success, 1 failed'
    );
    shown.press('svg.couture-Scene', 'Enter');
    expect(props.onFolded).toHaveBeenCalledWith([]);
    const failed = shown.find('[data-couture="legend"] [data-state="failed"]');
    expect(failed.dataset['count']).toBe('1');
  });

  it('shows mapped tasks as stacks, and the critical path with its seconds', () => {
    const nodes = graph.nodes.map(node =>
      node.id === 'load' ? { ...node, is_mapped: true } : node
    );
    const mapped = { ...graph, nodes };
    const critical = {
      steps: [
        { taskId: 'extract', waitSeconds: 1, runSeconds: 2 },
        { taskId: 'clean', waitSeconds: 0.5, runSeconds: 9 }
      ],
      totalSeconds: 12.5,
      waitSeconds: 1.5
    };
    const drawn = foldGraph(mapped, new Set());
    const props = graphProps({ graph: mapped, drawn, critical, isCritical: true });
    shown = render(<GraphView {...props} />);
    const stacks = [...shown.host.querySelectorAll('.couture-Node-stack')];
    expect(new Set(stacks.map(stack => stack.closest('.couture-Node')))).toEqual(
      new Set([shown.find('[data-task-id="load"]')])
    );
    const text = shown.find('[data-couture="critical-path-text"]').textContent;
    expect(text).toContain('Critical path: 12.5 s');
    expect(text).toContain('2 tasks, 1.50 s of it waiting');
    expect(text).toContain('longest: clean');
    expect(shown.host.querySelectorAll('.couture-Edge.is-critical')).toHaveLength(1);
    shown.rerender(<GraphView {...props} isCritical={false} />);
    expect(shown.host.querySelectorAll('.is-critical')).toHaveLength(0);
  });

  it('writes mixed colours as every program reads them', () => {
    expect(plainColour('color(srgb 1 0.5 0)')).toBe('rgb(255, 128, 0)');
    expect(plainColour('color(srgb 0 0 0 / 0.5)')).toBe('rgba(0, 0, 0, 0.5)');
    expect(plainColour('rgb(1, 2, 3)')).toBe('rgb(1, 2, 3)');
  });

  it('has a text twin that says the same', () => {
    const tasks = new Map([['load', makeKnownTask({ task_id: 'load', state: 'failed' })]]);
    shown = render(<GraphView {...graphProps({ isList: true, tasks })} />);
    const row = shown.find('[data-couture="task-table"] [data-task-id="load"]');
    expect(row.dataset['state']).toBe('failed');
    expect(row.textContent).toContain('clean, check');
  });
});
