/** The lab's own code editor, read only, for the code of a DAG. */
import { CodeEditor, type IEditorServices } from '@jupyterlab/codeeditor';
import type { MountEditor } from '../components/CodeView';

export function editorMounter(services: IEditorServices, label: string): MountEditor {
  return (host, source) => {
    const model = new CodeEditor.Model({ mimeType: 'text/x-python' });
    model.sharedModel.setSource(source);
    const editor = services.factoryService.newDocumentEditor({
      host,
      model,
      config: { readOnly: true, lineNumbers: true, lineWrap: false }
    });
    // The lab's editor has no option for a name, which a screen reader needs.
    host.querySelector('[role="textbox"]')?.setAttribute('aria-label', label);
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
