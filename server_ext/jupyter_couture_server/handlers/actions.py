"""Clear, mark, run now, set the state, delete: previews and commands."""

from jupyter_couture.decisions.selection import Directions
from jupyter_couture.model.commands import Check, Target
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.ids import NOT_MAPPED, RunKey, dag_id, run_id
from jupyter_couture.model.states import RunState, TaskState
from jupyter_couture.services.access import Permission
from jupyter_couture.services.actions import FAILED_STATES, Done, Preview
from jupyter_couture_server import wire_actions as wire
from jupyter_couture_server.requests import PathIds
from jupyter_couture_server.route import Call, NoQuery

SHOWN = 5_000
"""Task instances that a preview lists; ``total`` counts all."""


def preview_clear(call: Call[wire.ClearQuery, None]) -> wire.PreviewReply:
    """The task instances that clearing would let run again."""
    return _preview(_clear_preview(call, call.query))


def clear_task(call: Call[NoQuery, wire.ClearBody]) -> wire.CommandReply:
    """Let a task instance, and what the directions say, run again."""
    return _cleared(call, _clear_preview(call, call.body))


def preview_mark(call: Call[wire.MarkQuery, None]) -> wire.PreviewReply:
    """The task instances that marking would change."""
    return _preview(_mark_preview(call, call.query))


def mark_task(call: Call[NoQuery, wire.MarkBody]) -> wire.CommandReply:
    """Say that a task instance, and what the directions say, succeeded or failed."""
    preview = _mark_preview(call, call.body)
    return _done(call.backend.actions.mark(preview, TaskState(call.body.state), call.actor.name, call.body.expect))


def run_task(call: Call[NoQuery, wire.RunTaskBody]) -> wire.CommandReply:
    """Run a task instance now."""
    flags = {
        Check.DEPENDENCIES: call.body.ignore_all_dependencies,
        Check.STATE: call.body.ignore_task_state,
        Check.UPSTREAM: call.body.ignore_task_dependencies,
    }
    target = _target(call.ids, call.body.map_index)
    return _done(call.backend.actions.run(target, [check for check, is_on in flags.items() if is_on], call.actor.name))


def preview_clear_run(call: Call[wire.ClearRunQuery, None]) -> wire.PreviewReply:
    """The task instances that clearing the run would let run again."""
    return _preview(call.backend.actions.preview_clear_run(call.ids.run_key, _states(call.query.only_failed)))


def clear_run(call: Call[NoQuery, wire.ClearRunBody]) -> wire.CommandReply:
    """Let a run be done again."""
    return _cleared(call, call.backend.actions.preview_clear_run(call.ids.run_key, _states(call.body.only_failed)))


def preview_run_state(call: Call[wire.RunStateQuery, None]) -> wire.PreviewReply:
    """The task instances that setting the run's state would change."""
    return _preview(call.backend.actions.preview_run_state(call.ids.run_key, RunState(call.query.state)))


def set_run_state(call: Call[NoQuery, wire.RunStateBody]) -> wire.CommandReply:
    """Say that a run is in a state."""
    state = RunState(call.body.state)
    actions = call.backend.actions
    if call.body.expect is not None:
        actions.preview_run_state(call.ids.run_key, state).expect(call.body.expect)
    return _done(actions.set_run_state([call.ids.run_key], state, call.actor.name))


def preview_delete_run(call: Call[NoQuery, None]) -> wire.PreviewReply:
    """The task instances that would be forgotten with the run."""
    return _preview(call.backend.actions.preview_delete([call.ids.run_key]))


def delete_run(call: Call[NoQuery, None]) -> wire.CommandReply:
    """Stop and forget a run."""
    return _done(call.backend.actions.delete_runs([call.ids.run_key], call.actor.name))


def delete_dag(call: Call[NoQuery, None]) -> wire.CommandReply:
    """Stop and forget a DAG with all its runs; its file stays."""
    return _done(call.backend.actions.delete_dag(call.ids.dag_id, call.actor.name))


def right_to_delete(body: wire.ManyRunsBody) -> Permission | None:
    """To delete several runs takes the right to delete one."""
    return Permission.RUNS_DELETE if body.action == "delete" else None


def act_on_runs(call: Call[NoQuery, wire.ManyRunsBody]) -> wire.CommandReply:
    """One action on several runs."""
    keys = [RunKey(dag_id(name.dag_id), run_id(name.run_id)) for name in call.body.runs]
    if len(set(keys)) != len(keys):
        raise InvalidRequest(field="$.runs", message="a run is named twice")
    actions, action = call.backend.actions, call.body.action
    if action == "delete":
        return _done(actions.delete_runs(keys, call.actor.name))
    if action == "clear":
        return _done(actions.clear_runs(keys, call.actor.name))
    return _done(actions.set_run_state(keys, RunState(action.removeprefix("set_")), call.actor.name))


def get_command(call: Call[NoQuery, None]) -> wire.CommandReply:
    """What came of a command."""
    return _done(call.backend.actions.command(call.ids.number))


def _cleared(
    call: Call[NoQuery, wire.ClearBody] | Call[NoQuery, wire.ClearRunBody], preview: Preview
) -> wire.CommandReply:
    body = call.body
    actions = call.backend.actions
    return _done(actions.clear(preview, call.actor.name, body.expect, latest_version=body.latest_version))


def _clear_preview(
    call: Call[wire.ClearQuery, None] | Call[NoQuery, wire.ClearBody], wanted: wire.ClearWish
) -> Preview:
    way = Directions(wanted.past, wanted.future, wanted.upstream, wanted.downstream, wanted.recursive)
    target = _target(call.ids, wanted.map_index)
    return call.backend.actions.preview_clear(target, way, wanted.map_index, _states(wanted.only_failed))


def _mark_preview(call: Call[wire.MarkQuery, None] | Call[NoQuery, wire.MarkBody], wanted: wire.MarkWish) -> Preview:
    way = Directions(wanted.past, wanted.future, wanted.upstream, wanted.downstream)
    target = _target(call.ids, wanted.map_index)
    return call.backend.actions.preview_mark(target, way, wanted.map_index, TaskState(wanted.state))


def _target(ids: PathIds, map_index: int | None) -> Target:
    return Target(ids.run_key, ids.task_key(NOT_MAPPED if map_index is None else map_index))


def _states(only_failed: bool) -> frozenset[TaskState] | None:
    return FAILED_STATES if only_failed else None


def _preview(found: Preview) -> wire.PreviewReply:
    touched = [
        wire.TouchedInfo(*one.target.run_key, *one.target.task_key, one.state.value) for one in found.touched[:SHOWN]
    ]
    return wire.PreviewReply(touched, len(found.touched), found.token)


def _done(done: Done) -> wire.CommandReply:
    outcome = done.outcome
    if outcome is None:
        return wire.CommandReply(done.number, is_done=False, notes=["No engine has come to it yet."])
    runs = [wire.RunOutcomeInfo(*one.run_key, one.touched, list(one.notes)) for one in outcome.runs]
    return wire.CommandReply(done.number, is_done=True, touched=outcome.touched, notes=list(outcome.notes), runs=runs)
