import type { Translate } from '../model/labels';

export interface TagsProps {
  readonly tags: readonly string[];
  readonly trans: Translate;
  readonly onTag: (tag: string) => void;
}

const FEW = 3;

/** Tags of a DAG as buttons that narrow the list; of many, the first few and how many more there are. */
export function Tags({ tags, trans, onTag }: TagsProps): JSX.Element | null {
  if (tags.length === 0) {
    return null;
  }
  const rest = tags.slice(FEW);
  return (
    <span className="couture-Tags">
      {tags.slice(0, FEW).map(tag => (
        <button
          key={tag}
          type="button"
          className="couture-Tag"
          data-couture="tag"
          title={trans.__('Show only DAGs with the tag %1', tag)}
          onClick={() => onTag(tag)}
        >
          {tag}
        </button>
      ))}
      {rest.length > 0 && (
        <span className="couture-faint" title={rest.join(', ')}>
          {`+${rest.length}`}
        </span>
      )}
    </span>
  );
}
