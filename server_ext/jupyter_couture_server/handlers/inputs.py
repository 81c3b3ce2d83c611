"""Tasks that wait for a person: what they ask, and the answer."""

from jupyter_couture.services.inputs import Answer, Question
from jupyter_couture_server import present, wire
from jupyter_couture_server import wire_inputs as inputs
from jupyter_couture_server.route import Call, NoQuery


def get_question(call: Call[wire.TaskQuery, None]) -> inputs.QuestionReply:
    """What a task instance asks now."""
    return _reply(call.backend.inputs.question(call.ids.run_key, call.ids.task_key(call.query.map_index)))


def decide(call: Call[NoQuery, inputs.DecisionBody]) -> inputs.QuestionReply:
    """Answer a task instance."""
    body = call.body
    answer = Answer(tuple(body.options), body.params)
    task = call.ids.task_key(body.map_index)
    return _reply(call.backend.inputs.decide(call.ids.run_key, task, answer, call.actor.name))


def _reply(asked: Question) -> inputs.QuestionReply:
    return inputs.QuestionReply(
        subject=asked.subject,
        body=asked.body,
        options=list(asked.options),
        multiple=asked.is_multiple,
        defaults=list(asked.defaults),
        assignees=list(asked.assignees),
        params=present.plain(asked.params),
        until=None if asked.until is None else asked.until.isoformat(),
    )
