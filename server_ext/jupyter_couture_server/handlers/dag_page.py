"""The page of a DAG: statistics, versions, what changed between two."""

from jupyter_couture.model.ids import VersionHash
from jupyter_couture.model.statistics import Span
from jupyter_couture_server import wire_dag_page as wire
from jupyter_couture_server.present import instant, instant_or_none
from jupyter_couture_server.route import Call, NoQuery


def get_statistics(call: Call[NoQuery, None]) -> wire.StatisticsReply:
    """What the newest runs of a DAG were like."""
    found = call.backend.dag_page.statistics(call.ids.dag_id)
    last = found.last_success
    return wire.StatisticsReply(
        dag_id=call.ids.dag_id,
        run_counts=dict(found.counts),
        looked_at=found.looked_at,
        success_rate_lately=found.rate_lately,
        success_rate=found.rate,
        median_seconds=found.median_seconds,
        p95_seconds=found.slow_seconds,
        last_success=_ended(last) if last else None,
        running=[
            wire.RunningInfo(run_id, instant_or_none(began), instant_or_none(end))
            for run_id, began, end in found.running
        ],
        operators=dict(found.operators),
    )


def _ended(span: Span) -> wire.EndedRunInfo:
    return wire.EndedRunInfo(span.run_id, instant_or_none(span.started_at), instant_or_none(span.ended_at))


def list_versions(call: Call[NoQuery, None]) -> wire.VersionListReply:
    """The versions of a DAG, newest first, and which runs are of them."""
    dag_id = call.ids.dag_id
    present = call.backend.dags.detail(dag_id).row.version
    return wire.VersionListReply(
        dag_id,
        [
            wire.VersionUseInfo(
                version=use.version,
                created_at=instant(use.first_seen_at),
                is_present=use.version == present,
                run_count=use.run_count,
                first_run_id=use.first_run_id,
                last_run_id=use.last_run_id,
            )
            for use in call.backend.dag_page.versions(dag_id)
        ],
    )


def get_diff(call: Call[wire.DiffQuery, None]) -> wire.DiffReply:
    """What the file of one version says otherwise than that of another."""
    older, newer = call.query.older, call.query.newer
    found = call.backend.dag_page.diff(call.ids.dag_id, VersionHash(older), VersionHash(newer) if newer else None)
    hunks = [
        wire.HunkInfo(
            hunk.older_start,
            hunk.newer_start,
            [wire.LinePairInfo(pair.kind.value, pair.older, pair.newer) for pair in hunk.lines],
        )
        for hunk in found.hunks
    ]
    return wire.DiffReply(call.ids.dag_id, found.file, found.older, found.newer, hunks)
