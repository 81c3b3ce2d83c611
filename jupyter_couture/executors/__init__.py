"""Places an attempt can run: in this process for tests, in local processes, on a Dask cluster.

All keep the promises of the executor port and pass the same suite; what runs inside an attempt belongs to ``runtime``.
"""
