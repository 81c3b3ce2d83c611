import './index.css';
import './base.css';
import './states.css';
import './list.css';
import './document.css';
import './graph.css';
import './task.css';
import './trigger.css';
