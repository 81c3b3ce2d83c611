"""``XCom``: values between tasks, by the class that Airflow keeps them in."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from jupyter_couture.authoring.context import RETURN_VALUE, current_attempt
from jupyter_couture.compat.models.columns import Table
from jupyter_couture.compat.models.runs import DagRun, TaskInstanceKey
from jupyter_couture.compat.sessions import without_database
from jupyter_couture.model.ids import NOT_MAPPED

XCOM_RETURN_KEY = RETURN_VALUE
MAX_XCOM_SIZE = 49_344


class XCom(Table):
    """Values between tasks. Of runs other than the task's own one names the run, or its date."""

    @classmethod
    def get_one(
        cls,
        execution_date: datetime | None = None,
        key: str | None = RETURN_VALUE,
        task_id: str | Sequence[str] | None = None,
        dag_id: str | None = None,
        include_prior_dates: bool = False,
        session: Any = None,
        *,
        run_id: str | None = None,
        map_index: int | None = None,
    ) -> Any:
        """One value; None if there is none."""
        if execution_date is not None and run_id is None and dag_id is not None:
            runs = DagRun.find(dag_id, execution_date=execution_date)
            run_id = runs[0].run_id if runs else None
        return current_attempt().pull(
            task_id,
            key,
            dag_id=dag_id,
            run_id=run_id,
            include_prior_dates=include_prior_dates,
            map_indexes=None if map_index in (None, NOT_MAPPED) else map_index,
        )

    @classmethod
    def get_value(cls, *, ti_key: TaskInstanceKey, key: str | None = RETURN_VALUE, session: Any = None) -> Any:
        """The value of a task instance that is named by its key."""
        return cls.get_one(
            key=key, task_id=ti_key.task_id, dag_id=ti_key.dag_id, run_id=ti_key.run_id, map_index=ti_key.map_index
        )

    @classmethod
    def set(cls, key: str, value: Any, *args: Any, **kwargs: Any) -> None:
        """Keep a value of the running task."""
        current_attempt().push(key, value)

    @staticmethod
    def serialize_value(value: Any, **kwargs: Any) -> Any:
        """A value as bytes, for backends that call this; values are kept by us whatever a backend says."""
        return json.dumps(value).encode()

    @staticmethod
    def deserialize_value(result: Any) -> Any:
        """The value of a row."""
        return json.loads(result.value)

    get_many = delete = clear = staticmethod(without_database)
