/** What our components need of the lab's `LabIcon`: it draws its SVG. */
import type { ElementType } from 'react';

interface IconOptions {
  readonly name: string;
  readonly svgstr: string;
}

interface IconProps {
  readonly tag?: ElementType;
  readonly className?: string;
  readonly title?: string;
}

export class LabIcon {
  readonly name: string;
  readonly svgstr: string;

  constructor({ name, svgstr }: IconOptions) {
    this.name = name;
    this.svgstr = svgstr;
    this.react = this.react.bind(this);
  }

  react({ tag: Tag = 'div', className, title }: IconProps): JSX.Element {
    return (
      <Tag
        className={className}
        title={title}
        data-icon={this.name}
        dangerouslySetInnerHTML={{ __html: this.svgstr }}
      />
    );
  }
}
