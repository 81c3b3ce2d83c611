"""``dag.test()``: one run of a DAG that is held in a notebook or a script, by the real engine, shown as it goes on.

Nothing of it runs in the process that asks: ``process`` starts another one, which is gone with everything it made when
the run has ended, when the cell is interrupted, or when the kernel dies.
"""

from jupyter_couture.trials.outcome import DagTestFailed, DagTestInterrupted, TrialOutcome
from jupyter_couture.trials.run import try_out

__all__ = ["DagTestFailed", "DagTestInterrupted", "TrialOutcome", "try_out"]
