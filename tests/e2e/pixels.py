"""How long a change of state takes from its commit in the store to the frame that shows it.

Measured by the page's clock, which is the server's here: from the commit time in the event to the frame after the
task's element in the graph has changed.
"""

from playwright.sync_api import Page

_WATCH = """
window.commits = new Set();
window.delays = new Map();
const Socket = window.WebSocket;
window.WebSocket = class extends Socket {
  constructor(...given) {
    super(...given);
    if (String(given[0]).includes('couture/api/stream')) {
      this.addEventListener('message', ({ data }) => {
        for (const event of JSON.parse(data).events ?? []) {
          if (event.kind === 'task.state') {
            window.commits.add(event.task_id + ' ' + event.at);
          }
        }
      });
    }
  }
};
new MutationObserver(changes => {
  for (const { target } of changes) {
    const at = target.getAttribute('data-seq-at');
    const key = target.getAttribute('data-task-id') + ' ' + at;
    if (at && window.commits.has(key) && !window.delays.has(key)) {
      window.delays.set(key, 0);
      requestAnimationFrame(() => window.delays.set(key, Date.now() - Date.parse(at)));
    }
  }
}).observe(document, { subtree: true, attributes: true, attributeFilter: ['data-seq-at'] });
"""


def watch_pixels(page: Page) -> None:
    """Measure from the next load of the page on."""
    page.add_init_script(_WATCH)


def taken_delays(page: Page) -> list[float]:
    """Milliseconds of the changes since the last call, ascending."""
    delays: list[float] = page.evaluate("() => { const all = [...delays.values()]; delays.clear(); return all; }")
    return sorted(delays)
