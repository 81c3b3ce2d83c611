/** Views whose code is fetched when they are first shown. */
import { useEffect, useReducer, useState, type ComponentType } from 'react';
import { errorFromNetwork } from '../api/errors';
import { Boundary } from './Boundary';
import { Notice, ProblemNotice } from '../components/Notice';
import type { ICouture } from '../tokens';

interface NeedsCouture {
  readonly couture: Pick<ICouture, 'trans'>;
}

/**
 * The default export of a module, fetched once for all. Where that fails, or the view breaks while it is drawn, its
 * place says so and offers another try, and everything around it stays.
 */
export function loadable<P extends NeedsCouture>(
  load: () => Promise<{ readonly default: ComponentType<P> }>
): ComponentType<P> {
  let known: ComponentType<P> | null = null;
  return function Loadable(props: P): JSX.Element {
    const { trans } = props.couture;
    const [View, setView] = useState(() => known);
    const [isFailed, setFailed] = useState(false);
    const [round, retry] = useReducer((count: number) => count + 1, 0);
    useEffect(() => {
      if (known !== null) {
        setView(() => known);
        return undefined;
      }
      let isCurrent = true;
      setFailed(false);
      load().then(
        found => {
          known = found.default;
          if (isCurrent) {
            setView(() => known);
          }
        },
        () => isCurrent && setFailed(true)
      );
      return () => {
        isCurrent = false;
      };
    }, [round]);
    if (View) {
      return (
        <Boundary trans={trans}>
          <View {...props} />
        </Boundary>
      );
    }
    return isFailed ? (
      <ProblemNotice problem={errorFromNetwork().problem} trans={trans} onRetry={retry} />
    ) : (
      <Notice kind="loading" title={trans.__('Loading…')} />
    );
  };
}
