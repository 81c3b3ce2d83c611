"""Sensors: tasks that wait until something is so. ``sensor`` says how they wait; the others say for what."""
