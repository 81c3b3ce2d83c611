import { useMemo } from 'react';
import type { Translate } from '../model/labels';
import type { Hunk, LinePair, VersionDiff } from '../model/wireDagPage';

export interface DiffViewProps {
  readonly diff: Pick<VersionDiff, 'hunks'>;
  /** What it is that differs. */
  readonly label: string;
  readonly trans: Translate;
}

interface NumberedPair extends LinePair {
  readonly left: number | null;
  readonly right: number | null;
}

function numbered(hunk: Hunk): readonly NumberedPair[] {
  let left = hunk.older_start;
  let right = hunk.newer_start;
  return hunk.lines.map(pair => ({
    ...pair,
    left: pair.older === null ? null : left++,
    right: pair.newer === null ? null : right++
  }));
}

/** Two versions of a text side by side; only lines around changes. */
export function DiffView({ diff, label, trans }: DiffViewProps): JSX.Element {
  const hunks = useMemo(() => diff.hunks.map(numbered), [diff]);
  const words: Readonly<Record<LinePair['kind'], string>> = {
    same: '',
    changed: trans.__('changed'),
    removed: trans.__('removed'),
    added: trans.__('added')
  };
  return (
    <div className="couture-Diff" data-couture="diff" tabIndex={0} role="region" aria-label={label}>
      <table>
        <colgroup>
          <col className="couture-Diff-numbers" />
          <col />
          <col className="couture-Diff-numbers" />
          <col />
        </colgroup>
        <thead className="couture-hidden">
          <tr>
            <th scope="col">{trans.__('Line')}</th>
            <th scope="col">{trans.__('Older version')}</th>
            <th scope="col">{trans.__('Line')}</th>
            <th scope="col">{trans.__('Newer version')}</th>
          </tr>
        </thead>
        {hunks.map((pairs, place) => (
          <tbody key={place}>
            {pairs.map((pair, index) => (
              <tr key={index} data-kind={pair.kind} title={words[pair.kind] || undefined}>
                <td className="couture-Diff-number">{pair.left}</td>
                <td className="couture-Diff-text" data-side="older">
                  {pair.older}
                </td>
                <td className="couture-Diff-number">{pair.right}</td>
                <td className="couture-Diff-text" data-side="newer">
                  {pair.newer}
                </td>
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}
