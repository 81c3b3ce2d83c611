import { Dialog, showDialog } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import { TriggerForm } from '../components/TriggerForm';
import type { Translate } from '../model/labels';
import { EMPTY_DRAFT, parseDraft, type TriggerDraft } from '../model/triggerDraft';
import type { JsonObject, TriggerBody } from '../model/wire';

class TriggerBodyWidget extends ReactWidget implements Dialog.IBodyWidget<TriggerDraft> {
  constructor(
    private draft: TriggerDraft,
    private readonly params: JsonObject,
    private readonly problem: string | null,
    private readonly trans: Translate
  ) {
    super();
  }

  getValue(): TriggerDraft {
    return this.draft;
  }

  protected override render(): JSX.Element {
    return (
      <TriggerForm
        initial={this.draft}
        params={this.params}
        problem={this.problem}
        trans={this.trans}
        onChange={draft => {
          this.draft = draft;
        }}
      />
    );
  }
}

/** Asks for conf, logical date and run id until they can be read. Null: the user gave up. */
export async function askTrigger(
  dagId: string,
  params: JsonObject,
  trans: Translate
): Promise<TriggerBody | null> {
  let draft: TriggerDraft = { ...EMPTY_DRAFT, conf: JSON.stringify(params, null, 2) };
  let problem: string | null = null;
  for (;;) {
    const result = await showDialog<TriggerDraft>({
      title: trans.__('Trigger %1', dagId),
      body: new TriggerBodyWidget(draft, params, problem, trans),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Trigger') })
      ],
      focusNodeSelector: 'textarea'
    });
    if (!result.button.accept || !result.value) {
      return null;
    }
    const parsed = parseDraft(result.value, trans);
    if ('body' in parsed) {
      return parsed.body;
    }
    draft = result.value;
    problem = parsed.problem;
  }
}
