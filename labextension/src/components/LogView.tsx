import { downloadIcon } from '@jupyterlab/ui-components';
import { memo, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { formatBytes } from '../model/format';
import type { Translate } from '../model/labels';
import type { LogBlock, LogLine } from '../model/logBuffer';
import type { LogState } from '../store/logFollower';
import { AnsiText } from './AnsiText';
import { IconButton } from './IconButton';
import { tailIcon, wrapIcon } from './icons';

export interface LogViewProps {
  readonly state: LogState;
  readonly downloadUrl: string;
  readonly isWrapped: boolean;
  readonly trans: Translate;
  readonly onWrap: (isWrapped: boolean) => void;
  readonly onEarlier: () => void;
  readonly onFollow: () => void;
  readonly onRetry: () => void;
}

const NEAR_END_PX = 24;

/** A window on a log that grows; sticks to the end until the reader scrolls away from it. */
export function LogView(props: LogViewProps): JSX.Element {
  const { state, isWrapped, trans } = props;
  const { window: shown, status } = state;
  const scroller = useRef<HTMLDivElement>(null);
  const [isAtEnd, setIsAtEnd] = useState(true);
  const first = shown.blocks[0]?.id;
  const before = useRef(first);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) {
      return;
    }
    if (isAtEnd) {
      element.scrollTop = element.scrollHeight;
    } else if (first !== before.current) {
      // Lines came in above: keep the line under the reader's eyes where it is.
      const known = element.querySelector(`[data-block="${before.current}"]`);
      if (known) {
        element.scrollTop +=
          known.getBoundingClientRect().top - element.getBoundingClientRect().top;
      }
    }
    before.current = first;
  }, [shown.blocks, first, isAtEnd, isWrapped]);
  useEffect(() => {
    if (status === 'paused') {
      setIsAtEnd(false);
    }
  }, [status]);

  const toEnd = (): void => {
    setIsAtEnd(true);
    if (status === 'paused') {
      props.onFollow();
    }
  };
  return (
    <div className="couture-Log" data-couture="log" data-status={status} data-size={shown.size}>
      <div className="couture-Log-bar" role="toolbar" aria-label={trans.__('Log tools')}>
        <span className="couture-Log-status" role="status">
          {statusText(state, trans)}
        </span>
        <span className="couture-spring" />
        <IconButton
          icon={wrapIcon}
          label={trans.__('Wrap lines')}
          isPressed={isWrapped}
          onClick={() => props.onWrap(!isWrapped)}
        />
        <IconButton
          icon={tailIcon}
          hook="log-follow"
          label={trans.__('Follow the end')}
          isPressed={isAtEnd}
          onClick={toEnd}
        />
        <a
          className="couture-Button"
          data-kind="icon"
          data-couture="log-download"
          href={props.downloadUrl}
          download=""
          title={trans.__('Download the whole log')}
          aria-label={trans.__('Download the whole log')}
        >
          <downloadIcon.react tag="span" className="couture-Button-icon" />
        </a>
      </div>
      {state.problem && (
        <div className="couture-Banner" data-kind="warning" role="alert">
          <span>{state.problem.message}</span>
          <button type="button" className="couture-LinkButton" onClick={props.onRetry}>
            {trans.__('Retry')}
          </button>
        </div>
      )}
      <div
        ref={scroller}
        className="couture-Log-scroll"
        data-wrapped={isWrapped}
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={trans.__('Log')}
        onScroll={event => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          setIsAtEnd(scrollHeight - scrollTop - clientHeight < NEAR_END_PX);
        }}
      >
        {shown.start > 0 && shown.blocks.length > 0 && (
          <div className="couture-Log-earlier">
            {trans.__('%1 above', formatBytes(shown.start))}{' '}
            <button
              type="button"
              className="couture-LinkButton"
              data-couture="log-earlier"
              disabled={state.isReadingBack}
              onClick={props.onEarlier}
            >
              {trans.__('Show earlier lines')}
            </button>
          </div>
        )}
        {shown.blocks.map(block => (
          <Block key={block.id} block={block} trans={trans} />
        ))}
        {status === 'paused' && (
          <div className="couture-Log-earlier">
            <button type="button" className="couture-LinkButton" onClick={toEnd}>
              {trans.__('Jump to the end')}
            </button>
          </div>
        )}
      </div>
    </div>
  );
}

function statusText(state: LogState, trans: Translate): string {
  const size = formatBytes(state.window.size);
  switch (state.status) {
    case 'loading':
      return trans.__('Loading…');
    case 'absent':
      return trans.__('No log yet');
    case 'following':
      return trans.__('Live · %1', size);
    case 'paused':
      return trans.__('Reading back · %1', size);
    case 'complete':
      return state.window.size === 0 ? trans.__('Empty log') : trans.__('Complete · %1', size);
    case 'failed':
      return trans.__('Not available');
  }
}

const Block = memo(function Block({
  block,
  trans
}: {
  readonly block: LogBlock;
  readonly trans: Translate;
}): JSX.Element {
  return (
    <pre
      className="couture-Log-block"
      data-block={block.id}
      style={{ containIntrinsicHeight: `auto ${block.lines.length * 17}px` }}
    >
      {block.lines.map((line, index) => (
        <Line key={index} line={line} trans={trans} />
      ))}
    </pre>
  );
});

const Line = memo(function Line({
  line,
  trans
}: {
  readonly line: LogLine;
  readonly trans: Translate;
}): JSX.Element {
  return (
    <div className="couture-Log-line">
      <AnsiText spans={line.spans} />
      {line.hidden > 0 && (
        <span className="couture-faint">
          {trans.__(' … %1 more characters; the download has them', line.hidden)}
        </span>
      )}
      {'\n'}
    </div>
  );
});
