import { addIcon } from '@jupyterlab/ui-components';
import { useRef, useState, type ReactNode } from 'react';
import type { BokehLibrary } from '../../model/bokeh';
import type { Translate } from '../../model/labels';
import type { Load, Problem } from '../../model/state';
import type { Chart, ChartRef } from '../../model/wireCharts';
import { fitIcon, minusIcon } from '../icons';
import { IconButton } from '../IconButton';
import { Notice, ProblemNotice } from '../Notice';
import { BokehFigure, type FigureControls } from './BokehFigure';
import { useRoom } from './useRoom';

export interface ChartFrameProps {
  /** What is drawn, read out. */
  readonly label: string;
  /** Which chart, for tests and styles. */
  readonly kind: string;
  readonly chart: Chart | null;
  readonly load: Load;
  readonly view: string;
  readonly theme: string;
  readonly now: number;
  readonly trans: Translate;
  readonly focus?: ReadonlySet<string>;
  /** Whether the figure takes the height that is there instead of its own. */
  readonly isFitted?: boolean;
  /** Left in the bar: what can be chosen. */
  readonly options?: ReactNode;
  readonly legend?: ReactNode;
  /** The same series as a table. */
  readonly table: ReactNode;
  /** Stands for the figure while there is nothing to draw. */
  readonly empty: ReactNode;
  /** Said under the figure. */
  readonly note?: string;
  /** Said under figure and table: what they do not show. */
  readonly leftOut?: string | null;
  /** Goes to other parts of a long chart. */
  readonly pager?: ReactNode;
  readonly loadBokeh: (version: string) => Promise<BokehLibrary>;
  readonly onRetry: () => void;
  readonly onSelect: (ref: ChartRef) => void;
}

const NO_FOCUS: ReadonlySet<string> = new Set();
const NEARER = 0.6;
const LEAST_HEIGHT = 140;

/** A chart with what belongs to it: choices, zoom buttons, legend, and its series as a table. */
export function ChartFrame(props: ChartFrameProps): JSX.Element {
  const { chart, load, trans } = props;
  const [isTable, setTable] = useState(false);
  const controls = useRef<FigureControls>(null);
  const isDrawn = chart !== null && !chart.is_empty && !isTable;
  return (
    <section className="couture-Chart" data-couture="chart" data-chart={props.kind}>
      <div className="couture-Chart-bar" role="toolbar" aria-label={props.label}>
        {props.options}
        <span className="couture-spring" />
        <IconButton
          icon={addIcon}
          label={trans.__('Zoom in')}
          isDisabled={!isDrawn}
          onClick={() => controls.current?.zoom(NEARER)}
          hook="chart-zoom-in"
        />
        <IconButton
          icon={minusIcon}
          label={trans.__('Zoom out')}
          isDisabled={!isDrawn}
          onClick={() => controls.current?.zoom(1 / NEARER)}
          hook="chart-zoom-out"
        />
        <IconButton
          icon={fitIcon}
          label={trans.__('Show everything again')}
          isDisabled={!isDrawn}
          onClick={() => controls.current?.reset()}
          hook="chart-reset"
        />
        <button
          type="button"
          className="couture-Button"
          data-kind="text"
          data-couture="chart-table"
          aria-pressed={isTable}
          disabled={chart === null || chart.is_empty}
          onClick={() => setTable(!isTable)}
        >
          {trans.__('Show as table')}
        </button>
      </div>
      <Body {...props} isTable={isTable} controls={controls} />
      {load.status === 'failed' && chart !== null && (
        <p className="couture-Chart-note" role="status">
          {trans.__('Not up to date: %1', load.problem.message)}{' '}
          <button type="button" className="couture-LinkButton" onClick={props.onRetry}>
            {trans.__('Retry')}
          </button>
        </p>
      )}
      {props.leftOut && (
        <p className="couture-Chart-note" role="status" data-couture="chart-left-out">
          {props.leftOut}
        </p>
      )}
      {props.pager}
      {props.note && isDrawn && <p className="couture-Chart-note">{props.note}</p>}
    </section>
  );
}

interface BodyProps extends ChartFrameProps {
  readonly isTable: boolean;
  readonly controls: React.RefObject<FigureControls>;
}

function Body(props: BodyProps): JSX.Element {
  const { chart, load, trans, isTable } = props;
  const [problem, setProblem] = useState<Problem | null>(null);
  const [room, setRoom] = useRoom(props.isFitted ?? false);
  if (chart === null) {
    return load.status === 'failed' ? (
      <ProblemNotice problem={load.problem} trans={trans} onRetry={props.onRetry} />
    ) : (
      <Notice kind="loading" title={trans.__('Drawing the chart…')} />
    );
  }
  if (chart.is_empty) {
    return <>{props.empty}</>;
  }
  if (isTable) {
    return <div className="couture-Chart-table">{props.table}</div>;
  }
  if (problem) {
    return <ProblemNotice problem={problem} trans={trans} onRetry={() => setProblem(null)} />;
  }
  return (
    <>
      {props.legend}
      <div className="couture-Chart-scroll" ref={setRoom} data-fitted={props.isFitted}>
        <BokehFigure
          chart={chart}
          height={room === null ? chart.height : Math.max(room, LEAST_HEIGHT)}
          label={props.label}
          theme={props.theme}
          now={props.now}
          focus={props.focus ?? NO_FOCUS}
          view={props.view}
          controls={props.controls}
          load={props.loadBokeh}
          onSelect={props.onSelect}
          onFailed={error =>
            setProblem({
              kind: 'internal',
              message: trans.__('The chart could not be drawn.'),
              hint: error instanceof Error ? error.message : ''
            })
          }
        />
      </div>
    </>
  );
}
