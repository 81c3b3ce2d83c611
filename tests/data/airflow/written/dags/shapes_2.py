import abc
import functools
from datetime import datetime, timedelta
from airflow import DAG
from airflow.models import BaseOperator, Variable
from airflow.models.baseoperator import BaseOperatorMeta
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator, ShortCircuitOperator
from airflow.providers.amazon.aws.operators.s3 import S3CopyObjectOperator
from airflow.utils.edgemodifier import Label
from airflow.decorators import task, dag

class Abstract(BaseOperator, abc.ABC):
    @abc.abstractmethod
    def work(self): ...
    def execute(self, context): return self.work()

class Concrete(Abstract):
    template_fields = Abstract.template_fields + ("sql",) if isinstance(Abstract.template_fields, tuple) else ("sql",)
    template_ext = (".sql",)
    def __init__(self, sql, table: str = "t", *, retries_left=2, **kwargs):
        kwargs.setdefault("task_id", f"load_{table}")
        super().__init__(**kwargs)
        self.sql = sql
        self._table = table
    def work(self): return f"{self.sql} into {self._table}"

class MyBash(BashOperator):
    def __init__(self, table, **kwargs):
        super().__init__(bash_command=f"echo {table} {{{{ ds }}}}", env={"A": "b"}, append_env=True, **kwargs)
        self.table = table
    def execute(self, context):
        value = super().execute(context)
        context["ti"].xcom_push(key="table", value=self.table)
        return value.upper()

class MyPy(PythonOperator):
    template_fields = PythonOperator.template_fields + ("label",) if isinstance(PythonOperator.template_fields, tuple) else ("label",)
    def __init__(self, label="{{ ds }}", *args, **kwargs):
        super().__init__(*args, python_callable=self._call, **kwargs)
        self.label = label
    def _call(self, **context):
        return self.label, context["task"].task_id

class Copy(S3CopyObjectOperator):
    def execute(self, context):
        return "own"

class Plain(BaseOperator):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)

    def execute(self, context):
        self.log.info("owner %s %s", self.owner, self.dag.default_args)
        run = self.dag.get_dagrun(execution_date=context["logical_date"])
        last = context["dag"].get_last_dagrun(include_externally_triggered=True)
        assert run.run_id == last.run_id == context["run_id"]
        return [self.dag_id, self.params["x"], context["ti"].task.retries]

def make(name):
    @task(task_id=f"t_{name}", retries=1)
    def inner(**kw):
        return kw["ti"].task_id
    return inner()

with DAG("odd", start_date=datetime(2024, 1, 1), schedule="@daily", default_args={"owner": "me", "table": "deflt", "retries": 0, "provide_context": True}, params={"x": 1}, catchup=False, render_template_as_native_obj=True) as d:
    c = Concrete("select {{ params.x }}")
    c2 = Concrete(sql="select 2", table="two", doc_md="*x*")
    b = MyBash("shops", task_id="b", do_xcom_push=True)
    p = MyPy(task_id="p")
    s = Copy(task_id="s", source_bucket_key="a", dest_bucket_key="b")
    q = Plain(task_id="q")
    q2 = Plain(task_id="q2", retries=2)
    sc = ShortCircuitOperator(task_id="sc", python_callable=functools.partial(lambda x, **k: x, True))
    made = [make(i) for i in range(2)]
    c >> Label("then") >> c2 >> [b, p] >> s
    s >> sc >> made
    c.set_downstream([q, q2])
    d.doc_md = "odd"
