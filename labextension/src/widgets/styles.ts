/** The styles of the views, put into the page once. Every selector begins with a class of ours. */
import css from 'couture:styles';

const ID = 'couture-widget-styles';
/** A variable of our style sheets: where it is known before, the lab has them already. */
const MARK = '--couture-tint';

/** Before the lab's own if it has them: opening a widget must not change which of two rules wins there. */
export function addStyles(): void {
  if (!document.getElementById(ID)) {
    const style = document.createElement('style');
    style.id = ID;
    style.textContent = css;
    const isKnown = getComputedStyle(document.documentElement).getPropertyValue(MARK) !== '';
    document.head[isKnown ? 'prepend' : 'append'](style);
  }
}
