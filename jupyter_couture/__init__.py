"""Jupyter Couture: author, schedule, run and watch data pipelines inside JupyterLab.

Importing this package gives the names a DAG file needs and nothing heavy: no scheduler, Dask, web server or database.
"""

__version__ = "0.1.0"
