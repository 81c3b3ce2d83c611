"""Airflow's names as doors to our own classes, so that existing DAG files load and run as they are.

The import hook (``importing``), the tables of names (``doors``), what is Airflow's alone, placeholders for the rest.
The hook is installed in parser and payload processes and in users' tests, nowhere else.
"""
