import { useMemo, useState } from 'react';
import { linkTo } from '../../model/browse/pageIds';
import { createLink } from '../../store/link';
import ConnectedBrowse from '../browse/ConnectedBrowse';
import type { TabProps } from './types';

/** What was done to this DAG. */
export default function AuditTab({ dagId, couture, actions }: TabProps): JSX.Element {
  const [link] = useState(() => createLink(linkTo('audit')));
  const fixed = useMemo(() => ({ dag_id: dagId }), [dagId]);
  return <ConnectedBrowse couture={couture} actions={actions} link={link} fixed={fixed} />;
}
