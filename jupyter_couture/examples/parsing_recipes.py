"""Values between tasks, in the classic style: ``xcom_push`` and ``xcom_pull`` by task id and key."""

from datetime import datetime
from typing import Any

from jupyter_couture import DAG, BashOperator, PythonOperator

RECIPES = """
Pancakes: flour 250 g, milk 500 ml, eggs 3
Lentil soup: lentils 300 g, carrots 2, onion 1, cumin 1 tsp
Tomato salad: tomatoes 4, olive oil 2 tbsp, basil 1 bunch
"""


def parse(ti: Any) -> dict[str, list[str]]:
    """Dishes and what goes into them; the number of dishes is pushed under a key of its own."""
    lines = [line.partition(": ") for line in RECIPES.strip().splitlines()]
    recipes = {dish: ingredients.split(", ") for dish, _, ingredients in lines}
    ti.xcom_push(key="dishes", value=len(recipes))
    return recipes


def longest(ti: Any) -> str:
    """The dish with the most ingredients."""
    recipes: dict[str, list[str]] = ti.xcom_pull(task_ids="parse")
    return max(recipes, key=lambda dish: len(recipes[dish]))


with DAG(
    "parsing_recipes",
    description="Values between tasks",
    schedule=None,
    start_date=datetime(2026, 1, 1),
    default_args={"owner": "examples"},
    tags=["example"],
    doc_md=__doc__,
) as dag:
    parsed = PythonOperator("parse", python_callable=parse)
    most = PythonOperator("longest", python_callable=longest)
    say = BashOperator(
        "say",
        bash_command="echo \"{{ ti.xcom_pull('longest') }} is the longest "
        "of {{ ti.xcom_pull('parse', key='dishes') }} recipes\"",
    )

    parsed >> most >> say
