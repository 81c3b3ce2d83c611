/** The tree with its styles, which the lab loads with it and not at its start. */
import '../../../style/tree.css';

export { default } from './TreeTab';
