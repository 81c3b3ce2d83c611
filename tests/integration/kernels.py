"""A kernel, and what its cells show."""

from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient

REPLY_SECONDS = 100


class Cells:
    """Runs cells on a kernel; ``run`` gives what a cell showed and how it ended."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self.client = client

    def run(self, code: str) -> tuple[str, dict[str, Any]]:
        """What the cell showed in the end (streams, then plain texts and HTML), and the reply."""
        return self.ended(self.client.execute(code))

    def ended(self, request: str) -> tuple[str, dict[str, Any]]:
        """See ``run``, of a cell that was sent."""
        shown: dict[str, str] = {}
        said: list[str] = []
        while True:
            message = self.client.get_iopub_msg(timeout=REPLY_SECONDS)
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                break
            if kind == "stream":
                said.append(content["text"])
            elif kind in ("display_data", "update_display_data", "execute_result"):
                name = content.get("transient", {}).get("display_id", kind)
                shown[name] = "\n".join(content["data"].values())
        answer = self.client.get_shell_msg(timeout=REPLY_SECONDS)
        while answer["parent_header"].get("msg_id") != request:  # of the questions whether the kernel is ready
            answer = self.client.get_shell_msg(timeout=REPLY_SECONDS)
        return "\n".join([*said, *shown.values()]), answer["content"]

    def wait_for_words(self, request: str, words: str) -> None:
        """Return once a cell that runs has shown something; that is not among what ``ended`` gives."""
        while True:
            message = self.client.get_iopub_msg(timeout=REPLY_SECONDS)
            content = message["content"]
            shown = [content.get("text", ""), *content.get("data", {}).values()]
            if message["parent_header"].get("msg_id") == request and any(words in str(each) for each in shown):
                return
