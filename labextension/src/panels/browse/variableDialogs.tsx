/** The dialogs of the page of variables: one to look at or to change, a new one, and many out of a file. */
import { ApiError, problemOf } from '../../api/errors';
import {
  addVariable,
  changeVariable,
  fetchVariable,
  importVariables,
  lastChange
} from '../../api/variables';
import { ImportForm } from '../../components/variables/ImportForm';
import { VariableForm, type SaveOutcome } from '../../components/variables/VariableForm';
import { isAllowed } from '../../model/permissions';
import { patchOf } from '../../model/variableDraft';
import type { VariablePatch } from '../../model/wireVariables';
import type { ICouture } from '../../tokens';
import { openModal } from '../modal';

function refused(error: unknown): SaveOutcome {
  const { message, hint } = problemOf(error);
  const wire = error instanceof ApiError ? error.wire : null;
  const named = wire?.type === 'conflict' ? 'key' : (wire?.field ?? '').replace(/^\$\.?/, '');
  const field = ['key', 'value'].includes(named) ? named : '';
  return { type: 'refused', field, message: field === '' && hint ? `${message} ${hint}` : message };
}

/** Resolves to the new variable's key; null: the user gave up. */
export function askForNewVariable({ session, trans }: ICouture): Promise<string | null> {
  return openModal<string>(
    trans.__('New variable'),
    close => (
      <VariableForm
        variable={null}
        mayEdit
        lastChange={null}
        trans={trans}
        onSave={async ({ key, text, description }) => {
          try {
            const made = await addVariable(session.api, { key, value: text, description });
            close(made.key);
            return { type: 'saved' };
          } catch (error) {
            return refused(error);
          }
        }}
        onCancel={() => close(null)}
      />
    ),
    'input'
  );
}

/** Resolves to its key if it was changed; null: it was only looked at. Raises what the server has against reading it. */
export async function askAboutVariable(couture: ICouture, key: string): Promise<string | null> {
  const { session, trans } = couture;
  const state = session.store.getState();
  const mayEdit = isAllowed(state, 'variables.edit');
  const [found, change] = await Promise.all([
    fetchVariable(session.api, key),
    // Who was here before is a courtesy: without it the variable can be changed all the same.
    isAllowed(state, 'audit.read') ? lastChange(session.api, key).catch(() => null) : null
  ]);
  let { tag } = found;
  const save = async (patch: VariablePatch): Promise<SaveOutcome> => {
    try {
      await changeVariable(session.api, key, patch, tag);
      return { type: 'saved' };
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 412)) {
        return refused(error);
      }
    }
    try {
      const now = await fetchVariable(session.api, key);
      tag = now.tag;
      return { type: 'stale', theirs: now.value };
    } catch (error) {
      return refused(error);
    }
  };
  return openModal<string>(
    mayEdit ? trans.__('Variable %1', key) : trans.__('Variable %1, to look at', key),
    close => (
      <VariableForm
        variable={found.value}
        mayEdit={mayEdit}
        lastChange={change}
        trans={trans}
        onSave={async (draft, known) => {
          const outcome = await save(patchOf(known ?? found.value, draft));
          if (outcome.type === 'saved') {
            close(key);
          }
          return outcome;
        }}
        onCancel={() => close(null)}
      />
    ),
    'textarea'
  );
}

/** Resolves once the dialog is closed, whatever was stored. */
export async function askForFile({ session, trans }: ICouture): Promise<void> {
  await openModal<never>(
    trans.__('Import variables'),
    close => (
      <ImportForm
        trans={trans}
        onImport={async (text, ifExists) => {
          try {
            return { report: await importVariables(session.api, text, ifExists) };
          } catch (error) {
            const { message, hint } = problemOf(error);
            return { refusal: hint ? `${message} ${hint}` : message };
          }
        }}
        onClose={() => close(null)}
      />
    ),
    'input'
  );
}
