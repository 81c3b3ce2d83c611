"""What is known of the cell that runs now."""

from ipykernel.kernelapp import IPKernelApp


def is_unattended() -> bool:
    """Whether the cell was sent by a program and not by a page: papermill and nbclient cannot answer questions.

    Every request to run a cell says whether its sender can be asked for input. Pages can; who runs a notebook from
    top to bottom cannot. Outside of a kernel nobody has asked, and the answer is False.
    """
    if not IPKernelApp.initialized():
        return False
    request = IPKernelApp.instance().kernel.get_parent("shell") or {}
    return request.get("content", {}).get("allow_stdin") is False
