"""What a pass of the scheduler looks at, what it makes of it, and its working papers in between."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jupyter_couture.decisions.advance import Draft
from jupyter_couture.decisions.alerts import Alerts, Watch
from jupyter_couture.decisions.capacity import Room
from jupyter_couture.decisions.commands import Carried
from jupyter_couture.decisions.due import Births, DagCase, Origins
from jupyter_couture.decisions.ends import Rules
from jupyter_couture.decisions.lineage import Lineage
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.past import Past
from jupyter_couture.model.assets import AssetEvent
from jupyter_couture.model.commands import StoredCommand
from jupyter_couture.model.ids import AttemptId, DagId, RunKey
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.records import Batch, StoredFact
from jupyter_couture.model.run import DagRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a pass looks at. ``new_id`` gives attempt ids; everything else is a value.

    ``pasts`` are the last runs that ended before the live ones, for those that depend on their past; ``fresh_pasts``
    names the runs whose past was looked up since the last pass. ``failed_streaks`` counts the scheduled runs of a DAG
    that failed in a row, for DAGs that are turned off after some. ``overdue_commands`` are the numbers of those that
    have waited so long for the ends of attempts that they wait no more. ``is_clock_in_doubt``: the clock was turned
    back since the last pass, or may have been.
    """

    live: Mapping[RunKey, LiveRun]
    dags: Mapping[DagId, DagCase]
    facts: Sequence[StoredFact]
    cancel_requests: Collection[RunKey]
    room: Room
    fence: int
    rules: Rules
    new_id: Callable[[], str]
    origins: Origins = Origins()
    pasts: Mapping[RunKey, Past] = field(default_factory=dict)
    fresh_pasts: Collection[RunKey] = ()
    failed_streaks: Mapping[DagId, int] = field(default_factory=dict)
    watch: Watch = Watch()
    commands: Sequence[StoredCommand] = ()
    busy: Collection[RunKey] = ()
    overdue_commands: Collection[int] = ()
    is_clock_in_doubt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a pass wants. ``live`` and ``dags`` hold only what changed; ``ended`` runs leave the live ones.

    ``is_followed``: what was done gives the next pass something to do. ``callbacks`` are all that are not done after
    it, ``looked_back`` the next deadlines of runs that were over before.
    """

    batch: Batch
    live: Mapping[RunKey, LiveRun]
    ended: Mapping[RunKey, LiveRun]
    dags: Mapping[DagId, DagCase]
    starts: Sequence[StartAttempt]
    cancels: Sequence[AttemptId]
    wake_at: datetime | None
    callbacks: Mapping[AttemptId, StartAttempt] = field(default_factory=dict)
    looked_back: Mapping[RunKey, datetime | None] = field(default_factory=dict)
    is_followed: bool = False


@dataclass(slots=True)
class Pass:
    """The working papers of one pass."""

    snapshot: Snapshot
    now: datetime
    live: dict[RunKey, LiveRun]
    drafts: dict[RunKey, Draft] = field(default_factory=dict)
    created: dict[RunKey, DagRun] = field(default_factory=dict)
    dags: dict[DagId, DagCase] = field(default_factory=dict)
    cancels: list[AttemptId] = field(default_factory=list)
    births: Births = field(default_factory=Births)
    asset_events: list[AssetEvent] = field(default_factory=list)
    turned_off: list[DagId] = field(default_factory=list)
    rewound: dict[DagId, DagCase] = field(default_factory=dict)
    carried: Carried = field(default_factory=Carried)
    lineage: Lineage = field(init=False)
    alerts: Alerts = field(init=False)

    def __post_init__(self) -> None:
        given = self.snapshot
        self.alerts = Alerts(
            given.watch, fence=given.fence, max_losses=given.rules.max_losses, new_id=given.new_id, now=self.now
        )
        self.lineage = Lineage(self.live, self.drafts, self.snapshot.pasts)

    def draft(self, key: RunKey) -> Draft:
        """The draft of a run, begun when it is first asked for."""
        draft = self.drafts.get(key)
        if draft is None:
            item = self.live[key]
            draft = self.drafts[key] = Draft(item)
            if item.spec.past_dependents:
                draft.past = self.lineage.past_of(item)
        return draft
