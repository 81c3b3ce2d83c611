"""Places an attempt can run: in this process for tests, in local processes, on a Dask cluster.

All keep the promises of ``ports.executor`` and pass the same suite; what runs inside the attempt belongs to ``runtime``.
"""
