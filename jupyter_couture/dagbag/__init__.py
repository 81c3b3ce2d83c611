"""Finds DAG files, parses each in a limited child process, and keeps their versions and errors.

A file that fails to parse, hangs or vanishes never takes a known DAG away.
"""
