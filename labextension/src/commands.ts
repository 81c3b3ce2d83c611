/** Ids of our commands, and what they take. */
export const CommandIDs = {
  /** `{...filter}`, as below */
  showPanel: 'couture:show-panel',
  /** `{...filter}`: the parts of a filter as the layout keeps them */
  openDags: 'couture:open-dags',
  openOverview: 'couture:open-overview',
  /** Dask's own pages, in a tab of their own; asks the server whether there are any. */
  openDaskDashboard: 'couture:open-dask-dashboard',
  /** `{dagId, tab?, runId?, taskId?, mapIndex?}` */
  openDag: 'couture:open-dag',
  /** `{dagId, withConf?, isQuiet?}`; quiet where the new run is seen anyway */
  trigger: 'couture:trigger',
  /** `{dagId, isPaused}` */
  setPaused: 'couture:set-paused',
  /** `{dagId}` */
  refreshDag: 'couture:refresh-dag',
  /** `{dagId, runId, asksFirst?}` */
  cancelRun: 'couture:cancel-run',
  /** `{file, line}`: a DAG file, opened if the lab can see it. */
  openFile: 'couture:open-file',
  /** Asks for a name. */
  newDag: 'couture:new-dag',
  openDagFolder: 'couture:open-dag-folder',
  /** The DAG of the file that is selected in the file browser. */
  openFileAsDag: 'couture:open-file-as-dag',
  /** `{path}`: a notebook that a task has executed, as the server names it. */
  openNotebook: 'couture:open-notebook',
  /** `{dagId, runId, taskId, mapIndex?, childDag?, trail?}`: the DAG that a task runs, at the run it made. */
  zoomIntoDag: 'couture:zoom-into-dag',
  /** `{dagId, taskId}` */
  copyTaskId: 'couture:copy-task-id',
  /** `{dagId, runId?, taskId?, mapIndex?}`: Python that shows it in a notebook. */
  copyCode: 'couture:copy-code',
  /** `{dagId, runId, taskId, mapIndex?}`; nothing: the task selected in the DAG in front. */
  runTask: 'couture:run-task',
  /** As `runTask`. */
  clearTask: 'couture:clear-task',
  /** As `runTask`, and `{state}`: success or failed. */
  markTask: 'couture:mark-task',
  /** `{dagId}`: asks for a range of dates. */
  backfill: 'couture:backfill',
  /** `{dagId}`: asks whether it is meant; its documents close. */
  deleteDag: 'couture:delete-dag',
  /** `{dagId, runId, onlyFailed?}`: shows what is touched. */
  clearRun: 'couture:clear-run',
  /** `{dagId, runId, state}`: `success` or `failed`; shows what is touched. */
  markRun: 'couture:mark-run',
  /** `{dagId, runId}`: shows what is lost. */
  deleteRun: 'couture:delete-run',
  /** `{page, filters?}` or `{link}`: a page of the menus Browse and Admin. */
  browse: 'couture:browse',
  /** Asks which DAG to open. */
  pickOpen: 'couture:pick-open',
  /** Asks which DAG to trigger. */
  pickTrigger: 'couture:pick-trigger',
  /** Asks which DAG, then as `copyCode`. */
  pickCopyCode: 'couture:pick-copy-code',
  togglePausedShown: 'couture:toggle-paused-shown',
  reload: 'couture:reload'
} as const;
