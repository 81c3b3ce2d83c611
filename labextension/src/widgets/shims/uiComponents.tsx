/** Stands in for `@jupyterlab/ui-components`: its icons, drawn by our `LabIcon`, its select box and its form. */
import type { FormComponent as LabForm } from '@jupyterlab/ui-components';
import Form from '@rjsf/core';
import type { ComponentProps, SelectHTMLAttributes } from 'react';
import { LabIcon } from './labicon';

export * from '@jupyterlab/ui-components/lib/icon/iconimports';
export { LabIcon };

const arrow = new LabIcon({
  name: 'couture:select',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 18 18"><path class="jp-icon3" fill="#616161" d="M5 7.500 9 11.500l4-4z"/></svg>'
});

/** The classes are the lab's, so that its themes fit. */
export function HTMLSelect(props: SelectHTMLAttributes<HTMLSelectElement>): JSX.Element {
  const { className, children, ...given } = props;
  return (
    <div className={`jp-HTMLSelect jp-DefaultStyle ${className ?? ''}`}>
      <select onFocus={event => event.stopPropagation()} {...given}>
        {children}
      </select>
      <arrow.react tag="span" className="couture-HostSelect-arrow" />
    </div>
  );
}

/** The lab adds templates, which all of ours replace, and takes the button to send away. */
export function FormComponent(props: ComponentProps<typeof LabForm>): JSX.Element {
  const uiSchema = { ...props.uiSchema, 'ui:submitButtonOptions': { norender: true } };
  return <Form {...props} uiSchema={uiSchema} />;
}
