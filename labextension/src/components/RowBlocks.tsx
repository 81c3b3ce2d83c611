/** Many rows, of which only those near the visible part of their scroller are in the document. */
import {
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type ReactNode,
  type RefObject
} from 'react';

const BLOCK = 5;
/** Up to so many rows it is not worth the trouble. */
const FEW_ROWS = 60;
const FIRST_GUESS_PX = 40;
const MARGIN = '900px 0px';

export interface RowBlocksProps<T> {
  readonly rows: readonly T[];
  readonly scroller: RefObject<HTMLElement | null>;
  readonly className: string;
  readonly render: (row: T, index: number) => ReactNode;
}

export function RowBlocks<T>({
  rows,
  scroller,
  className,
  render
}: RowBlocksProps<T>): JSX.Element {
  if (rows.length <= FEW_ROWS) {
    return (
      <div role="rowgroup" className={className}>
        {rows.map(render)}
      </div>
    );
  }
  const count = Math.ceil(rows.length / BLOCK);
  return (
    <>
      {Array.from({ length: count }, (_, at) => (
        <Block key={at} className={className} scroller={scroller} isFirst={at === 0}>
          {() =>
            rows
              .slice(at * BLOCK, (at + 1) * BLOCK)
              .map((row, index) => render(row, at * BLOCK + index))
          }
        </Block>
      ))}
    </>
  );
}

interface BlockProps {
  readonly className: string;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly isFirst: boolean;
  readonly children: () => ReactNode;
}

/** Height of a row as last seen: what a block that was never shown is taken to need. */
let rowPx = FIRST_GUESS_PX;

function Block({ className, scroller, isFirst, children }: BlockProps): JSX.Element {
  const node = useRef<HTMLDivElement>(null);
  const height = useRef<number | null>(null);
  const [isNear, setIsNear] = useState(isFirst);
  useEffect(() => {
    const block = node.current;
    if (!block) {
      return undefined;
    }
    const observer = new IntersectionObserver(
      entries => {
        const isSeen = entries[entries.length - 1]?.isIntersecting ?? false;
        // Who works with the keyboard must not lose the place by scrolling away from it.
        setIsNear(isSeen || block.contains(document.activeElement));
      },
      { root: scroller.current, rootMargin: MARGIN }
    );
    observer.observe(block);
    return () => observer.disconnect();
  }, [scroller]);
  useLayoutEffect(() => {
    if (isNear && node.current && node.current.offsetHeight > 0) {
      height.current = node.current.offsetHeight;
      rowPx = height.current / Math.max(1, node.current.childElementCount);
    }
  });
  return (
    <div
      ref={node}
      role="rowgroup"
      className={className}
      style={isNear ? undefined : { height: height.current ?? rowPx * BLOCK }}
    >
      {isNear && children()}
    </div>
  );
}
