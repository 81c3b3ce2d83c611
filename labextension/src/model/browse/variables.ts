import { isJsonDocument } from '../jsonLayout';
import { pythonCode, templateCode } from '../variableDraft';
import type { Variable, VariableList } from '../wireVariables';
import { text } from './cells';
import { definePage, textFilter, type Row } from './page';

function rowOf(variable: Variable): Row {
  const { key, value } = variable;
  const isJson = value !== null && isJsonDocument(value);
  return {
    key,
    subject: { type: 'variable', key, revision: variable.revision },
    cells: {
      key: { type: 'opener', text: key },
      value: { type: 'value', text: value, isHidden: variable.hidden, warning: variable.warning },
      description: text(variable.description),
      // No value is stored in any other way.
      encrypted: text('True'),
      code: {
        type: 'copy',
        texts: [
          { label: 'Python', text: pythonCode(key, isJson) },
          { label: 'Jinja', text: templateCode(key, isJson) }
        ]
      }
    }
  };
}

export const variablesPage = definePage<VariableList>({
  id: 'variables',
  empty: trans =>
    trans.__(
      'A variable is a named text that all DAGs share. The code of a task reads one with Variable.get("key"), a template with {{ var.value.key }}.'
    ),
  route: 'variables',
  order: 'key',
  columns: [
    { id: 'key', label: trans => trans.__('Key'), sort: 'key' },
    { id: 'value', label: trans => trans.__('Val') },
    { id: 'description', label: trans => trans.__('Description'), sort: 'description' },
    { id: 'encrypted', label: trans => trans.__('Is Encrypted') },
    { id: 'code', label: trans => trans.__('Copy how to read it') }
  ],
  filters: [textFilter('search', trans => trans.__('Key or description contains'))],
  rows: reply => reply.variables.map(rowOf)
});
