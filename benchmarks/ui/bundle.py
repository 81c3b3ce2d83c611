"""What the lab loads of the extension before anything of it is opened, in KB as gzip packs them."""

import zlib
from collections.abc import Iterator

from playwright.sync_api import Page, Request

from benchmarks.measures import Measure
from jupyter_couture.cli.lab import Lab
from tests.e2e.lab import READY_MS

BUDGET_KILOBYTES = 60.0
_STATIC = "/@jupyter-couture/labextension/static/"


def measure(page: Page, lab: Lab) -> Iterator[Measure]:
    """Every file of ours that is fetched until the lab stands and the network rests."""
    ours: list[Request] = []
    page.on("requestfinished", lambda request: ours.append(request) if _STATIC in request.url else None)
    page.goto(f"{lab.base}/lab?token={lab.token}&reset")
    page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=READY_MS)
    page.wait_for_load_state("networkidle")
    sizes = {request.url.rsplit("/", 1)[-1].split("?")[0]: _packed(request) for request in ours}
    for name, kilobytes in sorted(sizes.items()):
        yield Measure(workload="bundle", metric=name, value=kilobytes, unit="KB gz")
    yield Measure(
        workload="bundle", metric="loaded at start", value=sum(sizes.values()), unit="KB gz", budget=BUDGET_KILOBYTES
    )


def _packed(request: Request) -> float:
    response = request.response()
    return 0.0 if response is None else len(zlib.compress(response.body())) / 1000
