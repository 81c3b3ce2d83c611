import { HTMLSelect } from '@jupyterlab/ui-components';
import { formatUtcShort } from '../model/format';
import type { Translate } from '../model/labels';
import type { VersionUse } from '../model/wireDagPage';

export interface VersionBarProps {
  readonly versions: readonly VersionUse[];
  readonly version: string;
  /** The version to compare with; null: the code alone is shown. */
  readonly base: string | null;
  /** The run in the header and the version it is pinned to. */
  readonly run: { readonly run_id: string; readonly version: string } | null;
  readonly trans: Translate;
  readonly onVersion: (version: string) => void;
  readonly onBase: (version: string | null) => void;
}

/** Number of a version, 1 is the first one seen. */
function numberOf(versions: readonly VersionUse[], version: string): number {
  return versions.length - versions.findIndex(use => use.version === version);
}

/** Which version of the code is shown, which runs are of it, and what it is compared with. */
export function VersionBar(props: VersionBarProps): JSX.Element {
  const { versions, version, base, run, trans, onVersion, onBase } = props;
  const shown = versions.find(use => use.version === version);
  const option = (use: VersionUse): JSX.Element => (
    <option key={use.version} value={use.version}>
      {trans.__('Version %1 · %2', numberOf(versions, use.version), formatUtcShort(use.created_at))}
      {use.is_present ? ` · ${trans.__('newest')}` : ''}
    </option>
  );
  return (
    <div className="couture-VersionBar" data-couture="version-bar">
      <label>
        {trans.__('Version')}
        <HTMLSelect
          className="couture-Select"
          data-couture="version"
          aria-label={trans.__('Version')}
          value={version}
          onChange={event => onVersion(event.target.value)}
        >
          {versions.map(option)}
        </HTMLSelect>
      </label>
      {versions.length > 1 && (
        <label>
          {trans.__('Compare with')}
          <HTMLSelect
            className="couture-Select"
            data-couture="compare-with"
            aria-label={trans.__('Compare with')}
            value={base ?? ''}
            onChange={event => onBase(event.target.value || null)}
          >
            <option value="">{trans.__('nothing')}</option>
            {versions.filter(use => use.version !== version).map(option)}
          </HTMLSelect>
        </label>
      )}
      {shown && (
        <span className="couture-faint" data-couture="version-use">
          {shown.run_count === 0
            ? trans.__('No run is of this version.')
            : trans.__(
                'Runs of this version: %1, from %2 to %3.',
                shown.run_count,
                shown.first_run_id ?? '',
                shown.last_run_id ?? ''
              )}
          {run && run.version === version && ` ${trans.__('The shown run is one of them.')}`}
          {run &&
            run.version !== version &&
            ` ${trans.__('The shown run is of version %1.', numberOf(versions, run.version))}`}
        </span>
      )}
    </div>
  );
}
