"""An operator of one's own: a class with ``execute`` and the fields that are templates."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from jupyter_couture import DAG, BaseOperator


class GreetOperator(BaseOperator):
    """Greets each of ``names``; what ``execute`` returns is kept for other tasks."""

    template_fields = ("names", "greeting")

    def __init__(self, task_id: str, *, names: Sequence[str], greeting: str = "Hello", **options: Any) -> None:
        super().__init__(task_id, **options)
        self.names = list(names)
        self.greeting = greeting

    def execute(self, context: Any) -> int:
        """Greet, and count."""
        for name in self.names:
            print(f"{self.greeting}, {name}!")
        return len(self.names)


with DAG(
    "CustomOperator",
    description="An operator of one's own",
    schedule=None,
    start_date=datetime(2026, 1, 1),
    default_args={"owner": "examples", "greeting": "Good day"},
    tags=["example"],
    doc_md=__doc__,
) as dag:
    guests = GreetOperator("guests", names=["Ada", "Grace", "run {{ run_id }}"])
    hosts = GreetOperator("hosts", names=["Margaret"], greeting="Welcome back")

    guests >> hosts
