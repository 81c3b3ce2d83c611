"""The DAG file of the executor suite: tasks that end in every way a task can end."""

TASKS = r"""
import os, signal, subprocess, sys, threading, time, logging
from pathlib import Path

def context_keys(**context):
    return sorted(context)

def named(ds, ti, run_id):
    return [ds, ti.try_number, ti.task_id, run_id]

def fail():
    numbers = [1, 2, 3]
    return numbers[7]

def interleave():
    for number in range(300):
        print("out", number)
        print("err", number, file=sys.stderr)
        if number % 100 == 0:
            logging.getLogger("mine").warning("log %d", number)
            subprocess.run(["echo", f"child {number}"])

def progress():
    for step in range(4):
        current_attempt().report_progress(step, 4, f"step {step}")
        time.sleep(0.4)
    current_attempt().set_output("rows", 12)

def escape_and_wait(seconds=60):
    # a double fork with a session of its own, deaf to SIGTERM, and one started by exec
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(600)
        os._exit(0)
    subprocess.Popen(["setsid", "bash", "-c", "trap '' TERM; sleep 600 & sleep 600; sleep 600"])
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("deaf", flush=True)
    time.sleep(seconds)

def leave_behind():
    subprocess.Popen(["sleep", "600"], start_new_session=True)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)
    os.wait()

def hide():
    # clears its environment and leaves the session: no cookie is left on it
    print("hidden", subprocess.Popen(["sleep", "600"], env={}, start_new_session=True).pid)

def hold_gil():
    import ctypes
    ctypes.PyDLL(None).sleep(4)

def effect(seconds=1.0):
    with open(Path(os.environ["COUTURE_HOME"]) / "effects", "a") as out:
        out.write(os.environ["COUTURE_ATTEMPT_ID"] + "\n")
    time.sleep(seconds)

def many_lines(count=200_000):
    for number in range(count):
        sys.stdout.write(f"line {number} {'x' * 40}\n")

def odd_bytes():
    sys.stdout.flush()
    os.write(1, bytes(range(256)) * 10 + "é€𝄞".encode() * 1000 + b"no newline at the end")

def one_line():
    sys.stdout.write("y" * 3_000_000)

def exit_handlers():
    import atexit
    atexit.register(lambda: print("handler ran"))
    threading.Thread(target=lambda: (time.sleep(0.3), print("thread ran"))).start()

def on_its_own():
    return [os.getcwd(), os.environ["COUTURE_TI_KEY"], os.environ["COUTURE_FENCE"], os.environ["AIRFLOW_CTX_DAG_ID"]]

class Polite(BaseOperator):
    def execute(self, context):
        print("ready", flush=True)
        time.sleep(60)
    def on_kill(self):
        print("cleaned up", flush=True)

def raiser(error):
    def call():
        raise error
    return call

with dag:
    PythonOperator(task_id="noop", python_callable=lambda: None)
    PythonOperator(task_id="context_keys", python_callable=context_keys)
    PythonOperator(task_id="named", python_callable=named)
    PythonOperator(task_id="fail", python_callable=fail)
    PythonOperator(task_id="skip", python_callable=raiser(Skip("nothing to do")))
    PythonOperator(task_id="give_up", python_callable=raiser(GiveUp("hopeless")))
    PythonOperator(task_id="retry_later", python_callable=raiser(RetryLater("not yet", 42.0)))
    PythonOperator(task_id="system_exit", python_callable=lambda: sys.exit(0))
    PythonOperator(task_id="os_exit", python_callable=lambda: os._exit(0))
    PythonOperator(task_id="segfault", python_callable=lambda: os.kill(os.getpid(), signal.SIGSEGV))
    PythonOperator(task_id="sigkill", python_callable=lambda: os.kill(os.getpid(), signal.SIGKILL))
    PythonOperator(task_id="sleep", python_callable=lambda: time.sleep(60))
    PythonOperator(task_id="interleave", python_callable=interleave)
    PythonOperator(task_id="progress", python_callable=progress)
    PythonOperator(task_id="deaf", python_callable=escape_and_wait)
    PythonOperator(task_id="leave_behind", python_callable=leave_behind)
    PythonOperator(task_id="hide", python_callable=hide)
    PythonOperator(task_id="hold_gil", python_callable=hold_gil)
    PythonOperator(task_id="effect", python_callable=effect)
    PythonOperator(task_id="many_lines", python_callable=many_lines)
    PythonOperator(task_id="odd_bytes", python_callable=odd_bytes)
    PythonOperator(task_id="one_line", python_callable=one_line)
    PythonOperator(task_id="exit_handlers", python_callable=exit_handlers)
    PythonOperator(task_id="on_its_own", python_callable=on_its_own)
    PythonOperator(task_id="big_output", python_callable=lambda: "z" * 2_000_000)
    PythonOperator(task_id="random", python_callable=lambda: __import__("random").random())
    Polite(task_id="polite")
    EmptyOperator(task_id="empty")
    BashOperator(task_id="bash", bash_command="echo {{ ds }} in {{ params.colour }} size {{ params.size }}; exit 3")
    BashOperator(task_id="bash_skip", bash_command="exit 99")
    BashOperator(task_id="bash_background", bash_command="sleep 600 & (setsid sleep 600 >/dev/null 2>&1 &); echo left")
    BashOperator(task_id="bash_sleep", bash_command="echo asleep; sleep 600")
    BashOperator(task_id="undefined", bash_command="echo {{ no_such_thing }}")
    make = PythonOperator(task_id="make", python_callable=lambda: {"rows": [1, 2, 3]})
    PythonOperator(task_id="take", python_callable=lambda given: given["rows"][-1], op_args=[make.output])
"""
