"""The one door for the REST API, the command line and the widgets: what a person can ask for, checked and audited.

No handler, HTML or terminal code; no rule of scheduling either.
"""
