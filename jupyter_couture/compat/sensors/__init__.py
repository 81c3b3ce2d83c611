"""Sensors that only Airflow's names lead to."""
