"""The Jupyter Server extension: one route table from which handlers, permission checks and the OpenAPI document are made.

It parses requests, calls ``jupyter_couture.services`` and replies. It never runs user code.
"""
