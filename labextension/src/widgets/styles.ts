/** The styles of the views, put into the page once. Every selector begins with a class of ours. */
import css from 'couture:styles';

const ID = 'couture-widget-styles';

export function addStyles(): void {
  if (!document.getElementById(ID)) {
    const style = document.createElement('style');
    style.id = ID;
    style.textContent = css;
    document.head.append(style);
  }
}
