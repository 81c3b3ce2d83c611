"""Frames a second while something moves."""

from dataclasses import dataclass

from playwright.sync_api import Page

from benchmarks.measures import percentile

_MOVE = """
([body, seconds]) => new Promise(done => {
  const move = new Function('seconds', body);
  const times = [];
  const step = now => {
    times.push(now);
    const elapsed = (now - times[0]) / 1000;
    if (elapsed >= seconds) {
      done(times.slice(1).map((time, index) => time - times[index]));
    } else {
      move(elapsed);
      requestAnimationFrame(step);
    }
  };
  requestAnimationFrame(step);
})
"""


@dataclass(frozen=True, slots=True)
class Frames:
    """How smooth a movement was. ``slow_ms`` is the 95th percentile of the time between two frames."""

    per_second: float
    slow_ms: float


def frames_while(page: Page, move: str, seconds: float = 4.0) -> Frames:
    """Frames while ``move`` is done once a frame: the body of a JavaScript function of ``seconds`` since the start.

    The movement runs on the page's main thread, as a pessimist would have it: layout and paint must keep up with it.
    """
    gaps: list[float] = page.evaluate(_MOVE, [move, seconds])
    return Frames(len(gaps) / (sum(gaps) / 1000), percentile(gaps, 0.95))
