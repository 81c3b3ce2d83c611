/** The lab's own code editor, read only, for the code of a DAG. */
import { CodeEditor, type IEditorServices } from '@jupyterlab/codeeditor';
import type { MountEditor } from '../components/CodeView';

export function editorMounter(services: IEditorServices): MountEditor {
  return (host, source) => {
    const model = new CodeEditor.Model({ mimeType: 'text/x-python' });
    model.sharedModel.setSource(source);
    const editor = services.factoryService.newDocumentEditor({
      host,
      model,
      config: { readOnly: true, lineNumbers: true, lineWrap: false }
    });
    return {
      get isDisposed() {
        return editor.isDisposed;
      },
      dispose: () => {
        editor.dispose();
        model.dispose();
      }
    };
  };
}
