/** What our server gives to the widgets of a page, once for all of them: the views, their styles and React. */
import { createRoot } from 'react-dom/client';
import { Notice } from '../components/Notice';
import { Boundary } from '../panels/Boundary';
import { Seen } from '../store/seen';
import { textOf, type Mounting } from './model';
import { hold, type Hold } from './session';
import { addStyles } from './styles';
import { useInSight } from './useInSight';
import { useTrait } from './useTrait';
import { VIEWS, type ViewKind } from './views';
import { WidgetFrame } from './WidgetFrame';

interface WidgetProps extends Mounting {
  readonly kind: ViewKind;
  readonly live: Hold;
}

function Widget({ kind, live, model, el }: WidgetProps): JSX.Element {
  const dagId = useTrait<string | undefined>(model, 'dag_id') ?? '';
  const isInSight = useInSight(el);
  return (
    <Seen.Provider value={isInSight}>
      <WidgetFrame
        live={live}
        model={model}
        el={el}
        label={live.trans.__('Couture: %1', dagId || live.trans.__('all DAGs'))}
        isSized={kind.isSized}
        isAtMost={kind.isAtMost ?? false}
      >
        <Boundary trans={live.trans}>
          <kind.View key={dagId} live={live} model={model} dagId={dagId} />
        </Boundary>
      </WidgetFrame>
    </Seen.Provider>
  );
}

/** Counts them: ids in the page that React makes would else be the same in each. */
let mounted = 0;

/** Draws a widget; returns what takes it away. */
export function mount({ model, el }: Mounting): () => void {
  const kind = VIEWS[textOf(model, '_couture_view') ?? ''];
  addStyles();
  el.replaceChildren();
  mounted += 1;
  const root = createRoot(el, { identifierPrefix: `couture-${mounted}-` });
  if (!kind) {
    root.render(
      <Notice kind="error" title="This Jupyter server does not know this widget">
        The jupyter_couture of the kernel is newer than the one of the server.
      </Notice>
    );
    return () => root.unmount();
  }
  const live = hold();
  root.render(<Widget kind={kind} live={live} model={model} el={el} />);
  return () => {
    root.unmount();
    live.release();
  };
}
