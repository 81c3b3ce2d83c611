"""The Jupyter Server extension: one route table from which handlers, permissions and OpenAPI derive.

It parses requests, calls ``jupyter_couture.services`` and replies. It never runs user code.
"""
