import { useMemo, useState } from 'react';
import { linkTo } from '../../model/browse/pageIds';
import { createLink } from '../../store/link';
import ConnectedBrowse from '../browse/ConnectedBrowse';
import type { TabProps } from './types';

/** The runs of this DAG. */
export default function RunsTab({ dagId, couture, actions }: TabProps): JSX.Element {
  const [link] = useState(() => createLink(linkTo('runs')));
  const fixed = useMemo(() => ({ dag_id: dagId }), [dagId]);
  return <ConnectedBrowse couture={couture} actions={actions} link={link} fixed={fixed} />;
}
