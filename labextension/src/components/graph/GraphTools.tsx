import { addIcon, downloadIcon, listIcon, treeViewIcon } from '@jupyterlab/ui-components';
import type { RefObject } from 'react';
import type { Translate } from '../../model/labels';
import type { Direction } from '../../model/layout';
import { IconButton } from '../IconButton';
import { directionIcon, fitIcon, minusIcon } from '../icons';
import { criticalPathIcon, foldAllIcon, unfoldAllIcon } from './icons';
import type { GraphScene } from './scene';

export interface GraphToolsProps {
  readonly scene: GraphScene | null;
  readonly direction: Direction;
  readonly isList: boolean;
  readonly hasGroups: boolean;
  readonly areAllFolded: boolean;
  /** Whether the run has ended, so that one can say what it took its time for. */
  readonly hasCriticalPath: boolean;
  readonly isCritical: boolean;
  readonly trans: Translate;
  /** Shows the zoom in per cent; written without React, as it changes with every turn of the wheel. */
  readonly scaleText: RefObject<HTMLButtonElement>;
  readonly onList: (isList: boolean) => void;
  readonly onDirection: (direction: Direction) => void;
  readonly onFoldAll: (isFolded: boolean) => void;
  readonly onCritical: (isCritical: boolean) => void;
  /** Offers pictures of the graph, at client coordinates. */
  readonly onDownload: (x: number, y: number) => void;
}

const ZOOM_STEP = 1.25;

export function GraphTools(props: GraphToolsProps): JSX.Element {
  const { scene, direction, isList, trans } = props;
  return (
    <div className="couture-Graph-tools" role="toolbar" aria-label={trans.__('Graph tools')}>
      {!isList && (
        <>
          <IconButton
            icon={minusIcon}
            label={trans.__('Zoom out (-)')}
            onClick={() => scene?.viewport.zoom(1 / ZOOM_STEP)}
          />
          <button
            ref={props.scaleText}
            type="button"
            className="couture-Button couture-Graph-scale"
            data-couture="scale"
            title={trans.__('Show in full size (1)')}
            onClick={() => scene?.viewport.zoomTo(1)}
          />
          <IconButton
            icon={addIcon}
            label={trans.__('Zoom in (+)')}
            onClick={() => scene?.viewport.zoom(ZOOM_STEP)}
          />
          <IconButton
            icon={fitIcon}
            label={trans.__('Show the whole graph (0)')}
            hook="fit"
            onClick={() => scene?.viewport.fit()}
          />
          <IconButton
            icon={directionIcon}
            label={
              direction === 'LR'
                ? trans.__('Draw from top to bottom')
                : trans.__('Draw from left to right')
            }
            onClick={() => props.onDirection(direction === 'LR' ? 'TB' : 'LR')}
          />
        </>
      )}
      {props.hasGroups && (
        <IconButton
          icon={props.areAllFolded ? unfoldAllIcon : foldAllIcon}
          label={props.areAllFolded ? trans.__('Unfold all groups') : trans.__('Fold all groups')}
          hook="fold-all"
          onClick={() => props.onFoldAll(!props.areAllFolded)}
        />
      )}
      {!isList && (
        <>
          <IconButton
            icon={criticalPathIcon}
            label={
              props.hasCriticalPath
                ? trans.__('Critical path: what the run took its time for')
                : trans.__('Critical path: once the run has ended')
            }
            hook="critical-path"
            isPressed={props.isCritical}
            isDisabled={!props.hasCriticalPath}
            onClick={() => props.onCritical(!props.isCritical)}
          />
          <IconButton
            icon={downloadIcon}
            label={trans.__('Download a picture of the graph')}
            hook="download-graph"
            onClick={event => {
              const box = event.currentTarget.getBoundingClientRect();
              props.onDownload(box.left, box.bottom);
            }}
          />
        </>
      )}
      <IconButton
        icon={isList ? treeViewIcon : listIcon}
        label={isList ? trans.__('Show as graph') : trans.__('Show as list')}
        hook="as-list"
        onClick={() => props.onList(!isList)}
      />
    </div>
  );
}
