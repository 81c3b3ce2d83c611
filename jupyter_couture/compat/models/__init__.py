"""Airflow's records as DAG files meet them: runs, task instances, DAGs in the database, values, tables.

What a running task may know is asked at its desk; the rest of Airflow's database does not exist here and says so.
"""
