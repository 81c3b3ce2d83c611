"""What is known of the cell that runs now."""

import sys


def is_unattended() -> bool:
    """Whether the cell was sent by a program and not by a page: papermill and nbclient cannot answer questions.

    Every request to run a cell says whether its sender can be asked for input. Pages can; who runs a notebook from
    top to bottom cannot. Outside of a kernel nobody has asked, and the answer is False.
    """
    kernels = sys.modules.get("ipykernel.kernelapp")  # where it has not been read there is no kernel
    if kernels is None or not kernels.IPKernelApp.initialized():
        return False
    request = kernels.IPKernelApp.instance().kernel.get_parent("shell") or {}
    return request.get("content", {}).get("allow_stdin") is False
