import { addIcon, fileUploadIcon, saveIcon } from '@jupyterlab/ui-components';
import { exportVariables } from '../../api/variables';
import { IconButton } from '../../components/IconButton';
import { fileText } from '../../model/variableDraft';
import { download } from '../../store/exportCsv';
import { useMay } from '../../store/hooks';
import type { ICouture } from '../../tokens';
import { attempt, tell } from '../tell';
import { askForFile, askForNewVariable } from './variableDialogs';

export interface VariableToolsProps {
  readonly couture: ICouture;
  readonly onChanged: () => void;
}

/** What can be done with variables beside the rows of their page. */
export function VariableTools({ couture, onChanged }: VariableToolsProps): JSX.Element {
  const { session, trans } = couture;
  const may = useMay(session);
  const add = async (): Promise<void> => {
    if ((await askForNewVariable(couture)) !== null) {
      onChanged();
    }
  };
  const bringIn = async (): Promise<void> => {
    await askForFile(couture);
    onChanged();
  };
  const take = (): Promise<void> =>
    attempt(trans, async () => {
      const variables = await exportVariables(session.api);
      const name = `variables-${new Date().toISOString().slice(0, 10)}.json`;
      download(name, [fileText(variables)], 'application/json');
      const text = trans._n(
        '%1 variable written. What is hidden reads *** in the file.',
        '%1 variables written. What is hidden reads *** in the file.',
        Object.keys(variables).length
      );
      tell('success', text, trans);
    });
  return (
    <>
      {may('variables.edit') && (
        <IconButton
          icon={addIcon}
          hook="new-variable"
          label={trans.__('New variable')}
          text={trans.__('New variable')}
          onClick={() => void add()}
        />
      )}
      {may('variables.import') && (
        <IconButton
          icon={fileUploadIcon}
          hook="import-variables"
          label={trans.__('Import variables from a JSON file')}
          text={trans.__('Import')}
          onClick={() => void bringIn()}
        />
      )}
      {may('variables.export') && (
        <IconButton
          icon={saveIcon}
          hook="export-variables"
          label={trans.__('Export all variables as a JSON file')}
          text={trans.__('Export')}
          onClick={() => void take()}
        />
      )}
    </>
  );
}
