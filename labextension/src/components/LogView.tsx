import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { formatBytes } from '../model/format';
import type { Translate } from '../model/labels';
import type { LogState } from '../store/logFollower';
import { LogLines } from './LogLines';
import { LogFind, LogTools } from './LogTools';
import { useLogFinder } from './useLogFinder';

export interface LogViewProps {
  readonly state: LogState;
  readonly downloadUrl: string;
  readonly isWrapped: boolean;
  readonly trans: Translate;
  readonly onWrap: (isWrapped: boolean) => void;
  readonly onEarlier: () => void;
  readonly onFollow: () => void;
  readonly onRetry: () => void;
  readonly onCopy: (text: string) => void;
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
  const finder = useLogFinder(shown.blocks);
  const { current } = finder;
  const input = useRef<HTMLInputElement>(null);

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

  useEffect(() => {
    if (current) {
      setIsAtEnd(false);
      scroller.current
        ?.querySelector(`[data-block="${current.block}"] [data-line="${current.line}"]`)
        ?.scrollIntoView({ block: 'center' });
    }
  }, [current]);

  const openSearch = (): void => {
    finder.open();
    requestAnimationFrame(() => input.current?.select());
  };
  const closeSearch = (): void => {
    finder.close();
    scroller.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'f' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopPropagation();
      openSearch();
    }
  };
  const toEnd = (): void => {
    setIsAtEnd(true);
    if (status === 'paused') {
      props.onFollow();
    }
  };
  return (
    <div
      className="couture-Log"
      data-couture="log"
      data-status={status}
      data-size={shown.size}
      onKeyDown={onKeyDown}
    >
      <LogTools
        status={statusText(state, trans)}
        least={finder.least}
        errors={finder.errors}
        isSearching={finder.isOpen}
        isWrapped={isWrapped}
        isAtEnd={isAtEnd}
        downloadUrl={props.downloadUrl}
        trans={trans}
        onLevel={finder.setLeast}
        onSearch={finder.isOpen ? closeSearch : openSearch}
        onFirstError={() => finder.jumpToError('first')}
        onNextError={() => finder.jumpToError('next')}
        onWrap={props.onWrap}
        onEnd={toEnd}
        onCopy={() => props.onCopy(finder.text())}
      />
      {finder.isOpen && (
        <LogFind
          ref={input}
          query={finder.query}
          at={finder.at}
          total={finder.total}
          isPart={shown.end - shown.start < shown.size}
          trans={trans}
          onQuery={finder.setQuery}
          onStep={finder.step}
          onClose={closeSearch}
        />
      )}
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
          <LogLines
            key={block.id}
            block={block}
            levels={finder.levels.get(block.id)}
            least={finder.least}
            matches={finder.matches.get(block.id)}
            current={current?.block === block.id ? current : null}
            trans={trans}
          />
        ))}
        {finder.isEmpty && (
          <p className="couture-Log-earlier" data-couture="log-none">
            {trans.__('No line of this level in the part shown.')}{' '}
            <button
              type="button"
              className="couture-LinkButton"
              onClick={() => finder.setLeast('debug')}
            >
              {trans.__('Show all levels')}
            </button>
          </p>
        )}
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
