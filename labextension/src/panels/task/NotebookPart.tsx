import type { ICouture } from '../../tokens';
import { CellOutputs } from './CellOutputs';
import { FollowedNotebook, type FollowedNotebookProps } from './FollowedNotebook';
import '../../../style/notebook.css';

export interface NotebookPartProps extends Omit<FollowedNotebookProps, 'couture' | 'draw'> {
  readonly couture: ICouture;
}

/** The notebook of an attempt in the lab, whose renderers draw the outputs. */
export default function NotebookPart(props: NotebookPartProps): JSX.Element {
  const { trans, rendermime } = props.couture;
  return (
    <FollowedNotebook
      {...props}
      draw={({ outputs }, label) =>
        rendermime && (
          <CellOutputs outputs={outputs} rendermime={rendermime} label={label} trans={trans} />
        )
      }
    />
  );
}
