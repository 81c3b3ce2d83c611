/** What the widgets fetch when a form is first shown: it is larger than all the other views together. */
export { TriggerForm } from '../components/TriggerForm';
